/* SPDX-License-Identifier: MIT */
/*
 * The pattern: bytes that tell where in a stream they belong.
 *
 * They are a function of the stream's key and of how many pattern bytes the stream had before, so
 * that a lost, doubled or swapped piece shows: the words of a block repeat from block to block, but
 * the first word of every page is like no other of the stream.
 */
#ifndef SOCKPROOF_OBSERVE_PATTERN_H
#define SOCKPROOF_OBSERVE_PATTERN_H

#include <stddef.h>
#include <stdint.h>

#define PATTERN_PAGE ((size_t)4096)
#define PATTERN_BLOCK ((size_t)32 * PATTERN_PAGE)

/* The pattern's next byte: whose stream, and how far it is. */
struct pattern {
    uint64_t key;
    uint64_t position;
};

/* Fills out with the pattern's next size bytes and moves it on. */
void pattern_write(struct pattern *pattern, uint8_t *out, size_t size);

/* A block of the pattern of one key, from which a stream that is too long for the memory is sent
   and checked. bytes is the caller's, PATTERN_BLOCK of them, 8-aligned. One thread at a time. */
struct pattern_block {
    uint64_t key;
    uint8_t *bytes;
};

/* Fills the block; once, before it is used. */
void pattern_block_fill(const struct pattern_block *block);
/* Where the pattern's bytes from position on lie, until the next call: *size of them at most, and
 *size becomes how many. */
const uint8_t *pattern_block_at(const struct pattern_block *block, uint64_t position, size_t *size);
/* How many of the size bytes are the pattern's from position on, before one is not. */
size_t pattern_block_agrees(const struct pattern_block *block, uint64_t position,
                            const uint8_t *bytes, size_t size);

#endif
