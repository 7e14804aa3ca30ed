/* SPDX-License-Identifier: MIT */
/*
 * A structure that a socket option takes: its members, by their names in the C headers.
 */
#ifndef SOCKPROOF_CASE_STRUCTURE_H
#define SOCKPROOF_CASE_STRUCTURE_H

#include "case/constant.h"

enum structure_kind {
    STRUCTURE_NUMBER,   /* an int, in the machine's byte order */
    STRUCTURE_ADDRESS4, /* struct in_addr */
    STRUCTURE_ADDRESS6  /* struct in6_addr */
};

struct structure_member {
    const char *name;
    size_t offset;
    enum structure_kind kind;
};

enum { STRUCTURE_MEMBERS = 4 };

struct structure {
    size_t size;
    struct structure_member members[STRUCTURE_MEMBERS]; /* ended by a NULL name */
};

/* The structure of an option of that type, or NULL when it is none. */
const struct structure *structure_of(enum option_type type);
/* Its member of that name, or NULL. */
const struct structure_member *structure_member(const struct structure *structure,
                                                const char *name);
/* How many bytes getsockopt gives of an option of that type; 0: it depends. */
size_t structure_size(enum option_type type);

#endif
