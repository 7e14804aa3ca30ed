/* SPDX-License-Identifier: MIT */
#include "base/hex.h"

#include <criterion/criterion.h>
#include <string.h>

Test(hex, pairs_of_digits_are_bytes)
{
    uint8_t out[4] = {9, 9, 9, 9};
    cr_expect_eq(hex_read("", out), 0);
    cr_expect_eq(hex_read("00 fF\n7a", out), 3);
    cr_expect_eq(memcmp(out, "\x00\xff\x7a\x09", 4), 0);
    cr_expect_eq(hex_read("0102", NULL), 2);
}
