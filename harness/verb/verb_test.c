/* SPDX-License-Identifier: MIT */
#include "verb/verb.h"

#include <criterion/criterion.h>
#include <string.h>

Test(verb, the_table_is_in_the_order_of_the_numbers)
{
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb *verb = verb_get((enum verb_id)i);
        cr_assert_eq((int)verb->id, i);
        cr_assert_eq(verb_find(verb->name), verb);
        cr_assert_leq(verb->param_count, PARAM_MAX);
    }
    cr_assert_null(verb_find("sleep"));
}

Test(verb, parameters)
{
    const struct verb *verb = verb_find("setsockopt");
    cr_assert_eq(verb->param_count, 2);
    cr_assert_str_eq(verb->params[1].name, "value");
    cr_assert_eq(verb->params[1].type, TYPE_OPTION_VALUE);
    cr_assert(verb->params[1].required);
    cr_assert_not(verb_find("recv")->params[1].required);
    cr_assert_eq(verb_find("sees")->side, SIDE_WIRE);
}

Test(verb, names_of_expectations_and_modifiers)
{
    cr_assert_str_eq(expectation_names[EXPECT_msg_flags], "msg_flags");
    cr_assert_null(expectation_names[EXPECT_COUNT]);
    cr_assert_str_eq(modifier_names[MODIFIER_within], "within");
    cr_assert_null(modifier_names[MODIFIER_COUNT]);
}
