/*
 * A trial: one variant being run by one worker, from set-up to verdict.
 *
 * Everything here belongs to the worker's one thread. Actors are other processes and touch
 * only the slots that they were given.
 */
#ifndef SOCKPROOF_TRIAL_TRIAL_H
#define SOCKPROOF_TRIAL_TRIAL_H

#include "actor/cast.h"
#include "actor/shared.h"
#include "case/casefile.h"
#include "case/catalogue.h"
#include "observe/event.h"
#include "observe/ledger.h"
#include "observe/match.h"
#include "wire/wire.h"

enum verdict {
    VERDICT_PASS,
    VERDICT_FAIL,
    VERDICT_KNOWN,
    VERDICT_BROKEN,
    VERDICT_SKIP,
    VERDICT_NOT_RUN,
    VERDICT_COUNT
};
/* "pass", "fail", … Static storage. */
const char *verdict_name(enum verdict verdict);

#define PORTS_PER_CASE 16
#define ENCAPSULATION_PORT 9899 /* SCTP in UDP */
#define DESCRIPTOR_NAMES 64
#define SAVED_MAX 16
#define OPEN_MAX 16
#define GROUP_MAX 4

/* What every trial of a worker shares. */
struct stage {
    const struct stack *stack;
    bool on_wire; /* place: wire, else loopback */
    int worker;
    struct hosts hosts;
    struct profile profile;
    struct wire *wire; /* NULL on loopback */
    struct cast cast;
    struct shared *shared;
    struct ledger *ledger;
    struct flows *flows;
    int epoll;
    unsigned next_port;
    unsigned first_port, last_port;
    const struct catalogue *catalogue;
    uint64_t seed;
    double slow_factor;
    bool capture;
    bool recording; /* every fault point that is reached is an event */
    const char *report_folder;
    const char *root;                       /* the folder that holds fixtures/ */
    struct in6_addr address[SIDE_COUNT][2]; /* by side, IPv4 mapped and IPv6 */
    struct in6_addr second[SIDE_COUNT][2];  /* the hosts have them in cases that speak of them */
};

/* A socket that the case can name. */
struct descriptor {
    const struct member *owner;
    const char *name;
    int fd;
    int type;     /* SOCK_STREAM, … */
    bool message; /* keeps message boundaries */
    bool closed;  /* by the case itself */
    bool inline_urgent;
    struct sockaddr_storage local, peer; /* ss_family 0: not known */
    struct pattern sends, receives;      /* pattern bytes so far, by direction */
};

/* A call in a slot. */
struct pending {
    const struct step *step;
    const char *name; /* of start:, NULL for a call that the case waits for */
    struct member *member;
    struct descriptor *descriptor; /* may be NULL */
    int slot;                      /* -1: free entry */
    int segment;                   /* of the ledger, -1: none */
    struct group *group;           /* the call is one on many sockets */
    const int *segments;           /* then: of each of them */
    bool ended;
    bool examined; /* its effects are in the ledger and the log */
    uint64_t began_us;
};

/* Many sockets of one actor that a step treats alike: those of clients, or a server's for each. */
struct group {
    const struct member *owner;
    const char *name;
    size_t count;
    struct descriptor *sockets;
};

struct saved {
    const char *name;
    const char *text;
};

struct frame_copy {
    enum side from;
    size_t size;
    uint64_t realtime_ns;
    const char *comment;
    struct frame_copy *next;
    uint8_t bytes[];
};

/* A packet of the case that was seen, for sees: and the end's questions. */
struct sighting {
    enum side from;
    enum fate fate;
    int step;
    json_t *description; /* NULL until somebody asks */
    const uint8_t *frame;
    size_t size;
};

/* What of a case file is meant: a place in it, and what stands there in one line. */
struct passage {
    struct mark mark;
    const char *source; /* NULL: no passage */
};

struct failure {
    const char *code; /* stable, kebab-case; NULL: none */
    const struct step *step;
    struct passage passage;
    const char *actor;
    const char *field; /* NULL as the next two: broken, nothing was compared */
    char *expected;
    char *observed;
};

struct control;

/* A program behind the interposer, and how much of what it did is in the plan and the log. */
struct watched {
    const char *actor;
    struct control *control;
    uint64_t read;  /* of its records */
    unsigned noted; /* firings that have an event */
    uint64_t chances[FAULT_MAX], fired[FAULT_MAX];
};

struct trial {
    struct stage *stage;
    const struct variant *variant;
    struct arena *arena;
    struct event_log log;
    unsigned port;        /* first of its block */
    unsigned ports;       /* in the block */
    unsigned server_port; /* the first of the block, or the one that the case names */
    struct descriptor descriptors[DESCRIPTOR_NAMES];
    size_t descriptor_count;
    struct group groups[GROUP_MAX];
    size_t group_count;
    struct pending open[OPEN_MAX];
    uint64_t used_slots;
    struct saved saved[SAVED_MAX];
    size_t saved_count;
    const struct step *step; /* being carried out */
    int reached;             /* number of the last step that was begun; 0: none */
    struct passage asked;    /* what is judged of the case as a whole, when no step is */
    bool armed;              /* set-up is over: faults fire, packets count */
    bool second;             /* the hosts have a second address each */
    bool rst_named;          /* some step or fault speaks of a reset */
    struct sighting *sightings;
    size_t sighting_count, sighting_room;
    size_t packet_count;
    size_t seen_to[SIDE_COUNT]; /* sees: goes on behind its last match, in each direction */
    struct frame_copy *frames, **frames_end;
    struct wire_fault *wire_faults;
    json_t *errors;
    uint32_t signals_known[ACTOR_MAX]; /* how many an actor had caught after the last step */
    int signals_step[ACTOR_MAX];       /* the step in which the last of them came; 0: none */
    enum verdict verdict;
    char *reason;
    struct failure failure;
    bool member_died;
    bool look;                        /* at every member's socket next time, for one may be dead */
    char scratch[40];                 /* the folder of the case's programs; empty: none yet */
    struct watched watched[OPEN_MAX]; /* its programs under faults */
    size_t watched_count;
    bool over; /* a program ended with an error that a fault allows: as good as the whole case */
};

/* Runs variant on the stage and returns its result line (new reference); the events are in the
   report. The stage is ready for the next trial afterwards. repeat counts from 0. */
json_t *trial_run(struct stage *stage, const struct variant *variant, struct report *report,
                  int repeat);

/* Sets the verdict, the first one of a kind wins; fail outranks broken. An event says what was not
   met, or what broke. actor: whose doing it is; NULL: that of the step. */
void trial_fail(struct trial *trial, const char *actor, const char *code, const char *field,
                char *expected, char *observed);
void trial_broken(struct trial *trial, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* From here on it is this that is judged of the case as a whole: a node below the case's expect:,
   a fault, or a step that is over. */
void trial_asks_node(struct trial *trial, const struct node *node);
void trial_asks_fault(struct trial *trial, const char *name);
void trial_asks_step(struct trial *trial, int number);
/* True while nothing has gone wrong. */
bool trial_good(const struct trial *trial);
/* A formatted text on the trial's arena. */
#define trial_text(trial, ...) arena_printf((trial)->arena, __VA_ARGS__)
/* An event of the trial, now. */
void trial_event(struct trial *trial, const char *type, const char *actor, const char *text,
                 json_t *members);

#endif
