/* SPDX-License-Identifier: MIT */
/*
 * Counts: what changes beside the calls where an actor is, since it began: signals that it caught,
 * and how its faults were asked. They come with every answer of a relay.
 */
#ifndef SOCKPROOF_ACTOR_COUNTS_H
#define SOCKPROOF_ACTOR_COUNTS_H

#include "actor/frame.h"
#include "actor/shared.h"

struct counts {
    uint32_t signals[SIGNAL_MAX];
    uint64_t chances[FAULT_MAX], fired[FAULT_MAX]; /* since the plan was armed */
};

/* Adds those of the actor with that index. */
void counts_put(struct frame_out *frame, const struct shared *shared, int index);
/* Takes them, and adds to the worker's what came to them since before, which becomes what they are
   now. */
void counts_take(struct opened *opened, struct counts *before, struct shared *shared, int index);
/* A plan begins with no chances. */
void counts_armed(struct counts *before);

#endif
