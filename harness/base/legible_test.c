/* SPDX-License-Identifier: MIT */
#include "base/legible.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char *made(const char *text)
{
    static char room[64];
    snprintf(room, sizeof room, "%s", text);
    legible_make(room);
    return room;
}

Test(legible, what_is_a_text_stays)
{
    cr_expect_str_eq(made(""), "");
    cr_expect_str_eq(made("plain ~"), "plain ~");
    cr_expect_str_eq(made("\u00fc \u20ac \U0001f600"), "\u00fc \u20ac \U0001f600");
}

Test(legible, what_is_none_is_a_sign_of_its_own)
{
    cr_expect_str_eq(made("a\xa5\xff"
                          "b\n\x7f"),
                     "a??b??");
    cr_expect_str_eq(made("\xc0\xaf "), "?? ", "a longer form than it needs");
    cr_expect_str_eq(made("\xed\xa0\x80 "), "??? ", "a surrogate");
    cr_expect_str_eq(made("\xf4\x90\x80\x80 "), "???? ", "beyond the last");
    cr_expect_str_eq(made("\xe2\x82 x"), "?? x", "cut in the middle of a text");
}

Test(legible, what_a_cut_has_left_of_a_character_goes)
{
    cr_expect_str_eq(made("a\xc3"), "a");
    cr_expect_str_eq(made("a\xe2\x82"), "a");
    cr_expect_str_eq(made("a\xf0\x9f\x98"), "a");
}

Test(legible, a_text_without_an_end_ends)
{
    static const char endless[4] = {'a', 'b', 'c', 'd'};
    char to[8], small[3];
    legible_copy(to, sizeof to, endless, sizeof endless);
    cr_expect_str_eq(to, "abcd");
    legible_copy(small, sizeof small, endless, sizeof endless);
    cr_expect_str_eq(small, "ab");
    legible_copy(to, sizeof to, endless, 2);
    cr_expect_str_eq(to, "ab", "what lies behind its room is not of the text");
    legible_copy(to, sizeof to, "x", sizeof endless);
    cr_expect_str_eq(to, "x");
}
