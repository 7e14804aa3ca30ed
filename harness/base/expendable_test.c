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
