/* SPDX-License-Identifier: MIT */
/*
 * An alias: another name, or the number, of a constant. What is observed is told by the first name
 * that its group has for a value (constant.def), so what is expected is held by that one too:
 * EWOULDBLOCK is EAGAIN, and SO_DOMAIN may be expected to be 2.
 */
#ifndef SOCKPROOF_CASE_ALIAS_H
#define SOCKPROOF_CASE_ALIAS_H

#include "case/shape.h"

/* A copy of an expectation, which has the shape, in which constants stand by the names that reports
   use. What is no constant, or is a reference, is as it was. The arena's. */
const struct node *alias_told(struct arena *arena, const struct node *node,
                              const struct shape *shape);

#endif
