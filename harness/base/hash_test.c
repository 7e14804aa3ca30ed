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
