/* SPDX-License-Identifier: MIT */
/*
 * The check of a variant's steps: forms, types, names, in the order in which they run.
 */
#ifndef SOCKPROOF_CASE_CHECK_H
#define SOCKPROOF_CASE_CHECK_H

#include "case/case.h"
#include "case/row.h"

/* Reads the filled-in steps into variant->steps; what is wrong is added to complaints. tolerant:
   references without a value pass. */
void check_steps(struct variant *variant, struct complaints *complaints, const struct node *steps,
                 const struct row *row, bool tolerant);

#endif
