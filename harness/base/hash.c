/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <endian.h>
#include <xxhash.h>

uint64_t hash_bytes(uint64_t seed, const void *bytes, size_t size)
{
    return XXH3_64bits_withSeed(bytes, size, seed);
}

uint64_t hash_numbers(uint64_t seed, const uint64_t *numbers, size_t count)
{
    uint64_t little[HASH_NUMBERS];
    size_t i = 0;
    for (; i < count && i < HASH_NUMBERS; i++)
        little[i] = htole64(numbers[i]);
    return hash_bytes(seed, little, i * sizeof *little);
}
