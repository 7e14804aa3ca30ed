/* SPDX-License-Identifier: MIT */
/*
 * Hearing: what actors say, that their calls have ended, or that they have themselves.
 */
#ifndef SOCKPROOF_TRIAL_HEARING_H
#define SOCKPROOF_TRIAL_HEARING_H

#include "trial/state.h"

/* Takes in what a member has to say; look: also whether it has ended, of which its count tells
   nothing. How much that was; the trial is judged when it has ended. */
int hearing_one(struct trial *trial, struct member *member, bool look);
/* The same of all members. */
int hearing_all(struct trial *trial);

#endif
