/* SPDX-License-Identifier: MIT */
/*
 * Hygiene: no case changes its hosts for the next. Before a case that could change more than the
 * kernel gives notice of, what there is is remembered; after every case the hosts are looked at, as
 * closely as the case demands, and who left them otherwise is named. The worker is then given up:
 * the next case has fresh hosts. So it is when a program has left files where everybody may write.
 */
#ifndef SOCKPROOF_TRIAL_HYGIENE_H
#define SOCKPROOF_TRIAL_HYGIENE_H

#include "trial/state.h"

/* Before anything of the case is done. The trial is broken when its hosts cannot be looked at. */
void hygiene_begin(struct trial *trial);
/* After the clean-up: ends what the case left running, looks at the hosts, and notes what it finds
   in the log. True when the hosts are not to be used again. */
bool hygiene_end(struct trial *trial);

#endif
