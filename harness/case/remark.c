/* SPDX-License-Identifier: MIT */
#include "case/remark.h"

#include <stdio.h>
#include <string.h>

enum { ADVICE_NAMES = 13 };

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

/* Words whose meaning is decided, and which no build carries out yet: where, and which. */
static bool is_decided(const char *what, const char *key)
{
    static const struct decided {
        const char *what, *key;
    } words[] = {{"a case", "host"},      {"a case", "links"},       {"this step", "next"},
                 {"this step", "after"},  {"this step", "together"}, {"this step", "rounds"},
                 {"this step", "one_of"}, {"this step", "deviates"}, {"'setsockopt'", "level"},
                 {"'setsockopt'", "hex"}, {"'setsockopt'", "len"},   {"'poll'", "fds"},
                 {"'tcp'", "options"},    {"'ip'", "ecn"},           {"'ip'", "options"},
                 {"'ip'", "ext"},         {"'icmp'", "pointer"},     {"'icmp'", "quotes"},
                 {"'addr'", "scope"},     {"'to'", "scope"}};
    bool found = false;
    for (size_t i = 0; i < sizeof words / sizeof *words && !found; i++)
        found = strcmp(words[i].what, what) == 0 && strcmp(words[i].key, key) == 0;
    return found;
}

void remark_unknown_key(struct complaints *list, const struct node *member, const char *what,
                        const char *const *names)
{
    if (list != NULL && is_decided(what, member->key))
        complain(list, member->key_mark, remark_characters(member->key, strlen(member->key)),
                 CODE_NOT_CARRIED, NULL, "'%s' of %s is not carried out by this build", member->key,
                 what);
    else if (list != NULL && !complaints_full(list))
        complain(list, member->key_mark, remark_characters(member->key, strlen(member->key)),
                 CODE_UNKNOWN_KEY, remark_advice(list->arena, member->key, names),
                 "'%s' is not a key of %s", member->key, what);
}
