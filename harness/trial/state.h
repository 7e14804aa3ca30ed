/* SPDX-License-Identifier: MIT */
/*
 * The state of a trial: one variant being run by one worker, from set-up to verdict.
 *
 * Everything here belongs to the worker's one thread. Actors are other processes and touch
 * only the slots that they were given.
 */
#ifndef SOCKPROOF_TRIAL_STATE_H
#define SOCKPROOF_TRIAL_STATE_H

#include "case/case.h"
#include "case/limit.h"
#include "trial/beat.h"
#include "trial/calls.h"
#include "trial/names.h"
#include "trial/seen.h"
#include "trial/stage.h"
#include "trial/verdict.h"
#include "wire/inspector.h"

#define ENCAPSULATION_PORT 9899 /* SCTP in UDP */
#define GROUPS_KEPT 64          /* process groups of programs */

/* The block of ports that a case has for itself. */
struct ports {
    unsigned first, count;
    unsigned server; /* the first of the block, or the one that the case names */
};

struct control;
struct script;

/* A program behind the interposer, and how much of what it did is in the plan and the log. */
struct watched {
    const char *actor;
    int step;            /* that runs it */
    const char *program; /* its first word */
    struct control *control;
    uint64_t read;  /* of its records */
    unsigned noted; /* firings that have an event */
    size_t crashes; /* below it that its outcome names */
    uint64_t chances[FAULT_MAX], fired[FAULT_MAX];
};

/* The programs of a case. */
struct programs {
    char scratch[40];                    /* their folder; empty: none yet */
    struct watched watched[WATCHED_MAX]; /* those under faults */
    size_t watched_count;
    pid_t group[GROUPS_KEPT]; /* that were killed when their leader ended, the last ones */
    size_t group_count;
};

/* What is known of the memory that they hold (weight.h). */
struct weight {
    bool begun, too_much;
    int diag[SIDE_COUNT];    /* of the hosts, or of the network that there is: buffers.h */
    int home;                /* the worker's own network */
    uint64_t queued, shared; /* when it began */
    int64_t next_ms;
};

/* What the actors have caught. */
struct caught {
    uint32_t known[ACTOR_MAX]; /* how often an actor had caught one after the last step */
    int step[ACTOR_MAX];       /* the step in which the last of them came; 0: none */
    json_t *unnamed;           /* of a send's own step, which does not name it; NULL: none */
};

/* The flows into which the case put bytes of its own making, by their ports. */
enum { CRAFTED_MAX = 32 };
struct crafted_flow {
    unsigned from, to;
};
struct crafted {
    struct crafted_flow flow[CRAFTED_MAX];
    size_t count;
    bool any; /* or any other */
};

/* What the wire says in the place of a host. */
struct voice {
    struct pattern pattern; /* of what it sends, as a socket's */
};

struct trial {
    struct stage *stage;
    const struct variant *variant;
    struct arena *arena;
    struct judgement judgement;
    struct ports ports;
    struct names names;
    struct calls calls;
    struct seen seen;
    struct programs programs;
    struct weight weight;
    struct caught signals;
    struct crafted crafted;
    struct voice voice;
    struct script *script; /* of packetdrill; NULL: the case is YAML */
    struct pulse pulse;
    json_t *errors;             /* of calls, for the result */
    json_t *notes;              /* what a reader of the verdict must know, sentences */
    bool armed;                 /* set-up is over: faults fire, packets count */
    bool second;                /* the hosts have a second address each */
    enum inspection inspection; /* how closely its hosts are looked at when it is over */
};

/* As judgement_fail and its like (verdict.h), of the trial's judgement. */
#define trial_fail(trial, ...) judgement_fail(&(trial)->judgement, __VA_ARGS__)
#define trial_broken(trial, ...) judgement_broken(&(trial)->judgement, __VA_ARGS__)
#define trial_good(trial) judgement_good(&(trial)->judgement)
#define trial_text(trial, ...) arena_printf((trial)->arena, __VA_ARGS__)
#define trial_event(trial, ...) judgement_event(&(trial)->judgement, __VA_ARGS__)
#define trial_asks_node(trial, node) judgement_asks_node(&(trial)->judgement, node)
#define trial_asks_fault(trial, name) judgement_asks_fault(&(trial)->judgement, name)
#define trial_asks_step(trial, number) judgement_asks_step(&(trial)->judgement, number)

#endif
