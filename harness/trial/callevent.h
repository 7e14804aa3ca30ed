/* SPDX-License-Identifier: MIT */
/*
 * The event of a call.
 */
#ifndef SOCKPROOF_TRIAL_CALLEVENT_H
#define SOCKPROOF_TRIAL_CALLEVENT_H

#include "trial/state.h"

/* Logs a call; phase is started, returned, blocked or done. One that has ended has in its event all
   that its judging needs. */
void callevent(struct trial *trial, const struct pending *pending, const char *phase);

#endif
