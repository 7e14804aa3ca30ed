/* SPDX-License-Identifier: MIT */
#include "case/matcher.h"

#include <criterion/criterion.h>

static int count(unsigned kinds)
{
    int found = 0;
    for (const struct matcher *one = matcher_next(NULL, kinds); one != NULL;
         one = matcher_next(one, kinds))
        found++;
    return found;
}

Test(matcher, goes_with_values_of_its_kind)
{
    cr_assert(matcher_is("any_of", MATCH_ANY));
    cr_assert(matcher_is("at_least", MATCH_ORDER));
    cr_assert_not(matcher_is("at_least", MATCH_BYTES));
    cr_assert(matcher_is("starts", MATCH_BYTES | MATCH_SET));
    cr_assert_not(matcher_is("starts", MATCH_ANY));
    cr_assert_not(matcher_is("larger", MATCH_ORDER));
}

Test(matcher, kinds_add_up)
{
    int any = count(MATCH_ANY);
    cr_assert_gt(any, 0);
    cr_assert_eq(count(MATCH_ORDER | MATCH_SET) - any,
                 count(MATCH_ORDER) - any + count(MATCH_SET) - any);
}
