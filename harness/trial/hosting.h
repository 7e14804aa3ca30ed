/* SPDX-License-Identifier: MIT */
/*
 * Hosting: what a case needs of its worker's hosts beside what every case has.
 */
#ifndef SOCKPROOF_TRIAL_HOSTING_H
#define SOCKPROOF_TRIAL_HOSTING_H

#include "trial/state.h"

/* Gives the trial a block of ports. The trial is broken when the hosts do not take it. */
void hosting_ports(struct trial *trial);
/* True when every port of the hosts was some case's: what waits out TIME_WAIT there, or for an
   answer that nobody gives any more, still has its own, so that the next case wants fresh hosts. */
bool hosting_used_up(const struct stage *stage);
/* Makes the hosts ready for who arms loss, speaks of a second address or of SCTP in UDP. The trial
   is broken when it cannot be. */
void hosting_begin(struct trial *trial);
/* Takes it back. */
void hosting_end(struct trial *trial);

#endif
