/* SPDX-License-Identifier: MIT */
#include "program/launch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct launch launch;

static void setup(void)
{
    launch = (struct launch){.netns = -1, .silent = true, .quiet = true};
    launch.control = launch_control(NULL, &launch.memory);
    cr_assert_not_null(launch.control);
}

static void teardown(void)
{
    launch_close(launch.control, launch.memory);
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
    cr_assert_null(launch_control("/no/such/folder/control", NULL));
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
    unsetenv("LD_PRELOAD");
    cr_assert_eq(WEXITSTATUS(run("test \"$LD_PRELOAD\" = /nowhere/us.so || exit 1; "
                                 "test \"/proc/$$/fd/${SOCKPROOF_CONTROL%%:*}\" -ef "
                                 "\"${SOCKPROOF_CONTROL##*:}\"")
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

Test(launch, what_outlives_it_is_followed_to_its_end)
{
    struct ending ending = run("(setsid sh -c 'sleep 0.5; exit 3') & exit 4");
    cr_assert_eq(WEXITSTATUS(ending.status), 4);
    cr_assert_lt(ending.seconds, 0.5, "the program's own time");
    cr_assert_eq(ending.left_count, 1);
    cr_assert_not(ending.left_ended);
    ending = run("exit 0");
    cr_assert_eq(ending.left_count, 0);
}

Test(launch, what_outlives_it_is_ended_when_its_time_is_over_or_at_once)
{
    launch.timeout = 0.6;
    struct ending ending = run("setsid sleep 1000 & setsid sh -c 'setsid sleep 1000; :' & exit 0");
    cr_assert(ending.left_ended);
    cr_assert_eq(ending.left_count, 2);
    cr_assert_not(ending.timed_out);
    launch.timeout = 0;
    launch.ends_left = true;
    ending = run("while :; do sleep 1000; done & exit 0");
    cr_assert(ending.left_ended);
    cr_assert_str_eq(ending.left[0].name, "sh");
    cr_assert_eq(kill(ending.left[0].pid, 0), -1, "it is gone");
}

Test(launch, a_signal_that_ended_what_was_left_is_told)
{
    struct ending ending = run("setsid sh -c 'sleep 0.4; kill -SEGV $$' & exit 0");
    cr_assert_eq(ending.left_count, 1);
    cr_assert_eq(WTERMSIG(ending.left[0].status), SIGSEGV);
}

/* Kills whoever launches a program that has a daemon, and looks whether both end. */
Test(launch, when_we_are_killed_all_of_them_are)
{
    int ends[2];
    char byte;
    cr_assert_eq(pipe(ends), 0);
    pid_t engine = fork();
    if (engine == 0) {
        dup2(ends[1], 9);
        close(ends[1]);
        run("setsid sh -c 'echo; exec sleep 1000' >&9 & exec sleep 1000");
        _exit(0);
    }
    close(ends[1]);
    cr_assert_eq(read(ends[0], &byte, 1), 1, "the daemon is there");
    kill(engine, SIGKILL);
    waitpid(engine, NULL, 0);
    cr_assert_eq(read(ends[0], &byte, 1), 0, "nobody holds the other end any more");
}

/* What is left here gives birth, and has a death, every few moments. */
static const char *const restless = "(while :; do (true &); sleep 0.02; done) & exit 0";

Test(launch, what_never_rests_is_ended_when_its_time_is_over_or_at_once)
{
    launch.timeout = 0.6;
    struct ending ending = run(restless);
    cr_assert(ending.left_ended);
    cr_assert_geq(ending.left_count, 1);
    launch.timeout = 0;
    launch.ends_left = true;
    cr_assert(run(restless).left_ended);
}

Test(launch, what_is_left_is_told_though_the_time_was_shorter_than_that_takes)
{
    launch.timeout = 0.1;
    struct ending ending = run("setsid sleep 1000 & exit 0");
    cr_assert_not(ending.timed_out);
    cr_assert(ending.left_ended);
    cr_assert_eq(ending.left_count, 1);
}

/* From a terminal Ctrl-C is the program's, and ours once that has ended. One comes with each byte,
   every few moments, and two are enough. */
Test(launch, an_interruption_ends_what_never_rests)
{
    int ends[2], status = 0, bytes = 0;
    char byte;
    cr_assert_eq(pipe(ends), 0);
    pid_t engine = fork();
    if (engine == 0) {
        dup2(ends[1], 9);
        signal(SIGINT, SIG_IGN);
        launch.silent = false;
        run("(while :; do (true &); sleep 0.02; printf x >&9; done) & exit 0");
        _exit(0);
    }
    close(ends[1]);
    while (read(ends[0], &byte, 1) == 1 && bytes++ < 200)
        kill(engine, SIGINT);
    if (bytes >= 200)
        kill(engine, SIGKILL); /* nobody heeds the others */
    waitpid(engine, &status, 0);
    cr_assert_eq(status, 0);
}

static bool awaited;

static bool await(void *context, int fd, double seconds)
{
    awaited = context == &awaited && fd >= 0 && seconds > 4 && seconds <= 5;
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

static int waits;

static bool count_and_wait(void *context, int fd, double seconds)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    (void)context;
    waits++;
    return poll(&one, 1, seconds > 0 ? (int)(seconds * 1000) : -1) > 0;
}

/* For the program, for the word of who is left, and for the end of that. */
Test(launch, nothing_is_waited_for_by_us_alone)
{
    launch.await = count_and_wait;
    launch.timeout = 10;
    cr_assert_eq(run("sleep 0.6 & exit 0").left_count, 1);
    cr_assert_eq(waits, 3);
}
