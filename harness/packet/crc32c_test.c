/* SPDX-License-Identifier: MIT */
#include "packet/crc32c.h"

#include <criterion/criterion.h>
#include <string.h>

/* RFC 3720 appendix B.4 gives these sums of 32 bytes. */
Test(crc32c, known_sums)
{
    uint8_t bytes[32];
    memset(bytes, 0, sizeof bytes);
    cr_assert_eq(crc32c(bytes, sizeof bytes), 0x8a9136aaU);
    memset(bytes, 0xff, sizeof bytes);
    cr_assert_eq(crc32c(bytes, sizeof bytes), 0x62a8ab43U);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    cr_assert_eq(crc32c(bytes, sizeof bytes), 0x46dd794eU);
}

Test(crc32c, digits)
{
    cr_assert_eq(crc32c("123456789", 9), 0xe3069283U);
}

Test(crc32c, a_hole_counts_as_zero)
{
    uint8_t bytes[32] = {0};
    memset(bytes + 8, 0x5a, 4);
    cr_assert_eq(crc32c_with_hole(bytes, sizeof bytes, 8), 0x8a9136aaU);
    cr_assert_neq(crc32c_with_hole(bytes, sizeof bytes, 9), 0x8a9136aaU);
}
