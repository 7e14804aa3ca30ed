/* SPDX-License-Identifier: MIT */
#include "base/expendable.h"

#include <criterion/criterion.h>
#include <stdio.h>

static long offered(void)
{
    long now = -2000;
    FILE *in = fopen("/proc/self/oom_score_adj", "r");
    cr_assert_not_null(in);
    cr_assert_eq(fscanf(in, "%ld", &now), 1);
    fclose(in);
    return now;
}

Test(expendable, who_offers_more_is_ended_first_and_nobody_takes_it_back)
{
    expendable_offer(EXPENDABLE_ACTOR);
    cr_assert_eq(offered(), 600);
    expendable_offer(EXPENDABLE_WORKER);
    cr_assert_eq(offered(), 600);
    expendable_offer(EXPENDABLE_PROGRAM);
    cr_assert_eq(offered(), 900);
}

/* Where a run begins is told by its first process, and that one's scores cannot be lowered again.
 */
Test(expendable, there_is_an_order_for_who_begins_expendable_already)
{
    FILE *out = fopen("/proc/self/oom_score_adj", "w");
    cr_assert_not_null(out);
    fputs("900", out);
    fclose(out);
    cr_assert_eq(offered(), 900);
    expendable_offer(EXPENDABLE_WORKER);
    cr_expect_eq(offered(), 930);
    expendable_offer(EXPENDABLE_ACTOR);
    cr_expect_eq(offered(), 960);
    expendable_offer(EXPENDABLE_PROGRAM);
    cr_expect_eq(offered(), 990);
}
