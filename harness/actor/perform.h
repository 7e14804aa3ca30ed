/* SPDX-License-Identifier: MIT */
/*
 * Performing: what an actor does with one call that it was given.
 */
#ifndef SOCKPROOF_ACTOR_PERFORM_H
#define SOCKPROOF_ACTOR_PERFORM_H

#include "actor/act.h"

/* Does the call, under the limits and without the capabilities that it names, and fills in its
   results. Any thread; one thread per call. */
void perform(struct actor *actor, struct call *call);

#endif
