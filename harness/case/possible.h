/* SPDX-License-Identifier: MIT */
/*
 * The possible: a fault at a call that could never fire is refused where it is read.
 */
#ifndef SOCKPROOF_CASE_POSSIBLE_H
#define SOCKPROOF_CASE_POSSIBLE_H

#include "case/complaint.h"
#include "case/node.h"
#include "fault/point.h"

/* What a fault may ask for: in a case what Linux can do; in a plan that, or with --lenient what
   POSIX allows. */
enum possible { POSSIBLE_IN_CASE, POSSIBLE_STRICT, POSSIBLE_LENIENT };

/* Complains when the fault, which has the shape of one at a call (call, do, …), asks for what can
   never happen there (fault/fits.h), for an error that its call can never give, or in a plan for
   calls by what they never have. */
void possible_check(struct complaints *list, const struct node *fault, enum possible possible);
/* True when such callers come to the point, or to one of the wider point, of that name. */
bool possible_for(const char *call, enum point_callers callers);

#endif
