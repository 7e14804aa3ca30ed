/* SPDX-License-Identifier: MIT */
/*
 * A shape: what may stand in one place of a case file. Shapes are plain tables; the checker and
 * the JSON Schema are both made from them, so that the two cannot part.
 *
 * A reference ($name, plain) is taken in the place of any value of a shape that is not literal.
 */
#ifndef SOCKPROOF_CASE_SHAPE_H
#define SOCKPROOF_CASE_SHAPE_H

#include "base/lesson.h"
#include "case/complaint.h"
#include "case/constant.h"
#include "case/matcher.h"
#include "case/node.h"

enum shape_kind {
    SHAPE_ANY,
    SHAPE_TEXT,     /* a scalar of least to most characters; a most of 0: as many as one likes */
    SHAPE_NAME,     /* letters, digits, '_' and '-', a letter first */
    SHAPE_HEX,      /* pairs of hex digits, blanks between */
    SHAPE_ACTOR,    /* client, server, client2, … */
    SHAPE_INTEGER,  /* no unit, least to most */
    SHAPE_SIZE,     /* bare or KiB, MiB, least to most */
    SHAPE_TIME,     /* with a unit, not negative */
    SHAPE_RATIO,    /* above 0, at most 1 */
    SHAPE_WORD,     /* one of words */
    SHAPE_CONSTANT, /* a name of the group */
    SHAPE_OPTION,   /* the name of a socket option */
    SHAPE_FLAGS,    /* a name of the group, or a list of them */
    SHAPE_LIST,     /* least to most members (a most of 0: as many as one likes), each `of` */
    SHAPE_MAP,      /* the members, and no others */
    SHAPE_DICT,     /* any names, each value `of` */
    SHAPE_EITHER,   /* the first of `either` that fits */
    SHAPE_MATCH     /* `of`, or a matcher over it */
};

struct shape;

struct shape_member {
    const char *name; /* NULL ends a table */
    bool required;
    const struct shape *shape;
    const char *sentence; /* as in struct lesson, for the reference of the format */
    const char *example;
};

/* A key that others like this mapping have, and this one has not: why. */
struct shape_refusal {
    const char *key; /* NULL ends a table */
    enum code code;
    const char *why, *advice; /* as in complain */
};

struct shape {
    enum shape_kind kind;
    const char *noun; /* "a size (64, 16KiB)": what stands here, for messages */
    bool literal;     /* no $reference */
    int64_t least, most;
    enum constant_group group;
    const char *const *words; /* SHAPE_WORD; SHAPE_DICT: the only keys, or NULL */
    const struct shape *of;
    const struct shape_member *members;
    const struct shape *const *either;
    bool one;                            /* SHAPE_MAP: exactly one member */
    const char *const *exclusive;        /* SHAPE_MAP: at most one of these keys */
    const struct shape_refusal *refused; /* SHAPE_MAP: keys with an answer of their own, or NULL */
    /* SHAPE_MAP: complains about members that are good each by itself, and not together; list as
       for shape_check. NULL: they always go together. */
    bool (*together)(struct complaints *list, const struct node *node);
    unsigned matchers;      /* SHAPE_MATCH: MATCH_* bits */
    bool keyed;             /* SHAPE_DICT: the keys are names of group */
    const char *definition; /* the name in the schema's $defs; NULL = in place */
    struct lesson lesson;   /* of a shape that the reference of the format speaks of */
};

/* True when node has that shape. Otherwise complains, unless list is NULL; what names the place
   in messages ("len", "errno"). */
bool shape_check(struct complaints *list, const struct node *node, const struct shape *shape,
                 const char *what);
/* True when key is a key of the shape's mapping, or of one of its alternatives, or has an answer of
   its own there. */
bool shape_has_key(const struct shape *shape, const char *key);

#endif
