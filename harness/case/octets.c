/* SPDX-License-Identifier: MIT */
#include "case/octets.h"

#include "base/hex.h"
#include "case/number.h"

#include <string.h>

/* The member of node that says its bytes, or node itself; NULL for a reference and a matcher. */
static const struct node *form_of(const struct node *node)
{
    const struct node *form = node->kind == NODE_SCALAR ? node : node_get(node, "text");
    if (form == NULL)
        form = node_get(node, "hex");
    if (form == NULL)
        form = node_get(node, "zeros");
    return form != NULL && node_reference(form) == NULL ? form : NULL;
}

static bool is(const struct node *node, const struct node *form, const char *key)
{
    return form != node && strcmp(form->key, key) == 0;
}

bool octets_known(const struct node *node)
{
    return form_of(node) != NULL;
}

size_t octets_size(const struct node *node)
{
    const struct node *form = form_of(node);
    size_t size = 0;
    if (form != NULL && is(node, form, "hex"))
        size = hex_read(form->text, NULL);
    else if (form != NULL && is(node, form, "zeros"))
        size = (size_t)number_of(form, 0);
    else if (form != NULL)
        size = form->length;
    return size;
}

void octets_write(const struct node *node, uint8_t *out)
{
    const struct node *form = form_of(node);
    if (form != NULL && is(node, form, "hex"))
        hex_read(form->text, out);
    else if (form != NULL && is(node, form, "zeros"))
        memset(out, 0, (size_t)number_of(form, 0));
    else if (form != NULL)
        memcpy(out, form->text, form->length);
}
