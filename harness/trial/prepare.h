/* SPDX-License-Identifier: MIT */
/*
 * Preparing: the call of a step, from its parameters and modifiers.
 */
#ifndef SOCKPROOF_TRIAL_PREPARE_H
#define SOCKPROOF_TRIAL_PREPARE_H

#include "trial/state.h"

/* Fills call from the step's parameters and modifiers. pending->descriptor is set where the verb
   works on one. False with the trial broken when something has no value here. */
bool prepare_call(struct trial *trial, const struct step *step, struct pending *pending,
                  struct call *call);

#endif
