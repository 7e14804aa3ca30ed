/* SPDX-License-Identifier: MIT */
#include "base/interview.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT_MS = 20000 };

struct pipe_ends {
    int from, to;
};

static void say(const void *context, void *answer)
{
    *(int *)answer = *(const int *)context + 1;
    printf("it was asked\n");
    fflush(stdout);
}

static void crash(const void *context, void *answer)
{
    (void)context;
    *(int *)answer = 7;
    fprintf(stderr, "oh\n");
    abort();
}

/* It leaves a process that holds the pipe, and waits itself where that is asked for. */
static void leave(const void *context, void *answer)
{
    const struct pipe_ends *ends = context;
    close(ends->from);
    if (fork() == 0)
        for (;;)
            pause();
    *(int *)answer = 1;
}

static void stay(const void *context, void *answer)
{
    leave(context, answer);
    for (;;)
        pause();
}

Test(interview, an_answer_comes_with_its_last_words, .timeout = 60)
{
    int before = 41, answer = 0;
    const struct interview interview = {say, &before, sizeof answer, LIMIT_MS};
    struct asked asked = interview_hold(&interview, &answer);
    cr_assert(asked.error == 0 && asked.in_time && WIFEXITED(asked.status));
    cr_assert_eq(answer, 42);
    cr_assert_str_eq(asked.said, "it was asked");
}

Test(interview, one_that_crashes_costs_no_more_than_its_process, .timeout = 60)
{
    int answer = 0;
    const struct interview interview = {crash, NULL, sizeof answer, LIMIT_MS};
    struct asked asked = interview_hold(&interview, &answer);
    cr_assert(asked.in_time && WIFSIGNALED(asked.status) && WTERMSIG(asked.status) == SIGABRT);
    cr_assert_eq(answer, 7, "what was there is told");
    cr_assert_str_eq(asked.said, "oh");
}

/* Nobody has the other end any more once all of them have ended. */
static void has_none_at_its_end(int fd)
{
    char byte;
    cr_assert_eq(read(fd, &byte, 1), 0);
}

static void all_end(void (*ask)(const void *, void *), int limit_ms, bool in_time)
{
    int ends[2], answer = 0;
    cr_assert_eq(pipe(ends), 0);
    const struct pipe_ends both = {ends[0], ends[1]};
    const struct interview interview = {ask, &both, sizeof answer, limit_ms};
    struct asked asked = interview_hold(&interview, &answer);
    cr_assert_eq(asked.in_time, in_time);
    cr_assert_eq(answer, 1);
    close(ends[1]);
    has_none_at_its_end(ends[0]);
}

Test(interview, what_it_leaves_behind_ends_with_it, .timeout = 60)
{
    all_end(leave, LIMIT_MS, true);
}

static void halt(const void *context, void *answer)
{
    (void)context;
    *(int *)answer = 1;
    raise(SIGSTOP);
}

Test(interview, one_that_stands_still_is_ended_at_once, .timeout = 60)
{
    int answer = 0;
    const struct interview interview = {halt, NULL, sizeof answer, 3600000};
    struct asked asked = interview_hold(&interview, &answer);
    cr_assert_not(asked.in_time);
    cr_assert_eq(asked.halted, SIGSTOP);
    cr_assert_eq(answer, 1);
}

Test(interview, one_that_does_not_end_is_ended, .timeout = 60)
{
    all_end(stay, 200, false);
}
