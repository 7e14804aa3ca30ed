/* SPDX-License-Identifier: MIT */
#include "actor/counts.h"

#include <criterion/criterion.h>
#include <signal.h>

static struct opened told(const struct shared *shared)
{
    static struct frame_out frame;
    frame_begin(&frame, FRAME_ENDED);
    counts_put(&frame, shared, 1);
    return frame_open(frame.bytes + FRAME_HEAD, frame.size - FRAME_HEAD);
}

Test(counts, what_came_to_them_is_added_once)
{
    struct shared *here = shared_new(), *there = shared_new();
    struct counts before = {0};
    there->signals[1][SIGPIPE] = 2;
    there->plan.fault[3].chances = 5;
    there->plan.fault[3].fired = 1;
    here->plan.fault[3].chances = 100; /* of another actor */
    for (int i = 0; i < 2; i++) {
        struct opened opened = told(there);
        counts_take(&opened, &before, here, 1);
        cr_assert(opened.good && opened.left == 0);
    }
    cr_assert_eq(here->signals[1][SIGPIPE], 2);
    cr_assert_eq(here->plan.fault[3].chances, 105);
    cr_assert_eq(here->plan.fault[3].fired, 1);
}

Test(counts, a_plan_begins_again)
{
    struct shared *here = shared_new(), *there = shared_new();
    struct counts before = {0};
    there->plan.fault[0].chances = 5;
    struct opened opened = told(there);
    counts_take(&opened, &before, here, 1);
    here->plan.fault[0].chances = 0;
    there->plan.fault[0].chances = 1;
    counts_armed(&before);
    opened = told(there);
    counts_take(&opened, &before, here, 1);
    cr_assert_eq(here->plan.fault[0].chances, 1);
}
