/* SPDX-License-Identifier: MIT */
/*
 * Examining: what a call that has ended means for the ledger, the descriptors and the log.
 */
#ifndef SOCKPROOF_TRIAL_EXAMINE_H
#define SOCKPROOF_TRIAL_EXAMINE_H

#include "trial/state.h"

/* Takes an ended call into the account, once; one of many sockets is examined socket by socket, by
   its group. */
void examine(struct trial *trial, struct pending *pending);
/* Settles, and examines all that have ended, so that the ledger is right before the next step. As
   settle. */
bool examine_settled(struct trial *trial);
/* Dispatches, waits until it has ended (at most deadline_us from now) and examines it. False when
   it has not ended; the caller says what that means. */
bool examine_finish(struct trial *trial, struct pending *pending, uint64_t deadline_us);

#endif
