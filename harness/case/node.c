/* SPDX-License-Identifier: MIT */
#include "case/node.h"

#include <stdio.h>
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

/* Where a node is printed to: counted only, while there is no room yet. */
struct print {
    char *out; /* NULL: nowhere */
    size_t size;
};

static void put(struct print *print, const char *text, size_t length)
{
    if (print->out != NULL)
        memcpy(print->out + print->size, text, length);
    print->size += length;
}

static void put_text(struct print *print, const char *text)
{
    put(print, text, strlen(text));
}

/* As it stands between quotation marks. */
static void put_byte(struct print *print, unsigned char byte)
{
    static const char named[] = "\n\r\t\"\\", letters[] = "nrt\"\\";
    const char *known = byte != '\0' ? strchr(named, byte) : NULL;
    char text[8] = {(char)byte};
    size_t length = 1;
    if (known != NULL)
        length = (size_t)snprintf(text, sizeof text, "\\%c", letters[known - named]);
    else if (byte < 0x20 || byte == 0x7f)
        length = (size_t)snprintf(text, sizeof text, "\\x%02x", byte);
    put(print, text, length);
}

static void print_quoted(struct print *print, const struct node *scalar)
{
    put(print, "\"", 1);
    for (size_t i = 0; i < scalar->length; i++)
        put_byte(print, (unsigned char)scalar->text[i]);
    put(print, "\"", 1);
}

static void print_node(struct print *print, const struct node *node)
{
    if (node->kind == NODE_SCALAR) {
        if (node->plain)
            put_text(print, node->text);
        else
            print_quoted(print, node);
        return;
    }
    put(print, node->kind == NODE_LIST ? "[" : "{", 1);
    for (const struct node *member = node->first; member != NULL; member = member->next) {
        if (member->key != NULL && node->kind == NODE_MAP) {
            put_text(print, member->key);
            put(print, ": ", 2);
        }
        print_node(print, member);
        put(print, ", ", member->next != NULL ? 2 : 0);
    }
    put(print, node->kind == NODE_LIST ? "]" : "}", 1);
}

char *node_print(struct arena *arena, const struct node *node)
{
    struct print measured = {NULL, 0};
    print_node(&measured, node);
    struct print print = {arena_alloc(arena, measured.size + 1), 0};
    print_node(&print, node);
    return print.out;
}
