/* SPDX-License-Identifier: MIT */
#include "case/number.h"

#include "base/quantity.h"

int64_t number_of(const struct node *node, int64_t otherwise)
{
    struct quantity quantity;
    return node != NULL && node->kind == NODE_SCALAR && quantity_parse(node->text, &quantity)
               ? quantity.value
               : otherwise;
}

static int64_t flag(const struct node *node, enum constant_group group)
{
    const struct constant *constant = constant_find(group, node->text);
    return constant != NULL ? constant->value : number_of(node, 0);
}

int64_t number_flags(const struct node *node, enum constant_group group)
{
    int64_t bits = 0;
    if (node == NULL)
        return 0;
    if (node->kind == NODE_SCALAR)
        return flag(node, group);
    for (const struct node *one = node->first; one != NULL; one = one->next)
        bits |= flag(one, group);
    return bits;
}

uint64_t number_bits(const struct node *node, enum constant_group group)
{
    uint64_t bits = 0;
    for (const struct node *one = node != NULL && node->kind == NODE_LIST ? node->first : node;
         one != NULL; one = node->kind == NODE_LIST ? one->next : NULL)
        bits |= UINT64_C(1) << flag(one, group);
    return bits;
}
