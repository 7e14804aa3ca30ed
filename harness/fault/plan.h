/* SPDX-License-Identifier: MIT */
/*
 * A fault plan: the faults of one variant, what makes each fire, and what it does.
 *
 * All decisions go through libfiu: a plan enables one external point per place where it may
 * fire, "sockproof/call/<actor>/<call>" or "sockproof/wire/<sender>", and whoever stands there asks
 * with fiu_fail. Arming is per process and after fork. A plan is plain data without
 * pointers, so that it may lie in memory shared by the worker and its actors; its counters are
 * atomic.
 *
 * A decision is hash(seed, fault, identity, counter): never a shared generator and never the
 * order of arrival. The same seed gives the same faults.
 */
#ifndef SOCKPROOF_FAULT_PLAN_H
#define SOCKPROOF_FAULT_PLAN_H

#include "case/limit.h"
#include "fault/call_action.h"
#include "fault/point.h"
#include "fault/wire_action.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAULT_NAME (FAULT_NAME_MAX + 1)
#define FAULT_ACTOR 32
#define FAULT_POINT 96 /* bytes that hold the name of any point */

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
    char by[FAULT_ACTOR]; /* at calls: whose, "client", "program" */
    uint64_t points;      /* at calls: bit p for those of enum point p; 0: it is one of the wire */
    unsigned senders;     /* on the wire: bit 0 for what the client sends, bit 1 for the server */
    enum call_action action; /* at a call; FAULT_NONE: it is one of the wire */
    int64_t argument;        /* of that: an errno, bytes or messages, microseconds */
    enum wire_action wire;   /* WIRE_PASS: it is one at a call */
    uint64_t
        after; /* bytes at which it waits, of TRIGGER_AFTER and where that is listed; 0: none */
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
    uint64_t stream;      /* hash of that stream, a flow's one direction; 0: it has no numbers */
    unsigned applicable; /* bit i: fault i looks at this chance at all (it is one of that point, the
                            call is one that it fits, the packet one of its kind) */
    unsigned listed;     /* bit i: the log lists this chance for fault i (TRIGGER_LISTED) */
};

/* True for an end of the connection at a byte that the plan names: what was sent beyond it is taken
   for never sent. */
static inline bool plan_names_end(const struct fault *fault)
{
    return fault->action == FAULT_EOF && fault->after > 0;
}

/* Enables the plan's points in this process, in place of those of an earlier plan. plan must
   outlive the arming. 0, or -1 when libfiu refuses. Not thread-safe. */
int plan_arm(struct plan *plan);
/* Disables all points of the armed plan. Not thread-safe. */
void plan_disarm(void);
/* True when a plan with at least one fault is armed: the cheap question of a fast path. */
bool plan_armed(void);
/* What fires at one chance. */
struct decision {
    unsigned fired;              /* bit i: fault i */
    const struct fault *outcome; /* what becomes of the call or the packet; NULL: nothing happens */
    int64_t delay_us;            /* so much later it begins */
};

/* The name under which libfiu knows a point of an actor's calls: "sockproof/call/client/recv". Any
   signal handler. */
void plan_point(char out[FAULT_POINT], const char *actor, enum point point);
/* Bit i for fault i of the plan: those at a call of that actor at that point. */
unsigned plan_at_call(const struct plan *plan, const char *actor, enum point point);
/* Bit i for fault i of the armed plan: those on what the sender, 0 or 1, sends; 0 without a plan.
 */
unsigned plan_on_wire(int sender);

/* Ask what fires: at a call of the actor, on a packet of the sender. Of the faults that chance
   calls applicable each counts the chance. Of those that fire then, in the order of the plan, the
   first decides the outcome; the others that would decide it have not fired, and may at their next
   chance; the delays of those that only delay add up. Thread-safe; in a signal handler that
   interrupts another question nothing fires, or what does without it. */
struct decision plan_ask_call(const char *actor, enum point point, const struct chance *chance);
struct decision plan_ask_wire(int sender, const struct chance *chance);

#endif
