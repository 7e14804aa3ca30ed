/* SPDX-License-Identifier: MIT */
/*
 * A chain: the bytes of a stream in the order in which they were handed to a stack, and a
 * receiver's way along them.
 *
 * An urgent byte may stand in the stream, or be taken out of it (SO_OOBINLINE, and which of several
 * is the urgent one): where both fit, a receiver stands in several spots at once, until what comes
 * tells. Single-threaded.
 */
#ifndef SOCKPROOF_OBSERVE_CHAIN_H
#define SOCKPROOF_OBSERVE_CHAIN_H

#include "observe/pattern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one send handed over. */
struct segment {
    const uint8_t *bytes; /* NULL: they are those of made */
    struct pattern made;
    size_t size;
    bool urgent; /* one byte that may stand in the stream, or not */
    bool paired; /* the next one is the urgent byte of the same send */
    int next;    /* of the stream, -1: last */
};

struct spot {
    int segment; /* -1: before the first */
    size_t into;
};

enum { SPOT_MAX = 3 };

/* Where a receiver stands: in one of these spots. */
struct spots {
    struct spot at[SPOT_MAX];
    int count;
};

/* What became of a walk. */
struct walked {
    bool whole;   /* all the bytes are those of the chain; spots is where that leads */
    bool unclear; /* it may lead to more spots than there is room for */
    struct spots spots;
    size_t agreed; /* else: so many were */
    int expected;  /* the byte that stands there, or -1: the chain ends */
};

/* Walks size bytes from spots on, along the chain that begins with segment first of segments (-1:
   none). bytes NULL: whatever they are. */
struct walked chain_walk(const struct segment *segments, int first, const struct spots *from,
                         const uint8_t *bytes, size_t size);
/* The segment of the next byte behind a spot and how far into it, in *spot; false at the end. */
bool chain_next(const struct segment *segments, int first, struct spot *spot);

#endif
