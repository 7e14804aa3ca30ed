/* SPDX-License-Identifier: MIT */
#include "engine/watch.h"

#include <criterion/criterion.h>
#include <unistd.h>

Test(watch, what_has_come_is_told_with_its_source_and_number)
{
    int first[2];
    int second[2];
    struct happening found[WATCH_MOST];
    int watch = watch_open();
    cr_assert(watch >= 0 && pipe(first) == 0 && pipe(second) == 0);
    cr_assert(watch_add(watch, first[0], SOURCE_LANE, 64));
    cr_assert(watch_add(watch, second[0], SOURCE_STREAM, 0));
    cr_assert_eq(watch_wait(watch, 0, found), 0);
    cr_assert_eq(write(first[1], "x", 1), 1);
    cr_assert_eq(watch_wait(watch, -1, found), 1);
    cr_assert(found[0].source == SOURCE_LANE && found[0].number == 64);
    cr_assert_eq(write(second[1], "x", 1), 1);
    cr_assert_eq(watch_wait(watch, -1, found), 2);
    watch_remove(watch, first[0]);
    cr_assert_eq(watch_wait(watch, -1, found), 1);
    cr_assert_eq(found[0].source, SOURCE_STREAM);
}

Test(watch, what_is_no_descriptor_is_not_watched)
{
    cr_assert_not(watch_add(watch_open(), -1, SOURCE_LANE, 0));
}
