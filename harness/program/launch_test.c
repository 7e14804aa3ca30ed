/* SPDX-License-Identifier: MIT */
#include "program/launch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/launch_test.XXXXXX";
static char path[sizeof folder + 16];
static struct launch launch;

static void setup(void)
{
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/control", folder);
    launch =
        (struct launch){.control = launch_control(path), .path = path, .netns = -1, .silent = true};
    cr_assert_not_null(launch.control);
}

static void teardown(void)
{
    launch_close(launch.control, path);
    cr_assert_eq(rmdir(folder), 0, "nothing is left behind");
}

TestSuite(launch, .init = setup, .fini = teardown, .timeout = 20);

static struct ending run(const char *script)
{
    struct ending ending = {.status = -1};
    char *argv[] = {"sh", "-c", (char *)script, NULL};
    cr_assert_eq(launch_run(&launch, argv, &ending), 0);
    return ending;
}

Test(launch, the_control_file_is_ours_and_empty)
{
    cr_assert_eq(launch.control->magic, CONTROL_MAGIC);
    cr_assert_eq(launch.control->size, sizeof *launch.control);
    cr_assert_eq(launch.control->used, 0);
    cr_assert_null(launch_control("/no/such/folder/control"));
    cr_assert_eq(errno, ENOENT);
}

Test(launch, a_program_ends_as_it_does)
{
    cr_assert_eq(WEXITSTATUS(run("exit 3").status), 3);
    cr_assert_eq(WTERMSIG(run("kill -TERM $$").status), SIGTERM);
    cr_assert_not(run("exit 0").timed_out);
}

Test(launch, one_that_is_not_there_cannot_be_started)
{
    char *argv[] = {"no-such-program", NULL};
    struct ending ending = {.status = 0};
    cr_assert_eq(launch_run(&launch, argv, &ending), ENOENT);
}

Test(launch, one_that_does_not_end_is_ended_with_all_that_it_started)
{
    int ends[2];
    char byte;
    cr_assert_eq(pipe(ends), 0);
    launch.timeout = 0.2;
    struct ending ending = run("sleep 1000 & wait");
    close(ends[1]);
    cr_assert(ending.timed_out);
    cr_assert_eq(WTERMSIG(ending.status), SIGKILL);
    cr_assert_geq(ending.seconds, 0.2);
    cr_assert_eq(read(ends[0], &byte, 1), 0, "nobody holds the other end any more");
}

/* What the interposer finds there: its place before what was preloaded, and the control file. */
Test(launch, a_program_is_given_the_interposer_first)
{
    launch.object = "/nowhere/us.so";
    setenv("LD_PRELOAD", "", 1);
    cr_assert_eq(WEXITSTATUS(run("test \"$LD_PRELOAD\" = /nowhere/us.so: || exit 1; "
                                 "test \"$SOCKPROOF_CONTROL\" -ef control || "
                                 "test -f \"$SOCKPROOF_CONTROL\"")
                                 .status),
                 0);
}

Test(launch, without_one_its_environment_is_its_own)
{
    unsetenv("LD_PRELOAD");
    unsetenv(CONTROL_VARIABLE);
    cr_assert_eq(WEXITSTATUS(run("test -z \"$LD_PRELOAD$SOCKPROOF_CONTROL\"").status), 0);
}

Test(launch, the_first_program_is_known_by_its_number)
{
    run("exit 0");
    cr_assert_str_eq(launch.control->process[0].lineage, "0");
}

static bool awaited;

static bool await(void *context, int pidfd, double seconds)
{
    awaited = context == &awaited && pidfd >= 0 && seconds == 5;
    return true;
}

Test(launch, who_waits_instead_is_asked)
{
    launch.await = await;
    launch.context = &awaited;
    launch.timeout = 5;
    cr_assert_not(run("exit 0").timed_out);
    cr_assert(awaited);
}
