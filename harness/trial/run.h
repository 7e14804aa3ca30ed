/* SPDX-License-Identifier: MIT */
/*
 * A trial: one variant is run by its worker, from set-up to verdict.
 */
#ifndef SOCKPROOF_TRIAL_RUN_H
#define SOCKPROOF_TRIAL_RUN_H

#include "trial/state.h"

/* Runs variant on the stage and returns its result line (new reference); the events are in the
   report. The stage is ready for the next trial afterwards; "spent" in the result: it is not, and
   another is to be made; "disturbed": what disturbed one that did not pass (pulse.h). repeat counts
   from 0. */
json_t *trial_run(struct stage *stage, const struct variant *variant, struct report *report,
                  int repeat);

#endif
