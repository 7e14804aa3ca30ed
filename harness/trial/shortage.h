/* SPDX-License-Identifier: MIT */
/*
 * A shortage: what the machine, or the limits of who runs sockproof, did not give. The stack is not
 * to blame for it.
 */
#ifndef SOCKPROOF_TRIAL_SHORTAGE_H
#define SOCKPROOF_TRIAL_SHORTAGE_H

#include "trial/state.h"

/* What the call of a step, which has ended, lacked, in words that say how to mend it; NULL:
   nothing, or the step itself is about such an end. Owned by the trial's arena. Sources: socket(2),
   accept(2) (EMFILE, ENFILE), send(2) (MSG_ZEROCOPY, ENOBUFS), pthread_create(3) (EAGAIN). */
const char *shortage_of(const struct trial *trial, const struct pending *pending);

#endif
