/* SPDX-License-Identifier: MIT */
/*
 * A node: one scalar, sequence or mapping of a YAML document, with the place where it stands.
 *
 * Nodes are plain data. All nodes of a document live in one arena and die with it; nothing
 * frees a node by itself. Scalars stay text: what a text means (number, constant, address) is
 * decided by whoever knows the parameter that it fills.
 */
#ifndef SOCKPROOF_CASE_NODE_H
#define SOCKPROOF_CASE_NODE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in a file; lines and columns count from 1, columns in characters. */
struct mark {
    int line;
    int column;
};

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    bool plain;           /* a scalar without quotes: only these can be numbers or $references */
    struct mark mark;     /* where the node begins */
    char *text;           /* NUL terminated, may hold NUL bytes as well; list and map: empty */
    size_t length;        /* scalar: bytes in text */
    char *key;            /* name under which a mapping holds this node, or NULL */
    struct mark key_mark; /* where that key stands */
    struct node *first;   /* list and map: members in the file's order */
    struct node *next;    /* next member of the same parent */
    size_t count;         /* list and map: number of members */
};

/* The member of a mapping called key, or NULL; NULL too when map is NULL or no mapping. */
const struct node *node_get(const struct node *map, const char *key);
/* What node costs to copy: one for it and each node below it, and one more for each 64 bytes of
   their texts. Counted up to most. */
size_t node_weight(const struct node *node, size_t most);
/* True when node is a scalar and its text equals text. Accepts NULL. */
bool node_is(const struct node *node, const char *text);
/* For a plain scalar "$name": name (points into the node); otherwise NULL. Accepts NULL. */
const char *node_reference(const struct node *node);
/* A new scalar at the mark of origin, owned by arena; plain. */
struct node *node_scalar(struct arena *arena, const struct node *origin, const char *text);
/* The node in flow style, as a person would write it, for messages; owned by arena. */
char *node_print(struct arena *arena, const struct node *node);

#endif
