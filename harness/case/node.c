/* SPDX-License-Identifier: MIT */
#include "case/node.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct node *node_get(const struct node *map, const char *key)
{
    if (map == NULL || map->kind != NODE_MAP)
        return NULL;
    const struct node *member = map->first;
    while (member != NULL && strcmp(member->key, key) != 0)
        member = member->next;
    return member;
}

size_t node_weight(const struct node *node, size_t most)
{
    size_t weight = 1 + node->length / 64;
    for (const struct node *one = node->first; one != NULL && weight < most; one = one->next)
        weight += node_weight(one, most - weight);
    return weight;
}

bool node_is(const struct node *node, const char *text)
{
    return node != NULL && node->kind == NODE_SCALAR && node->length == strlen(text) &&
           memcmp(node->text, text, node->length) == 0;
}

const char *node_reference(const struct node *node)
{
    bool refers = node != NULL && node->kind == NODE_SCALAR && node->plain && node->length > 1 &&
                  node->text[0] == '$';
    return refers ? node->text + 1 : NULL;
}

struct node *node_scalar(struct arena *arena, const struct node *origin, const char *text)
{
    struct node *scalar = arena_alloc(arena, sizeof *scalar);
    scalar->kind = NODE_SCALAR;
    scalar->plain = true;
    scalar->mark = origin->mark;
    scalar->length = strlen(text);
    scalar->text = arena_copy(arena, text, scalar->length);
    return scalar;
}

/* --- printing ------------------------------------------------------------------------------ */

static void print_quoted(FILE *out, const struct node *scalar)
{
    fputc('"', out);
    for (size_t i = 0; i < scalar->length; i++) {
        unsigned char byte = (unsigned char)scalar->text[i];
        if (byte == '\n')
            fputs("\\n", out);
        else if (byte == '\r')
            fputs("\\r", out);
        else if (byte == '\t')
            fputs("\\t", out);
        else if (byte == '"' || byte == '\\')
            fprintf(out, "\\%c", byte);
        else if (byte < 0x20 || byte == 0x7f)
            fprintf(out, "\\x%02x", byte);
        else
            fputc(byte, out);
    }
    fputc('"', out);
}

static void print_node(FILE *out, const struct node *node)
{
    if (node->kind == NODE_SCALAR) {
        if (node->plain)
            fputs(node->text, out);
        else
            print_quoted(out, node);
        return;
    }
    fputc(node->kind == NODE_LIST ? '[' : '{', out);
    for (const struct node *member = node->first; member != NULL; member = member->next) {
        if (member->key != NULL && node->kind == NODE_MAP)
            fprintf(out, "%s: ", member->key);
        print_node(out, member);
        if (member->next != NULL)
            fputs(", ", out);
    }
    fputc(node->kind == NODE_LIST ? ']' : '}', out);
}

char *node_print(struct arena *arena, const struct node *node)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = arena_must(open_memstream(&text, &size));
    print_node(out, node);
    if (fclose(out) != 0)
        arena_must(NULL);
    char *copy = arena_copy(arena, text, size);
    free(text);
    return copy;
}
