/* SPDX-License-Identifier: MIT */
#include "fault/call_action.h"

#include <criterion/criterion.h>

Test(call_action, every_word_is_that_of_its_action)
{
    for (int i = FAULT_NONE + 1; i < FAULT_COUNT; i++) {
        const char *word = call_action_word((enum call_action)i);
        cr_assert_eq(call_action_find(word), (enum call_action)i, "%s", word);
    }
    cr_assert_eq(call_action_find("errno"), FAULT_ERRNO);
    cr_assert_eq(call_action_find("eof"), FAULT_EOF);
}

Test(call_action, other_words_are_none)
{
    const char *const others[] = {"", "none", "erno", "errnos", "duplicate", "ERRNO"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_assert_eq(call_action_find(others[i]), FAULT_NONE, "%s", others[i]);
}

Test(call_action, what_stands_behind_a_word)
{
    cr_assert_eq(call_action_argument(FAULT_ERRNO), ARGUMENT_ERRNO);
    cr_assert_eq(call_action_argument(FAULT_CAP), ARGUMENT_SIZE);
    cr_assert_eq(call_action_argument(FAULT_DELAY), ARGUMENT_TIME);
    cr_assert_eq(call_action_argument(FAULT_RESET), ARGUMENT_NONE);
}
