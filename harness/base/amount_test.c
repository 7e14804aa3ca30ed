/* SPDX-License-Identifier: MIT */
#include "base/amount.h"

#include <criterion/criterion.h>

Test(amount, what_is_a_number_is_what_it_is)
{
    cr_assert_eq(amount_plus(3, 4), 7);
    cr_assert_eq(amount_times(3, 4), 12);
    cr_assert_eq(amount_times(0, AMOUNT_MAX), 0);
    cr_assert_eq(amount_of(INT64_MAX), (uint64_t)INT64_MAX);
}

/* Each of these wraps to 0, or to a few. */
Test(amount, what_is_none_is_the_most_there_is)
{
    cr_assert_eq(amount_plus(UINT64_MAX, 1), AMOUNT_MAX);
    cr_assert_eq(amount_plus(UINT64_MAX - 9, 20), AMOUNT_MAX);
    cr_assert_eq(amount_times((uint64_t)1 << 61, 8), AMOUNT_MAX);
    cr_assert_eq(amount_times((uint64_t)1 << 32, (uint64_t)1 << 32), AMOUNT_MAX);
    cr_assert_eq(amount_times(65537, ((uint64_t)1 << 48) + 1), AMOUNT_MAX);
    cr_assert_eq(amount_of(-1), AMOUNT_MAX);
    cr_assert_eq(amount_of(INT64_MIN), AMOUNT_MAX);
}
