/*
 * A step: one verb of one actor or of the wire, carried out and judged.
 */
#ifndef SOCKPROOF_RUN_STEP_H
#define SOCKPROOF_RUN_STEP_H

#include "run/trial.h"

/* Settles, carries out the step, and judges it. The outcome is the trial's verdict. */
void step_run(struct trial *trial, const struct step *step);

#endif
