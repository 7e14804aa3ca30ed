/* SPDX-License-Identifier: MIT */
/*
 * Numbers of a case: what a node that has been checked stands for.
 */
#ifndef SOCKPROOF_CASE_NUMBER_H
#define SOCKPROOF_CASE_NUMBER_H

#include "case/constant.h"
#include "case/node.h"

/* The quantity in node's text (bytes, microseconds or a plain number), or otherwise; node may be
   NULL. */
int64_t number_of(const struct node *node, int64_t otherwise);
/* The names of a scalar or list, or'ed together; numbers count as themselves. 0 for NULL. */
int64_t number_flags(const struct node *node, enum constant_group group);
/* A set of names of a scalar or list: bit n stands for the one of value n. 0 for NULL. */
uint64_t number_bits(const struct node *node, enum constant_group group);

#endif
