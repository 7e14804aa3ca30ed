/* SPDX-License-Identifier: MIT */
#include "engine/guardian.h"

#include "base/children.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT_MS = 20000 };

static int ends[2];

/* A child that has left its parent and its group, and holds an end of the pipe. Who returns from
   here may end at once, and the daemon with it: the byte is written before. */
static void leave_a_daemon(void)
{
    if (fork() == 0) {
        setsid();
        pid_t daemon = fork();
        while (daemon == 0)
            pause();
        _exit(daemon < 0 || write(ends[1], "", 1) != 1);
    }
    wait(NULL);
}

static int end_well(const void *status)
{
    leave_a_daemon();
    return *(const int *)status;
}

static int wait_for_a_signal(const void *number)
{
    int got = 0;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, *(const int *)number);
    leave_a_daemon();
    sigwait(&set, &got);
    return got;
}

/* The first process, which works so below a guardian, once the daemon is there. */
static pid_t guarded(int (*work)(const void *), const int *argument)
{
    char byte = 0;
    cr_assert_eq(pipe(ends), 0);
    pid_t first = fork();
    if (first == 0) {
        close(ends[0]);
        setpgid(0, 0);
        guardian_hold(work, argument);
    }
    close(ends[1]);
    cr_assert_eq(read(ends[0], &byte, 1), 1);
    return first;
}

/* The first child of a process. */
static pid_t below(pid_t pid)
{
    FILE *list = children_of(pid, pid);
    pid_t child = list != NULL ? children_next(list) : 0;
    if (list != NULL)
        fclose(list);
    cr_assert_gt(child, 0);
    return child;
}

/* Nobody holds the other end of the pipe any more. Returns how the first has ended. */
static int all_end(pid_t first)
{
    struct pollfd end = {.fd = ends[0], .events = POLLIN};
    char byte = 0;
    int status = 0;
    cr_assert_eq(poll(&end, 1, LIMIT_MS), 1);
    cr_assert_eq(read(ends[0], &byte, 1), 0);
    cr_assert_eq(waitpid(first, &status, 0), first);
    return status;
}

Test(guardian, the_end_is_that_of_the_work_and_nothing_is_left)
{
    int seven = 7;
    int status = all_end(guarded(end_well, &seven));
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

Test(guardian, a_signal_that_ends_a_run_is_handed_on)
{
    int number = SIGTERM;
    pid_t first = guarded(wait_for_a_signal, &number);
    kill(first, SIGTERM);
    int status = all_end(first);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == SIGTERM);
}

/* The one that was started first, the keeper, the one that works, and the group of the first. */
static void killed(pid_t (*whom)(pid_t first))
{
    int number = SIGTERM;
    pid_t first = guarded(wait_for_a_signal, &number);
    cr_assert_eq(kill(whom(first), SIGKILL), 0);
    int status = all_end(first);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static pid_t the_first(pid_t first)
{
    return first;
}

static pid_t the_group(pid_t first)
{
    return -first;
}

static pid_t who_works(pid_t first)
{
    return below(below(first));
}

Test(guardian, whoever_is_killed_nothing_is_left)
{
    killed(the_first);
    killed(below);
    killed(who_works);
    killed(the_group);
}
