/* SPDX-License-Identifier: MIT */
/*
 * A piece of the shared memory of a worker and its actors, and an argument of a call.
 */
#ifndef SOCKPROOF_ACTOR_PIECE_H
#define SOCKPROOF_ACTOR_PIECE_H

#include <stdint.h>

/* Offset 0 is no piece. */
struct piece {
    uint64_t offset;
    uint64_t size;
};

/* What a verb is given: a number, bytes, or a number of things that lie in the piece. */
struct argument {
    int64_t number;
    struct piece piece;
};

#endif
