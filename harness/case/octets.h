/* SPDX-License-Identifier: MIT */
/*
 * Octets: the bytes of a packet's field as a case gives them, "text" or one of text, hex and zeros.
 */
#ifndef SOCKPROOF_CASE_OCTETS_H
#define SOCKPROOF_CASE_OCTETS_H

#include "case/node.h"

/* How many bytes node stands for; 0 for a reference that stands for nothing yet. */
size_t octets_size(const struct node *node);
/* Writes them to out, which has room for so many. */
void octets_write(const struct node *node, uint8_t *out);
/* False when node is a reference, or a matcher. */
bool octets_known(const struct node *node);

#endif
