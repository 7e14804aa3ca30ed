/* SPDX-License-Identifier: MIT */
#include "base/demise.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that waits to be killed. */
static pid_t child(void)
{
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    return pid;
}

static void zombie(pid_t pid)
{
    siginfo_t about;
    kill(pid, SIGKILL);
    cr_assert_eq(waitid(P_PID, (id_t)pid, &about, WEXITED | WNOWAIT), 0);
}

/* From now on no descriptor can be had. */
static void exhaust(void)
{
    struct rlimit limit;
    int next = dup(STDIN_FILENO);
    cr_assert(next > 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0);
    close(next);
    limit.rlim_cur = (rlim_t)next;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_assert_eq(dup(STDIN_FILENO), -1);
}

TestSuite(demise, .timeout = 30);

Test(demise, it_has_begun_when_the_process_is_over_or_gone)
{
    pid_t pid = child();
    cr_assert_not(demise_begun(pid));
    zombie(pid);
    cr_assert(demise_begun(pid));
    waitpid(pid, NULL, 0);
    cr_assert(demise_begun(pid));
}

Test(demise, what_cannot_be_read_has_not_begun_to_end)
{
    pid_t pid = child();
    exhaust();
    bool begun = demise_begun(pid);
    kill(pid, SIGKILL);
    cr_assert_not(begun);
}

static void lives_until_killed(pid_t pid)
{
    cr_assert_not(demise_within(pid, 20), "it lives");
    kill(pid, SIGKILL);
    cr_assert(demise_within(pid, 20000));
}

static void ends_in_time(void)
{
    pid_t pid = child();
    lives_until_killed(pid);
    cr_assert_eq(waitpid(pid, NULL, WNOHANG), pid, "its status stays");
    cr_assert(demise_within(pid, 20000), "it is gone");
}

Test(demise, the_end_of_a_child_is_seen_in_time)
{
    ends_in_time();
}

Test(demise, the_end_of_a_child_is_seen_without_a_descriptor)
{
    exhaust();
    ends_in_time();
}

/* The child of a child, who tells its number and waits for its end. */
static void grandchild(bool exhausted)
{
    int ends[2];
    pid_t pid = 0;
    cr_assert_eq(pipe(ends), 0);
    pid_t parent = fork();
    if (parent == 0) {
        pid = child();
        if (write(ends[1], &pid, sizeof pid) == sizeof pid)
            waitpid(pid, NULL, 0);
        _exit(0);
    }
    cr_assert_eq(read(ends[0], &pid, sizeof pid), sizeof pid);
    if (exhausted)
        exhaust();
    lives_until_killed(pid);
    waitpid(parent, NULL, 0);
}

Test(demise, the_end_of_somebody_elses_child_is_seen)
{
    grandchild(false);
}

Test(demise, the_end_of_somebody_elses_child_is_seen_without_a_descriptor)
{
    grandchild(true);
}

Test(demise, a_child_that_is_stopped_stands_still_until_it_is_continued)
{
    siginfo_t about;
    pid_t pid = child();
    cr_assert_eq(demise_halted(pid), 0);
    kill(pid, SIGSTOP);
    cr_assert_eq(waitid(P_PID, (id_t)pid, &about, WSTOPPED | WNOWAIT), 0);
    cr_assert_eq(demise_halted(pid), SIGSTOP);
    cr_assert_eq(demise_halted(pid), SIGSTOP, "it is told again");
    kill(pid, SIGCONT);
    cr_assert_eq(waitid(P_PID, (id_t)pid, &about, WCONTINUED), 0);
    cr_assert_eq(demise_halted(pid), 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    cr_assert_eq(demise_halted(pid), 0, "it is no child any more");
}
