/* SPDX-License-Identifier: MIT */
/*
 * A hash of bytes, for decisions and names; no secret.
 */
#ifndef SOCKPROOF_BASE_HASH_H
#define SOCKPROOF_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* A hash of size bytes, chained by seed (XXH3). Any thread, any signal handler. */
uint64_t hash_bytes(uint64_t seed, const void *bytes, size_t size);
/* The same of the numbers' bytes, of HASH_NUMBERS at most; whatever the machine's byte order, of
   the same numbers it is the same. */
enum { HASH_NUMBERS = 4 };
uint64_t hash_numbers(uint64_t seed, const uint64_t *numbers, size_t count);

#endif
