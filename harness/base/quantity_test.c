/* SPDX-License-Identifier: MIT */
#include "base/quantity.h"

#include <criterion/criterion.h>

static int64_t value_of(const char *text, enum unit unit)
{
    struct quantity quantity = {0, UNIT_NONE};
    cr_assert(quantity_parse(text, &quantity), "%s", text);
    cr_assert_eq(quantity.unit, unit, "%s", text);
    return quantity.value;
}

Test(quantity, integers)
{
    cr_assert_eq(value_of("0", UNIT_NONE), 0);
    cr_assert_eq(value_of("-1", UNIT_NONE), -1);
    cr_assert_eq(value_of("0x1F", UNIT_NONE), 31);
    cr_assert_eq(value_of("9223372036854775807", UNIT_NONE), INT64_MAX);
    cr_assert_eq(value_of("-9223372036854775808", UNIT_NONE), INT64_MIN);
}

Test(quantity, units)
{
    cr_assert_eq(value_of("64KiB", UNIT_BYTES), 65536);
    cr_assert_eq(value_of("8MiB", UNIT_BYTES), 8 << 20);
    cr_assert_eq(value_of("250us", UNIT_TIME), 250);
    cr_assert_eq(value_of("450ms", UNIT_TIME), 450000);
    cr_assert_eq(value_of("10s", UNIT_TIME), 10000000);
}

Test(quantity, what_is_none)
{
    static const char *const bad[] = {"",
                                      "-",
                                      "0x",
                                      "x",
                                      "1.5",
                                      "1 s",
                                      " 1",
                                      "64KB",
                                      "1GiB",
                                      "1m",
                                      "+1",
                                      "--1",
                                      "1ss",
                                      "KiB",
                                      "9223372036854775808",
                                      "9223372036854775807KiB"};
    struct quantity quantity;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not(quantity_parse(bad[i], &quantity), "%s", bad[i]);
}
