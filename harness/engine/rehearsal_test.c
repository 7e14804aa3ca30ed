/* SPDX-License-Identifier: MIT */
#include "engine/rehearsal.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What is done with a file is what its name says; how often anything is done is counted. */
static void do_as_named(void *context, const char *path)
{
    (*(int *)context)++;
    static int counted; /* by one process alone */
    counted++;
    signal(SIGSEGV, SIG_DFL); /* which a sanitizer takes for itself */
    if (strcmp(path, "crash") == 0)
        raise(SIGSEGV);
    if (strcmp(path, "die") == 0 || (strcmp(path, "die once") == 0 && *(int *)context < 2))
        raise(SIGKILL);
    if (strcmp(path, "die second") == 0 && counted > 1)
        raise(SIGKILL);
    if (strcmp(path, "leave") == 0)
        _exit(3);
    while (strcmp(path, "spin") == 0)
        continue;
}

static int *done;

static void begin(void)
{
    done = mmap(NULL, sizeof *done, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

TestSuite(rehearsal, .init = begin, .timeout = 30);

Test(rehearsal, each_file_is_tried_once_and_who_ends_the_process_is_known)
{
    char *paths[] = {"good", "crash", "crash", "good", "spin", "leave"};
    int ended[6] = {7, 7, 7, 7, 7, 7};
    rehearse(do_as_named, done, 6, paths, 0, ended);
    const int expected[6] = {0, SIGSEGV, SIGSEGV, 0, SIGXCPU, -3};
    cr_assert_arr_eq(ended, expected, sizeof ended);
    cr_assert_eq(*done, 6);
}

Test(rehearsal, nothing_is_done_in_the_process_itself)
{
    static int here;
    char *paths[] = {"good"};
    int ended[1];
    rehearse(do_as_named, &here, 1, paths, 1, ended);
    cr_assert(here == 0 && ended[0] == 0);
    rehearse(do_as_named, &here, 0, paths, 1, ended);
}

Test(rehearsal, who_is_killed_goes_on_and_is_given_up_in_the_end)
{
    char *paths[] = {"die once", "good", "die", "good"};
    int ended[4] = {7, 7, 7, 7};
    rehearse(do_as_named, done, 4, paths, 1, ended);
    const int expected[4] = {0, 0, SIGKILL, 0};
    cr_assert_arr_eq(ended, expected, sizeof ended);
}

Test(rehearsal, kills_at_one_file_are_not_counted_for_another)
{
    enum { FILES = 30 };
    char *paths[FILES];
    int ended[FILES];
    const int expected[FILES] = {0};
    for (int i = 0; i < FILES; i++)
        paths[i] = "die second";
    rehearse(do_as_named, done, FILES, paths, 1, ended);
    cr_assert_arr_eq(ended, expected, sizeof ended);
}
