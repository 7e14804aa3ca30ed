/* SPDX-License-Identifier: MIT */
#include "case/pktnode.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct node *node_new(struct arena *arena, struct mark mark, enum node_kind kind)
{
    struct node *node = arena_alloc(arena, sizeof *node);
    node->kind = kind;
    node->mark = mark;
    node->text = arena_copy(arena, "", 0);
    return node;
}

struct node *pktnode_map(struct arena *arena, struct mark mark)
{
    return node_new(arena, mark, NODE_MAP);
}

struct node *pktnode_list(struct arena *arena, struct mark mark)
{
    return node_new(arena, mark, NODE_LIST);
}

struct node *pktnode_word(struct arena *arena, struct mark mark, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    struct node *node = pktnode_text(arena, mark, text, strlen(text));
    node->plain = true;
    return node;
}

struct node *pktnode_text(struct arena *arena, struct mark mark, const char *text, size_t length)
{
    struct node *node = node_new(arena, mark, NODE_SCALAR);
    node->text = arena_copy(arena, text, length);
    node->length = length;
    return node;
}

struct node *pktnode_put(struct node *parent, const char *key, struct node *member)
{
    struct node **place = &parent->first;
    while (*place != NULL)
        place = &(*place)->next;
    *place = member;
    parent->count++;
    member->key = (char *)key;
    member->key_mark = member->mark;
    return member;
}
