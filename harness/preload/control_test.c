/* SPDX-License-Identifier: MIT */
#include "preload/control.h"

#include <criterion/criterion.h>

static struct control control;

Test(control, a_replay_lists_what_it_was_given_and_nothing_else)
{
    for (uint64_t i = 0; i < 1000; i++)
        control.replay[control.replay_count++] = control_key(i % 3, i * 7919, i);
    control_sort_replay(&control);
    for (uint64_t i = 0; i < 1000; i++)
        cr_assert(control_replays(&control, control_key(i % 3, i * 7919, i)), "%d", (int)i);
    cr_assert_not(control_replays(&control, control_key(1, 0, 0)), "another fault");
    cr_assert_not(control_replays(&control, control_key(0, 1, 0)), "another identity");
    cr_assert_not(control_replays(&control, control_key(0, 0, 1)), "another time");
}

Test(control, an_empty_replay_lists_nothing)
{
    control_sort_replay(&control);
    cr_assert_not(control_replays(&control, control_key(0, 0, 0)));
}

Test(control, every_reason_has_its_words)
{
    cr_assert_null(control_unseen_text(UNSEEN_NOT));
    cr_assert_null(control_unseen_text(UNSEEN_COUNT));
    for (int i = UNSEEN_NOT + 1; i < UNSEEN_COUNT; i++)
        cr_assert_not_null(control_unseen_text((enum unseen_why)i), "%d", i);
}
