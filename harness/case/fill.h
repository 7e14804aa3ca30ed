/* SPDX-License-Identifier: MIT */
/*
 * Filling in: a copy of a part of a case with the parameters of one variant in their places.
 */
#ifndef SOCKPROOF_CASE_FILL_H
#define SOCKPROOF_CASE_FILL_H

#include "case/row.h"

/* node_weight of what fill would give, counted up to most; 0 for NULL. */
size_t fill_weight(const struct node *node, struct rows *rows, const struct row *row, size_t most);
/* A deep copy of node, owned by arena, with every plain scalar $NAME whose NAME is a parameter of
   row replaced by that parameter's value (which brings its own mark, so that complaints point at
   it). Marks in rows what was used. NULL for NULL. */
const struct node *fill(struct arena *arena, const struct node *node, struct rows *rows,
                        const struct row *row);

#endif
