/* SPDX-License-Identifier: MIT */
/*
 * What must hold of every dialect of SCTP. For the tests of this room only, which include it once
 * each.
 */
#ifndef SOCKPROOF_STACK_DIALECT_PROOF_H
#define SOCKPROOF_STACK_DIALECT_PROOF_H

#include "stack/sctp.h"

#include <criterion/criterion.h>
#include <string.h>

/* Each member of a structure lies within it, shares no byte with another, and is found by its name.
 */
static inline void dialect_proof_members(const struct sctp_layout *layout)
{
    static unsigned char taken[4096];
    cr_assert_lt(layout->size, sizeof taken);
    memset(taken, 0, layout->size);
    for (int i = 0; i < SCTP_MEMBERS && layout->members[i].name != NULL; i++) {
        const struct sctp_member *one = &layout->members[i];
        cr_assert_leq(one->offset + one->size, layout->size, "%s.%s", layout->name, one->name);
        for (size_t at = one->offset; at < one->offset + one->size; at++)
            cr_assert_eq(taken[at]++, 0, "%s.%s", layout->name, one->name);
        cr_assert_eq(sctp_member_find(layout, one->name), one, "%s.%s", layout->name, one->name);
        bool behind = one->set == SCTP_SET_REST || one->set == SCTP_SET_LIST;
        cr_assert_eq(one->size == 0, behind, "%s.%s", layout->name, one->name);
    }
}

/* No two structures of a list have one name or one number. */
static inline void dialect_proof_list(const struct sctp_layout *list)
{
    for (const struct sctp_layout *one = list; one->name != NULL; one++) {
        cr_assert_gt(one->size, 0, "%s", one->name);
        cr_assert_eq(sctp_layout_find(list, one->name), one, "%s", one->name);
        cr_assert_eq(sctp_layout_of_type(list, one->number), one, "%s", one->name);
        dialect_proof_members(one);
    }
}

static inline void dialect_proof(const struct sctp_dialect *dialect)
{
    size_t count = 0;
    for (const struct sctp_constant *one = dialect->constants; one->name != NULL; one++, count++)
        cr_assert_eq(sctp_constant_find(dialect, one->name), one, "%s", one->name);
    cr_assert_gt(count, 40);
    dialect_proof_list(dialect->options);
    dialect_proof_list(dialect->notifications);
}

/* The number of a member of an option, written by name into a structure of that stack's header and
   read there: at is where the header has it. */
static inline void dialect_proof_member(const struct sctp_dialect *dialect, const char *option,
                                        const char *member, const void *structure, const void *at)
{
    const struct sctp_layout *layout = sctp_layout_find(dialect->options, option);
    cr_assert_not_null(layout, "%s", option);
    const struct sctp_member *found = sctp_member_find(layout, member);
    cr_assert_not_null(found, "%s.%s", option, member);
    cr_assert_eq((const char *)structure + found->offset, at, "%s.%s", option, member);
}

#endif
