/* SPDX-License-Identifier: MIT */
/*
 * The basic shapes: numbers, bytes, addresses, and the matchers over them.
 */
#ifndef SOCKPROOF_CASE_BASICSHAPE_H
#define SOCKPROOF_CASE_BASICSHAPE_H

#include "case/shape.h"

/* Tables of shapes and of words, ended with NULL. */
#define SHAPES(...) ((const struct shape *const[]){__VA_ARGS__, NULL})
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define MEMBERS(...) ((const struct shape_member[]){__VA_ARGS__, {.name = NULL}})
/* MAY(name, shape, sentence, example): a member; the last one, or two, may be left out. */
#define MAY(label, ...)                                                                            \
    {                                                                                              \
        .name = (label), .shape = &__VA_ARGS__                                                     \
    }
#define MUST(label, ...)                                                                           \
    {                                                                                              \
        .name = (label), .required = true, .shape = &__VA_ARGS__                                   \
    }

extern const struct shape basicshape_any;
extern const struct shape basicshape_text;
extern const struct shape basicshape_name;
extern const struct shape basicshape_integer;
extern const struct shape basicshape_natural;
extern const struct shape basicshape_port;
extern const struct shape basicshape_size;
extern const struct shape basicshape_time;
extern const struct shape basicshape_hex;
extern const struct shape basicshape_bytes;
extern const struct shape basicshape_address;
extern const struct shape basicshape_side; /* client, server */
extern const struct shape basicshape_match_integer;
extern const struct shape basicshape_match_number; /* a size, negative ones too */
extern const struct shape basicshape_match_count;  /* a size, not negative */
extern const struct shape basicshape_match_bytes;
extern const struct shape basicshape_match_address;
extern const struct shape basicshape_match_time;

#endif
