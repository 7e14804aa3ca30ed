/* SPDX-License-Identifier: MIT */
/*
 * What the tests of coders hold frames against: the bytes that any machine sends, little-endian
 * numbers of eight bytes, and places of names that no machine has a say in. For the tests of this
 * room only, which include it once each.
 */
#ifndef SOCKPROOF_ACTOR_FRAME_PROOF_H
#define SOCKPROOF_ACTOR_FRAME_PROOF_H

#include "actor/coder.h"

#include <criterion/criterion.h>
#include <string.h>

static struct frame_out proof_frame;
static struct opened proof_opened;
static const struct coder packing = {.frame = &proof_frame}, unpacking = {.opened = &proof_opened};

/* A number and a text of bytes, as they lie in a frame. */
#define LITTLE(number)                                                                             \
    (uint8_t)(number), (uint8_t)((uint64_t)(number) >> 8), (uint8_t)((uint64_t)(number) >> 16),    \
        (uint8_t)((uint64_t)(number) >> 24), (uint8_t)((uint64_t)(number) >> 32),                  \
        (uint8_t)((uint64_t)(number) >> 40), (uint8_t)((uint64_t)(number) >> 48),                  \
        (uint8_t)((uint64_t)(number) >> 56)

/* From 1, as the table of constant.def has them: of the others a name's number is the machine's. */
static inline uint64_t place(enum constant_group group, const char *name)
{
    const char *const *names = constant_names(group);
    uint64_t at = 0;
    while (names[at] != NULL && strcmp(names[at], name) != 0)
        at++;
    cr_assert_not_null(names[at], "%s", name);
    return at + 1;
}

/* The bit of a set that stands for a name. */
static inline uint64_t bit(enum constant_group group, const char *name)
{
    return UINT64_C(1) << (place(group, name) - 1);
}

static inline void proof_pack(void)
{
    frame_begin(&proof_frame, FRAME_CALL);
}

/* What was packed is the same bytes. */
static inline void proof_packed(const uint8_t *bytes, size_t size)
{
    cr_assert_eq(proof_frame.size - FRAME_HEAD, size, "%zu bytes, not %zu",
                 proof_frame.size - FRAME_HEAD, size);
    cr_assert_arr_eq(proof_frame.bytes + FRAME_HEAD, bytes, size);
}

/* These bytes are unpacked next. */
static inline void proof_unpack(const uint8_t *bytes, size_t size)
{
    proof_opened = frame_open(bytes, size);
}

/* What was packed is unpacked next, but for its last bytes. */
static inline void proof_unpack_packed(size_t without)
{
    proof_unpack(proof_frame.bytes + FRAME_HEAD, proof_frame.size - FRAME_HEAD - without);
}

/* It was understood, to its end. */
static inline void proof_understood(void)
{
    cr_assert(proof_opened.good);
    cr_assert_eq(proof_opened.left, 0);
}

#endif
