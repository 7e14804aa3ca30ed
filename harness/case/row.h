/* SPDX-License-Identifier: MIT */
/*
 * A row: one line of a table of variants, or one combination of a product.
 */
#ifndef SOCKPROOF_CASE_ROW_H
#define SOCKPROOF_CASE_ROW_H

#include "case/complaint.h"
#include "case/node.h"

enum { ROW_KEYS_MAX = 32, ROWS_MAX = 1000 };

struct row {
    const char *name; /* without the family; "" when it has none of its own */
    int family;       /* AF_INET, AF_INET6, or 0: each family of the case */
    struct mark mark;
    const struct node *values; /* a mapping; id and family are no parameters */
};

struct rows {
    size_t count;
    struct row *row;
    bool used[ROW_KEYS_MAX]; /* by the place of the key in the first row */
    bool broken;             /* some reference may lack its row: complaints would mislead */
};

/* The rows of a case's variants (NULL: one row without parameters), owned by list->arena; what
   is wrong with them is added to list. Never without rows. */
void rows_read(struct rows *rows, struct complaints *list, const struct node *variants);
/* The value of a parameter in row, marked as used, or NULL. */
const struct node *rows_value(struct rows *rows, const struct row *row, const char *name);
/* Complains about each parameter that nothing used. */
void rows_check_used(const struct rows *rows, struct complaints *list);

#endif
