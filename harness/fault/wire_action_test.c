/* SPDX-License-Identifier: MIT */
#include "fault/wire_action.h"

#include <criterion/criterion.h>

Test(wire_action, every_word_is_that_of_its_action)
{
    for (int i = WIRE_PASS + 1; i < WIRE_COUNT; i++)
        cr_assert_eq(wire_action_find(wire_action_words[i - 1]), (enum wire_action)i);
    cr_assert_null(wire_action_words[WIRE_COUNT - 1]);
    cr_assert_eq(wire_action_find("drop"), WIRE_DROP);
    cr_assert_eq(wire_action_find("cut"), WIRE_CUT);
}

Test(wire_action, other_words_are_none)
{
    const char *const others[] = {"", "pass", "dro", "drops", "errno", "DROP"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_assert_eq(wire_action_find(others[i]), WIRE_PASS, "%s", others[i]);
}

/* A lossy host profile shortens the timers of those who must send again; a packet that goes late,
   twice or not at all because its connection is gone asks for none of that. */
Test(wire_action, which_lose)
{
    for (int i = 0; i < WIRE_COUNT; i++) {
        bool loses =
            i == WIRE_DROP || i == WIRE_CORRUPT || i == WIRE_TRUNCATE || i == WIRE_UNREACHABLE;
        cr_assert_eq(wire_action_loses((enum wire_action)i), loses, "%d", i);
    }
}
