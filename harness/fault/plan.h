/*
 * A fault plan: the faults of one variant, what makes each fire, and what it does.
 *
 * All decisions go through libfiu: a plan enables one external point per place where it may
 * fire, "sockproof/call/<actor>/<call>" or "sockproof/wire/<sender>", and the code at that place
 * asks with fiu_fail. Arming is per process and after fork. A plan is plain data without
 * pointers, so that it may lie in memory shared by the worker and its actors; its counters are
 * atomic.
 *
 * A decision is hash(seed, fault, identity, counter): never a shared generator and never the
 * order of arrival. The same seed gives the same faults.
 */
#ifndef SOCKPROOF_FAULT_PLAN_H
#define SOCKPROOF_FAULT_PLAN_H

#include "fault/call_action.h"
#include "fault/wire_action.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAULT_MAX 16
#define FAULT_NAME 48
#define FAULT_POINT 96

enum trigger_kind {
    TRIGGER_ALWAYS,
    TRIGGER_NTH,         /* the n-th chance, from 1, once */
    TRIGGER_EVERY,       /* every n-th chance */
    TRIGGER_AFTER,       /* once, the first chance after n bytes have moved */
    TRIGGER_COVERS_BYTE, /* once, the packet that carries the stream's byte n, from 0 */
    TRIGGER_PROBABILITY,
    TRIGGER_LISTED /* the chances that the log of an earlier run lists */
};

struct trigger {
    enum trigger_kind kind;
    uint64_t n;
    double probability; /* 0 to 1 */
    bool once;
};

struct fault {
    char name[FAULT_NAME];
    char point[2][FAULT_POINT]; /* the second one for a fault of both senders, else empty */
    enum fault_action action;   /* at a call; FAULT_NONE: it is one of the wire */
    int64_t argument;           /* of that: an errno, bytes or messages, microseconds */
    enum wire_action wire;      /* WIRE_PASS: it is one at a call */
    struct trigger trigger;
    _Atomic uint64_t chances; /* times that the trigger was asked */
    _Atomic uint64_t fired;
};

struct plan {
    uint64_t seed;
    size_t count;
    struct fault fault[FAULT_MAX];
};

/* What the trigger needs to know about one chance. */
struct chance {
    uint64_t identity;    /* hash of who: actor, thread lineage, socket; or flow and bytes */
    uint64_t counter;     /* how often this identity had a chance before */
    uint64_t moved;       /* bytes moved before (TRIGGER_AFTER) */
    uint64_t first, size; /* stream bytes that a packet carries (TRIGGER_COVERS_BYTE) */
    unsigned applicable;  /* bit i: fault i looks at this chance at all (kind of packet) */
    unsigned listed;      /* bit i: the log lists this chance for fault i (TRIGGER_LISTED) */
};

/* Enables the plan's points in this process, in place of those of an earlier plan. plan must
   outlive the arming. 0, or -1 when libfiu refuses. Not thread-safe. */
int plan_arm(struct plan *plan);
/* Disables all points of the armed plan. Not thread-safe. */
void plan_disarm(void);
/* True when a plan with at least one fault is armed: the cheap question of a fast path. */
bool plan_armed(void);
/* Asks at a point whether a fault fires: the first one that does counts its firing and is
   returned; NULL when none. Thread-safe; in a signal handler that interrupts another question the
   answer is NULL, or as without it. */
const struct fault *plan_ask(const char *point, const struct chance *chance);

#endif
