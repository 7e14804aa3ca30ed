/* SPDX-License-Identifier: MIT */
/*
 * Excess: what a variant asks of the harness that is more than it carries (limit.h).
 */
#ifndef SOCKPROOF_CASE_EXCESS_H
#define SOCKPROOF_CASE_EXCESS_H

#include "case/case.h"

/* Complains (too-many, too-large) about each excess of the variant, whose steps and faults are
   checked already, at its place. A value that nobody knows before a run counts nothing: what it
   leads to is found when the case runs. */
void excess_check(struct complaints *complaints, const struct variant *variant);

#endif
