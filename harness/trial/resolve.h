/* SPDX-License-Identifier: MIT */
/*
 * Resolving: the parameters of a step, as they stand in the case file, into the arguments of a
 * call: numbers, and pieces of the shared memory.
 */
#ifndef SOCKPROOF_TRIAL_RESOLVE_H
#define SOCKPROOF_TRIAL_RESOLVE_H

#include "trial/preparation.h"

/* Fills in argument i of the call from the step's parameter i, which is given. The trial is broken
   when it has no value here. */
void resolve_param(const struct preparation *preparation, size_t i);
/* The number of the descriptor that the call's member calls name, which becomes the one that the
   call works on; -1 with the trial broken when there is none. */
int64_t resolve_descriptor(const struct preparation *preparation, const char *name);

#endif
