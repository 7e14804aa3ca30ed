/* SPDX-License-Identifier: MIT */
/*
 * Checking what the wire says: which host it speaks for, and the packets that it sends.
 */
#ifndef SOCKPROOF_CASE_PEERCHECK_H
#define SOCKPROOF_CASE_PEERCHECK_H

#include "case/case.h"

/* Finds out which side of the variant is absent (variant->absent), whose steps and faults are read:
   that by which no step is made. Complains when there is none or both are, about who acts for one
   that is absent, and about packets of the wire that nobody gets or that cannot be made. */
void peercheck(struct complaints *list, struct variant *variant);
/* The side that a step of the wire sends to, by its to:, its from:, or who is absent; SIDE_COUNT:
   nothing says so. */
enum side peercheck_receiver(const struct variant *variant, const struct step *step);

#endif
