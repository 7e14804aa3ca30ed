/* SPDX-License-Identifier: MIT */
/*
 * Resets: those that went by, held against those that the case names.
 */
#ifndef SOCKPROOF_TRIAL_RESETS_H
#define SOCKPROOF_TRIAL_RESETS_H

#include "trial/seen.h"
#include "trial/verdict.h"

/* Fails at the first reset that no step and no fault names: no sees: has taken it, no fault of the
   wire made it or met it by name, and none of judgement->resets is it. */
void resets_judge(struct judgement *judgement, const struct seen *seen);

#endif
