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

#endif
