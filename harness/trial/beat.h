/* SPDX-License-Identifier: MIT */
/*
 * What the pulse of a trial remembers from beat to beat (pulse.h).
 */
#ifndef SOCKPROOF_TRIAL_BEAT_H
#define SOCKPROOF_TRIAL_BEAT_H

#include "base/starved.h"

#include <stdint.h>

struct pulse {
    uint64_t beat_us;    /* CLOCK_MONOTONIC of the last beat */
    uint64_t told_us;    /* what the C library said when the case began, */
    uint64_t begun_us;   /* and the kernel */
    uint64_t due_us;     /* no beat is late before; 0: at once */
    uint64_t sampled_us; /* when own was read last */
    struct starved own;  /* what the worker had run and waited then */
    uint64_t stood_us;   /* for which it stood still */
    uint64_t before_us;  /* what it and its actors had starved when the case began */
    uint64_t starved_us; /* and since, as of the last look */
};

#endif
