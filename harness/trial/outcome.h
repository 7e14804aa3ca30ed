/* SPDX-License-Identifier: MIT */
/*
 * An outcome: what a call did, as symbols that expectations can be held against.
 */
#ifndef SOCKPROOF_TRIAL_OUTCOME_H
#define SOCKPROOF_TRIAL_OUTCOME_H

#include "trial/state.h"

/* {"returns","errno",…} of an ended call: the members that its verb has. New reference; the one
   that was kept, where one was. */
json_t *outcome_json(const struct trial *trial, const struct pending *pending);
/* Makes it and keeps it for all that look at the call from now on: its event and its judge see the
   same. Once, of an ended call on one socket; pending_forget and pending_end give it back. */
void outcome_keep(const struct trial *trial, struct pending *pending);

#endif
