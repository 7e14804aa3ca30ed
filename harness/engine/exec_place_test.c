/* SPDX-License-Identifier: MIT */
#include "engine/exec_place.h"

#include "engine/captured.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct lodging one, two;

Test(exec_place, nothing_is_made_that_is_not_asked_for)
{
    char *words[] = {"cat", "/scratch", "port", NULL};
    cr_assert(exec_place_open(&one, words));
    cr_assert_eq(exec_place_words(&one, words), words);
    cr_assert_eq(one.port, 0);
    cr_assert_str_eq(one.scratch, "");
    exec_place_close(&one);
}

Test(exec_place, each_has_its_own_and_leaves_nothing)
{
    char *words[] = {"x", "{scratch}/a:{port}", "{port}{port}", NULL}, wanted[128];
    cr_assert(exec_place_open(&one, words) && exec_place_open(&two, words));
    cr_assert_neq(one.port, two.port);
    cr_assert_str_neq(one.scratch, two.scratch);
    snprintf(wanted, sizeof wanted, "%s/a:%d", one.scratch, one.port);
    cr_assert_str_eq(exec_place_words(&one, words)[1], wanted);
    snprintf(wanted, sizeof wanted, "%d%d", two.port, two.port);
    cr_assert_str_eq(exec_place_words(&two, words)[2], wanted);
    cr_assert_null(exec_place_words(&two, words)[3]);
    cr_assert_str_eq(getenv("SOCKPROOF_SCRATCH"), two.scratch);
    char folder[sizeof one.scratch], inside[sizeof one.scratch + 16];
    snprintf(folder, sizeof folder, "%s", one.scratch);
    snprintf(inside, sizeof inside, "%s/deep", folder);
    cr_assert_eq(mkdir(inside, 0700), 0);
    exec_place_close(&one);
    exec_place_close(&two);
    cr_assert_eq(access(folder, F_OK), -1);
}

Test(exec_place, a_report_that_is_written_is_another_s)
{
    char folder[] = "/tmp/exec_place_test.XXXXXX", resolved[PATH_MAX], shown[PATH_MAX];
    char second[sizeof folder + 2];
    int first_lock = -1, second_lock = -1;
    cr_assert_not_null(mkdtemp(folder));
    snprintf(second, sizeof second, "%s.2", folder);
    cr_assert(exec_place_report(folder, resolved, shown, &first_lock));
    cr_assert_str_eq(shown, folder);
    captured_begin(stderr);
    cr_assert(exec_place_report(folder, resolved, shown, &second_lock));
    cr_assert_not_null(strstr(captured_end(), "this one's report is in"));
    cr_assert_str_eq(resolved, second);
    close(first_lock);
    close(second_lock);
    cr_assert(exec_place_report(folder, resolved, shown, &first_lock), "it is free again");
    cr_assert_str_eq(resolved, folder);
    rmdir(folder);
    rmdir(second);
}

Test(exec_place, a_report_that_cannot_be_made_is_told)
{
    char resolved[PATH_MAX], shown[PATH_MAX];
    int lock = -1;
    captured_begin(stderr);
    cr_assert_not(exec_place_report("/proc/none/report", resolved, shown, &lock));
    cr_assert_not_null(strstr(captured_end(), "/proc/none/report: "));
}
