/* SPDX-License-Identifier: MIT */
/*
 * What the pulse of a trial remembers from beat to beat (pulse.h).
 */
#ifndef SOCKPROOF_TRIAL_BEAT_H
#define SOCKPROOF_TRIAL_BEAT_H

#include "base/starved.h"
#include "case/limit.h"

#include <stdint.h>
#include <sys/types.h>

/* What an actor had run and waited when the case began. */
struct origin {
    pid_t pid; /* 0: none ran */
    struct starved then;
    struct starved ended; /* threads of calls that had ended by then, together */
};

struct pulse {
    uint64_t beat_us;                /* CLOCK_MONOTONIC of the last beat */
    uint64_t begun_us;               /* CLOCK_MONOTONIC of the kernel when the case began, */
    uint64_t told_us;                /* what the C library said then, */
    uint64_t asked_us;               /* and the kernel after it had been asked */
    uint64_t tick;                   /* starved_tick() when the case began */
    uint64_t due_us;                 /* no beat is late before; 0: at once */
    uint64_t sampled_us;             /* when own was read last */
    struct starved own;              /* what the worker had run and waited then, */
    struct starved then;             /* and when the case began, */
    struct origin member[ACTOR_MAX]; /* and its actors, by their place in the cast */
    uint64_t stood_us;               /* for which the worker stood still */
    uint64_t starved_us;             /* what all of these have starved since, as of the last look */
};

#endif
