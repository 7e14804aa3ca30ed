/* SPDX-License-Identifier: MIT */
#include "engine/holder.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(holder, .timeout = 60);

enum { FOREVER_S = 3600, DEAF_S = 1 };

/* The run itself, held by what comes from in; it says when it has begun. */
static _Noreturn void run(int in, int begun, int seconds, bool deaf)
{
    dup2(in, STDIN_FILENO);
    if (deaf)
        signal(SIGTERM, SIG_IGN);
    if (holder_begin(seconds) && write(begun, "x", 1) == 1)
        while (true)
            pause();
    _exit(9);
}

/* A run that is held for so many seconds; *said is what it is held by. */
static pid_t begin(int seconds, bool deaf, int *said)
{
    int ends[2];
    int begun[2];
    char byte = 0;
    cr_assert(pipe2(ends, O_CLOEXEC) == 0 && pipe2(begun, O_CLOEXEC) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        run(ends[0], begun[1], seconds, deaf);
    }
    close(ends[0]);
    close(begun[1]);
    cr_assert_eq(read(begun[0], &byte, 1), 1);
    close(begun[0]);
    *said = ends[1];
    return pid;
}

/* What ended it. */
static int ended_by(pid_t pid)
{
    int status = 0;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFSIGNALED(status));
    return WTERMSIG(status);
}

Test(holder, a_run_ends_when_who_asked_for_it_is_gone)
{
    int said = -1;
    pid_t pid = begin(FOREVER_S, false, &said);
    close(said);
    cr_assert_eq(ended_by(pid), SIGTERM);
}

Test(holder, a_run_ends_when_who_asked_for_it_falls_silent)
{
    int said = -1;
    pid_t pid = begin(DEAF_S, false, &said);
    cr_assert_eq(ended_by(pid), SIGTERM);
    close(said);
}

Test(holder, a_run_goes_on_while_it_is_held)
{
    int said = -1;
    pid_t pid = begin(2 * DEAF_S, false, &said);
    struct pollfd end = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    for (int i = 0; i < 8; i++) {
        cr_assert_eq(write(said, "\n", 1), 1);
        cr_assert_eq(poll(&end, 1, 500 * DEAF_S), 0, "it ended although it was held");
    }
    close(said);
    cr_assert_eq(ended_by(pid), SIGTERM);
    close(end.fd);
}

Test(holder, a_run_that_does_not_end_is_killed)
{
    int said = -1;
    pid_t pid = begin(FOREVER_S, true, &said);
    close(said);
    cr_assert_eq(ended_by(pid), SIGKILL);
}
