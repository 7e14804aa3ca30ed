/* SPDX-License-Identifier: MIT */
/*
 * What this build carries out: whether a variant needs the wire, and why it must be skipped.
 */
#ifndef SOCKPROOF_CASE_CARRIED_H
#define SOCKPROOF_CASE_CARRIED_H

#include "case/case.h"

/* True when the variant cannot do with the machine's loopback. */
bool carried_needs_wire(const struct variant *variant);
/* Why this build cannot run the variant, if so. The reason is owned by arena. */
struct skip carried_skip(struct arena *arena, const struct variant *variant);

/* Says at each place of the variant what this build does not carry out. */
void carried_remark(struct complaints *remarks, const struct variant *variant);

#endif
