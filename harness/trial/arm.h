/* SPDX-License-Identifier: MIT */
/*
 * Arming: the faults of a case file into a plan, and the plan into the worker and its actors.
 */
#ifndef SOCKPROOF_TRIAL_ARM_H
#define SOCKPROOF_TRIAL_ARM_H

#include "trial/state.h"

/* Writes the variant's faults into the shared plan. False with the trial broken when one has no
   meaning in this build. */
bool arm_plan(struct trial *trial);
/* From now on faults fire, in the worker and in every running actor. */
bool arm_on(struct trial *trial);
/* No fault fires any more. */
void arm_off(struct trial *trial);

#endif
