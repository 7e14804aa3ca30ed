/* SPDX-License-Identifier: MIT */
/*
 * A step: one verb of one actor or of the wire, carried out and judged.
 */
#ifndef SOCKPROOF_TRIAL_STEP_H
#define SOCKPROOF_TRIAL_STEP_H

#include "trial/state.h"

/* Settles, carries out the step, and judges it. The outcome is the trial's verdict. */
void step_run(struct trial *trial, const struct step *step);

#endif
