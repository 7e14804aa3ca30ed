/* SPDX-License-Identifier: MIT */
#include "case/remark.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;

static void begin(void)
{
    arena = arena_new();
}

static void end(void)
{
    arena_free(arena);
}

TestSuite(remark, .init = begin, .fini = end);

/* What is said of a scalar in quotes or none. */
static void shows(char *text, bool plain, const char *wanted)
{
    char out[256];
    const struct node node = {
        .kind = NODE_SCALAR, .plain = plain, .text = text, .length = strlen(text)};
    cr_expect_str_eq(remark_shown(&node, out, sizeof out), wanted);
}

Test(remark, a_width_is_in_characters_with_the_quotes)
{
    const struct node plain = {.kind = NODE_SCALAR, .plain = true, .text = "grün", .length = 5};
    const struct node quoted = {.kind = NODE_SCALAR, .text = "grün", .length = 5};
    const struct node list = {.kind = NODE_LIST, .count = 3};
    cr_expect_eq(remark_width(&plain), 4);
    cr_expect_eq(remark_width(&quoted), 6);
    cr_expect_eq(remark_width(&list), 1);
}

Test(remark, what_is_shown_is_short_and_can_be_printed)
{
    char out[256];
    const struct node list = {.kind = NODE_LIST, .count = 3};
    const struct node map = {.kind = NODE_MAP};
    shows("abc", true, "'abc'");
    shows("a\tb", false, "\"a?b\"");
    shows("1234567890123456789012345678901234567890", true,
          "'1234567890123456789012345678901234567890'");
    shows("123456789012345678901234567890123456789ü", true,
          "'123456789012345678901234567890123456789…'");
    cr_expect_str_eq(remark_shown(&list, out, sizeof out), "a list");
    cr_expect_str_eq(remark_shown(&map, out, sizeof out), "an empty mapping");
}

Test(remark, advice_is_the_nearest_word_or_all_when_they_are_few)
{
    static const char *const few[] = {"client", "server", NULL};
    static const char *const many[] = {"1", "2",  "3",  "4",  "5",  "6",  "7", "8",
                                       "9", "10", "11", "12", "13", "14", NULL};
    static const char *const none[] = {NULL};
    cr_expect_str_eq(remark_advice(arena, "clinet", few), "did you mean 'client'?");
    cr_expect_str_eq(remark_advice(arena, "qqqqqqqq", few), "one of: client, server");
    cr_expect_null(remark_advice(arena, "qqqqqqqq", many));
    cr_expect_null(remark_advice(arena, "qqqqqqqq", none));
}

Test(remark, an_unknown_key_is_a_complaint_where_it_stands)
{
    static const char *const names[] = {"recv", "send", NULL};
    struct complaints list = {.arena = arena};
    struct node member = {.kind = NODE_SCALAR, .key = "sned", .key_mark = {3, 5}};
    remark_unknown_key(NULL, &member, "this step", names);
    remark_unknown_key(&list, &member, "this step", names);
    cr_assert_eq(list.count, 1);
    cr_expect_eq(list.first->code, CODE_UNKNOWN_KEY);
    cr_expect_str_eq(list.first->message, "'sned' is not a key of this step");
    cr_expect_str_eq(list.first->advice, "did you mean 'send'?");
    cr_expect(list.first->mark.line == 3 && list.first->mark.column == 5);
}
