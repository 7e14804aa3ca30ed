/* SPDX-License-Identifier: MIT */
#include "case/remark.h"

#include <stdio.h>
#include <string.h>

enum { ADVICE_NAMES = 12 };

int remark_characters(const char *text, size_t length)
{
    int count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

int remark_width(const struct node *node)
{
    return node->kind != NODE_SCALAR
               ? 1
               : remark_characters(node->text, node->length) + (node->plain ? 0 : 2);
}

static size_t count_names(const char *const *names)
{
    size_t count = 0;
    while (names[count] != NULL)
        count++;
    return count;
}

const char *remark_advice(struct arena *arena, const char *word, const char *const *names)
{
    const char *near = suggest(word, names);
    char *text = NULL;
    if (near != NULL)
        return arena_printf(arena, "did you mean '%s'?", near);
    if (count_names(names) == 0 || count_names(names) > ADVICE_NAMES)
        return NULL;
    for (; *names != NULL; names++)
        text = text == NULL ? arena_printf(arena, "one of: %s", *names)
                            : arena_printf(arena, "%s, %s", text, *names);
    return text;
}

const char *remark_shown(const struct node *node, char *out, size_t size)
{
    enum { SHOWN = 40 };
    size_t length = node->length < SHOWN ? node->length : SHOWN;
    if (node->kind == NODE_LIST)
        return node->count == 0 ? "an empty list" : "a list";
    if (node->kind == NODE_MAP)
        return node->count == 0 ? "an empty mapping" : "a mapping";
    while (length < node->length && length > 0 &&
           ((unsigned char)node->text[length] & 0xc0) == 0x80)
        length--;
    snprintf(out, size, "%c%.*s%s%c", node->plain ? '\'' : '"', (int)length, node->text,
             length < node->length ? "…" : "", node->plain ? '\'' : '"');
    for (char *at = out; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20)
            *at = '?';
    return out;
}

void remark_unknown_key(struct complaints *list, const struct node *member, const char *what,
                        const char *const *names)
{
    if (list != NULL && !complaints_full(list))
        complain(list, member->key_mark, remark_characters(member->key, strlen(member->key)),
                 CODE_UNKNOWN_KEY, remark_advice(list->arena, member->key, names),
                 "'%s' is not a key of %s", member->key, what);
}
