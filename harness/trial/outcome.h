/* SPDX-License-Identifier: MIT */
/*
 * An outcome: what a call did, as symbols that expectations can be held against.
 */
#ifndef SOCKPROOF_TRIAL_OUTCOME_H
#define SOCKPROOF_TRIAL_OUTCOME_H

#include "trial/state.h"

/* {"returns","errno",…} of an ended call: the members that its verb has. New reference. */
json_t *outcome_json(const struct trial *trial, const struct pending *pending);

#endif
