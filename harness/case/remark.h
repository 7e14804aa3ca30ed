/* SPDX-License-Identifier: MIT */
/*
 * Remarks: what complaints say of a node and of the words that could stand in its place.
 */
#ifndef SOCKPROOF_CASE_REMARK_H
#define SOCKPROOF_CASE_REMARK_H

#include "case/complaint.h"
#include "case/node.h"

/* Characters of a UTF-8 text. */
int remark_characters(const char *text, size_t length);
/* Characters that a scalar takes in its line; 1 for other nodes. */
int remark_width(const struct node *node);
/* What stands there, short enough for a message, in out, of size bytes; or static storage. */
const char *remark_shown(const struct node *node, char *out, size_t size);
/* "did you mean 'x'?" for word, else "one of: a, b, …" when names are few, else NULL. The arena's.
 */
const char *remark_advice(struct arena *arena, const char *word, const char *const *names);
/* Complains, unless list is NULL, that the key of member is none of the names (NULL terminated) of
   a mapping; what is the mapping in words ("this step"). */
void remark_unknown_key(struct complaints *list, const struct node *member, const char *what,
                        const char *const *names);

#endif
