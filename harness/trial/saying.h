/* SPDX-License-Identifier: MIT */
/*
 * Saying: the wire sends a packet in the place of a host, as a step describes it.
 */
#ifndef SOCKPROOF_TRIAL_SAYING_H
#define SOCKPROOF_TRIAL_SAYING_H

#include "trial/state.h"

/* Makes the packet that the step of the wire (sends) describes, what it leaves out as the side that
   it is from would have it, and sends it. The trial is broken when there is no such packet, or when
   it did not go. */
void saying_step(struct trial *trial, const struct step *step);

#endif
