/* SPDX-License-Identifier: MIT */
#include "case/fill.h"

size_t fill_weight(const struct node *node, struct rows *rows, const struct row *row, size_t most)
{
    const char *name = node_reference(node);
    const struct node *value = name != NULL ? rows_value(rows, row, name) : NULL;
    if (node == NULL || value != NULL)
        return node == NULL ? 0 : node_weight(value, most);
    size_t weight = 1 + node->length / 64;
    for (const struct node *one = node->first; one != NULL && weight < most; one = one->next)
        weight += fill_weight(one, rows, row, most - weight);
    return weight;
}

static struct node *copy_of(struct arena *arena, const struct node *node, struct rows *rows,
                            const struct row *row)
{
    struct node *copy = arena_alloc(arena, sizeof *copy);
    struct node **end = &copy->first;
    const char *name = row != NULL ? node_reference(node) : NULL;
    const struct node *value = name != NULL ? rows_value(rows, row, name) : NULL;
    const struct node *from = value != NULL ? value : node;
    *copy = *from;
    copy->next = copy->first = NULL;
    copy->key = node->key;
    copy->key_mark = node->key_mark;
    /* What a parameter stands for is taken as it is: references do not chain. */
    for (const struct node *one = from->first; one != NULL; one = one->next) {
        *end = copy_of(arena, one, rows, value != NULL ? NULL : row);
        end = &(*end)->next;
    }
    return copy;
}

const struct node *fill(struct arena *arena, const struct node *node, struct rows *rows,
                        const struct row *row)
{
    return node != NULL ? copy_of(arena, node, rows, row) : NULL;
}
