/* SPDX-License-Identifier: MIT */
#include "observe/content.h"

#include "base/hex.h"
#include "base/quantity.h"

#include <stdio.h>
#include <string.h>

static const struct node *member(const struct node *node)
{
    static const char *const keys[] = {"text", "hex", "pattern", "zeros"};
    const struct node *found = NULL;
    for (size_t i = 0; found == NULL && i < sizeof keys / sizeof *keys; i++)
        found = node_get(node, keys[i]);
    return found;
}

bool content_is(const struct node *node)
{
    return node != NULL && (node->kind == NODE_SCALAR || member(node) != NULL);
}

static size_t number(const struct node *node)
{
    struct quantity quantity = {0, UNIT_NONE};
    return quantity_parse(node->text, &quantity) && quantity.value > 0 ? (size_t)quantity.value : 0;
}

size_t content_size(const struct node *node)
{
    const struct node *form = node->kind == NODE_SCALAR ? node : member(node);
    size_t size = 0;
    if (form == NULL)
        size = 0;
    else if (form == node || strcmp(form->key, "text") == 0)
        size = form->length;
    else if (strcmp(form->key, "hex") == 0)
        size = hex_read(form->text, NULL);
    else
        size = number(form);
    return size;
}

size_t content_pattern(const struct node *node)
{
    const struct node *form = node->kind == NODE_SCALAR ? NULL : member(node);
    return form != NULL && strcmp(form->key, "pattern") == 0 ? number(form) : 0;
}

void content_write(const struct node *node, struct pattern *pattern, uint8_t *out)
{
    const struct node *form = node->kind == NODE_SCALAR ? node : member(node);
    if (form == NULL)
        return;
    if (form == node || strcmp(form->key, "text") == 0)
        memcpy(out, form->text, form->length);
    else if (strcmp(form->key, "hex") == 0)
        hex_read(form->text, out);
    else if (strcmp(form->key, "zeros") == 0)
        memset(out, 0, number(form));
    else
        pattern_write(pattern, out, number(form));
}

static bool printable(const uint8_t *bytes, size_t size)
{
    bool yes = true;
    for (size_t i = 0; i < size && yes; i++)
        yes = (bytes[i] >= 0x20 && bytes[i] < 0x7f) || bytes[i] == '\r' || bytes[i] == '\n';
    return yes;
}

static size_t print_byte(uint8_t byte, bool text, char *out, size_t room)
{
    int wrote = 0;
    if (text && byte == '\n')
        wrote = snprintf(out, room, "\\n");
    else if (text && byte == '\r')
        wrote = snprintf(out, room, "\\r");
    else if (text && byte == '"')
        wrote = snprintf(out, room, "\\\"");
    else
        wrote = snprintf(out, room, text ? "%c" : "%02x", byte);
    return wrote < 0 || (size_t)wrote >= room ? 0 : (size_t)wrote;
}

void content_print(const uint8_t *bytes, size_t size, enum content_shown most, char *out,
                   size_t capacity)
{
    size_t shown = size < most ? size : most;
    bool text = printable(bytes, shown);
    size_t at = (size_t)snprintf(out, capacity, "%s", text ? "\"" : "hex ");
    for (size_t i = 0; i < shown; i++)
        at += print_byte(bytes[i], text, out + at, capacity - at);
    snprintf(out + at, capacity - at, "%s%s", text ? "\"" : "", shown < size ? "…" : "");
    at += strlen(out + at);
    if (shown < size)
        snprintf(out + at, capacity - at, " (%zu bytes)", size);
}
