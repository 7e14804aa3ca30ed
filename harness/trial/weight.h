/* SPDX-License-Identifier: MIT */
/*
 * Weight: the memory that all programs of a case hold, looked at now and then as long as the case
 * lasts, whichever step is under way: what runs on behind its step, or was left by it, is below the
 * worker too.
 */
#ifndef SOCKPROOF_TRIAL_WEIGHT_H
#define SOCKPROOF_TRIAL_WEIGHT_H

#include "trial/state.h"

/* Programs run from now on. */
void weight_begin(struct trial *trial);
/* Looks, if the last look is long enough ago: no more than a tenth of the time is spent on that.
   When they hold more than HELD_MOST, ends all of them, and the trial is broken. */
void weight_look(struct trial *trial);
/* The steps are over: what the case was broken for is not hidden by what came of it. */
void weight_judge(struct trial *trial);
/* Closes what was open for looking. */
void weight_end(struct trial *trial);

#endif
