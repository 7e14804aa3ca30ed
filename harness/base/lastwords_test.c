/* SPDX-License-Identifier: MIT */
#include "base/lastwords.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

static const char *after(const char *said, char text[32])
{
    int ends[2];
    cr_assert(lastwords_pipe(ends));
    cr_assert_eq(write(ends[1], said, strlen(said)), (ssize_t)strlen(said));
    lastwords_take(ends[0], text, 32);
    close(ends[0]);
    close(ends[1]);
    return text;
}

Test(lastwords, the_last_line_that_holds_something_is_kept)
{
    char text[32];
    cr_expect_str_eq(after("one\ntwo\n", text), "two");
    cr_expect_str_eq(after("one\ntwo\n\n \n", text), "two");
    cr_expect_str_eq(after("only", text), "only");
    cr_expect_str_eq(after("", text), "");
    cr_expect_str_eq(after("\n", text), "");
    cr_expect_str_eq(after("a\x1b[2Jb\n", text), "a?[2Jb");
    cr_expect_str_eq(after("0123456789012345678901234567890123456789", text),
                     "0123456789012345678901234567890");
}

/* Who prints without end never waits, and the end of what fits is kept. */
Test(lastwords, nobody_waits_for_room)
{
    int ends[2];
    char text[32];
    cr_assert(lastwords_pipe(ends));
    ssize_t wrote = 0;
    size_t all = 0;
    for (int i = 0; wrote >= 0 && i<100000; i++, all += wrote> 0 ? (size_t)wrote : 0)
        wrote = write(ends[1], "many words\n", 11);
    cr_assert_lt(wrote, 0);
    cr_assert_gt(all, 4096);
    lastwords_take(ends[0], text, sizeof text);
    cr_expect_str_eq(text, "many words");
}
