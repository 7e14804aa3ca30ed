/* SPDX-License-Identifier: MIT */
/*
 * Nodes that no YAML says: how a script's events become what steps are read from.
 */
#ifndef SOCKPROOF_CASE_PKTNODE_H
#define SOCKPROOF_CASE_PKTNODE_H

#include "case/node.h"

/* A mapping, a list, without members. Owned by arena. */
struct node *pktnode_map(struct arena *arena, struct mark mark);
struct node *pktnode_list(struct arena *arena, struct mark mark);
/* A plain scalar of that text; one of those bytes, in quotes. */
struct node *pktnode_word(struct arena *arena, struct mark mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
struct node *pktnode_text(struct arena *arena, struct mark mark, const char *text, size_t length);
/* Puts member at the end of parent, under key where parent is a mapping; key lives as long. Returns
   member. */
struct node *pktnode_put(struct node *parent, const char *key, struct node *member);

#endif
