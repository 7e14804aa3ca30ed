/* SPDX-License-Identifier: MIT */
#include "case/scalar.h"

#include <criterion/criterion.h>

Test(scalar, names_and_actors)
{
    cr_assert(scalar_is_name("a-b_2"));
    cr_assert_not(scalar_is_name("2a"));
    cr_assert_not(scalar_is_name(""));
    cr_assert(scalar_is_actor("server"));
    cr_assert(scalar_is_actor("client999"));
    cr_assert_not(scalar_is_actor("client1000"));
    cr_assert_not(scalar_is_actor("client0"));
    cr_assert_not(scalar_is_actor("wire"));
    cr_assert_not(scalar_is_actor("client2x"));
}

Test(scalar, hex_comes_in_pairs)
{
    cr_assert(scalar_is_hex("00 ff7F"));
    cr_assert_not(scalar_is_hex("0 ff"));
    cr_assert_not(scalar_is_hex("0g"));
}

Test(scalar, ratios)
{
    cr_assert(scalar_is_ratio("1"));
    cr_assert(scalar_is_ratio("0.25"));
    cr_assert_not(scalar_is_ratio("0"));
    cr_assert_not(scalar_is_ratio("1.5"));
    cr_assert_not(scalar_is_ratio("1e-3"));
}

Test(scalar, quantities)
{
    cr_assert(scalar_is_quantity("16KiB", SCALAR_SIZE, 0, INT64_MAX));
    cr_assert_not(scalar_is_quantity("16KiB", SCALAR_BARE, 0, INT64_MAX));
    cr_assert_not(scalar_is_quantity("16KiB", SCALAR_SIZE, 0, 1024));
    cr_assert_not(scalar_is_quantity("-1", SCALAR_SIZE, 0, 1024));
    cr_assert(scalar_is_quantity("10ms", SCALAR_TIME, 0, INT64_MAX));
    cr_assert(scalar_is_quantity("0", SCALAR_TIME, 0, INT64_MAX));
    cr_assert_not(scalar_is_quantity("10", SCALAR_TIME, 0, INT64_MAX));
}
