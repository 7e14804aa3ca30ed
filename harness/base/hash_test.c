/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <criterion/criterion.h>

/* Recorded runs and logs of fired faults replay in later builds: the numbers stay what they are. */
Test(hash, it_is_the_same_in_every_build)
{
    cr_assert_eq(hash_bytes(0, "", 0), UINT64_C(0x2d06800538d394c2));
    cr_assert_eq(hash_bytes(0, "sockproof", 9), hash_bytes(0, "sockproof", 9));
}

Test(hash, every_byte_and_the_seed_count)
{
    cr_assert_neq(hash_bytes(0, "sockproof", 9), hash_bytes(0, "sockprooF", 9));
    cr_assert_neq(hash_bytes(0, "sockproof", 9), hash_bytes(0, "sockproof", 8));
    cr_assert_neq(hash_bytes(0, "sockproof", 9), hash_bytes(1, "sockproof", 9));
}

/* The bytes of little-endian numbers, on every machine. */
Test(hash, numbers_are_the_same_on_every_machine)
{
    static const uint64_t numbers[] = {1, UINT64_C(0x0807060504030201)};
    cr_assert_eq(hash_numbers(7, numbers, 2),
                 hash_bytes(7, "\1\0\0\0\0\0\0\0\1\2\3\4\5\6\7\10", 16));
}
