/* SPDX-License-Identifier: MIT */
#include "fault/attempt.h"

#include "fault/fits.h"

#include <criterion/criterion.h>

static void check(enum point point, const struct attempt *attempt)
{
    const char *name = point_info(point)->name;
    uint64_t points = UINT64_C(1) << point;
    char text[ATTEMPT_TEXT];
    cr_assert(fits_ever(points, attempt->action), "%s at %s", attempt_text(attempt, text), name);
    if (attempt->action == FAULT_ERRNO)
        cr_assert(fits_error(points, attempt->behind, false), "%s at %s", attempt->behind, name);
}

/* What is tried can happen. */
Test(attempt, each_fits_its_point)
{
    for (int i = 0; i < POINT_COUNT; i++) {
        int count = 0;
        for (const struct attempt *one = attempt_at((enum point)i); one->action != FAULT_NONE;
             one++, count++)
            check((enum point)i, one);
        cr_assert_lt(count, ATTEMPT_MAX);
    }
}

Test(attempt, its_text_is_that_of_the_command_line)
{
    char text[ATTEMPT_TEXT];
    const struct attempt *receiving = attempt_at(POINT_recv);
    cr_assert_str_eq(attempt_text(&receiving[0], text), "errno EINTR");
    cr_assert_str_eq(attempt_text(&receiving[2], text), "cap 1");
    cr_assert_str_eq(attempt_text(&receiving[3], text), "reset");
    cr_assert_eq(attempt_at(POINT_getsockname)->action, FAULT_NONE);
}
