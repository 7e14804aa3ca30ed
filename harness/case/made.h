/* SPDX-License-Identifier: MIT */
/*
 * A made field: what a case gives of a packet that it makes, put into a draft. Lint asks here
 * whether that is possible, and the packet is made here.
 */
#ifndef SOCKPROOF_CASE_MADE_H
#define SOCKPROOF_CASE_MADE_H

#include "case/node.h"
#include "packet/draft.h"

/* Puts the field that node is into its layer of the draft. False when the draft cannot have it so:
   one of the other family, or a number that does not fit. A host fits, and is left to the caller
   (the draft's source and destination). */
bool made_put(struct draft *draft, const char *layer, const struct node *node);
/* The same of a packet that the wire sends: a number that its flow counts fits as well, and is left
   to the caller. */
bool made_put_sent(struct draft *draft, const char *layer, const struct node *node);
/* True for a field of that layer that is counted from the first number of a side. */
bool made_is_counted(const char *layer, const char *field);

#endif
