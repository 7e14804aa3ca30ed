/* SPDX-License-Identifier: MIT */
#include "program/keeper.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct keeper keeper;

static void become(const void *context, pid_t parent)
{
    if (getppid() == parent)
        execl("/bin/sh", "sh", "-c", (const char *)context, (char *)NULL);
}

static pid_t start(const char *script)
{
    struct news news = {.pid = 0};
    cr_assert_eq(keeper_start(&keeper, become, script, -1), 0);
    cr_assert(keeper_hear(&keeper, &news));
    cr_assert_eq(news.kind, NEWS_STARTED);
    return news.pid;
}

static struct news next(enum news_kind kind)
{
    struct news news = {.pid = 0};
    cr_assert(keeper_hear(&keeper, &news));
    cr_assert_eq(news.kind, kind);
    return news;
}

static void no_more(void)
{
    struct news news;
    cr_assert_not(keeper_hear(&keeper, &news));
    keeper_close(&keeper);
    keeper_close(&keeper);
}

TestSuite(keeper, .timeout = 20);

Test(keeper, the_programs_end_is_told)
{
    pid_t pid = start("exit 7");
    struct news news = next(NEWS_ENDED);
    cr_assert_eq(news.pid, pid);
    cr_assert_eq(WEXITSTATUS(news.status), 7);
    no_more();
}

Test(keeper, who_is_left_is_told_and_waited_for)
{
    start("sleep 0.5 & exit 0");
    next(NEWS_ENDED);
    cr_assert_str_eq(next(NEWS_LEFT).name, "sleep");
    no_more();
}

Test(keeper, what_ends_soon_is_not_told)
{
    start("sleep 0.01 & exit 0");
    next(NEWS_ENDED);
    no_more();
}

Test(keeper, who_is_left_is_told_though_something_always_happens)
{
    start("(while :; do (true &); sleep 0.05; done) & exit 0");
    next(NEWS_ENDED);
    next(NEWS_LEFT);
    keeper_close(&keeper);
}

Test(keeper, who_is_left_is_told_before_it_is_ended_soon)
{
    start("while :; do sleep 1000; done & exit 0");
    next(NEWS_ENDED);
    keeper_end(&keeper);
    cr_assert_str_eq(next(NEWS_LEFT).name, "sh");
    no_more();
}

/* From now on that system call finds no memory. */
static void refuse(unsigned number)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOMEM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog filter = {sizeof code / sizeof *code, code};
    cr_assert_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    cr_assert_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
}

Test(keeper, one_that_could_hear_of_no_end_starts_nothing)
{
    struct news news = {.pid = 0};
    refuse(SYS_signalfd4);
    cr_assert_eq(keeper_start(&keeper, become, "exit 0", -1), 0);
    cr_assert(keeper_hear(&keeper, &news));
    cr_assert_eq(news.pid, -1);
    cr_assert_eq(news.status, ENOMEM);
    no_more();
}

Test(keeper, a_signal_is_passed_on_to_who_is_left)
{
    start("sleep 1000 & exit 0");
    next(NEWS_ENDED);
    pid_t left = next(NEWS_LEFT).pid;
    keeper_signal(&keeper, SIGTERM);
    struct news news = next(NEWS_KILLED);
    cr_assert_eq(news.pid, left);
    cr_assert_eq(WTERMSIG(news.status), SIGTERM);
    no_more();
}

/* Sh gives birth without end, and the first SIGKILL meets only those who are there then. */
Test(keeper, a_kill_is_the_end_of_all)
{
    start("(while :; do (true &); sleep 0.01; done) & exit 0");
    next(NEWS_ENDED);
    next(NEWS_LEFT);
    keeper_signal(&keeper, SIGKILL);
    struct news news;
    while (keeper_hear(&keeper, &news))
        cr_assert_neq(news.kind, NEWS_KILLED, "that was us");
    no_more();
}

static void leave_one(const void *context, pid_t parent)
{
    (void)context, (void)parent;
    if (fork() > 0)
        _exit(0);
    close_range(3, ~0U, 0); /* an exec would have closed the keeper's pipes */
    alarm(8);
    pause();
}

Test(keeper, whom_it_cannot_find_it_does_not_wait_for_once_all_are_to_end)
{
    refuse(SYS_openat); /* and with it the list of children */
    cr_assert_eq(keeper_start(&keeper, leave_one, NULL, -1), 0);
    next(NEWS_STARTED);
    next(NEWS_ENDED);
    alarm(6); /* ends this test before who is left ends by himself */
    keeper_signal(&keeper, SIGKILL);
    no_more();
}

Test(keeper, its_end_is_that_of_all)
{
    pid_t pid = start("setsid sh -c 'sleep 1000; :' & wait");
    keeper_end(&keeper);
    struct news news = next(NEWS_ENDED);
    cr_assert_eq(news.pid, pid);
    cr_assert_eq(WTERMSIG(news.status), SIGKILL);
    no_more();
}

Test(keeper, blocked_and_ignored_signals_are_the_programs_own)
{
    signal(SIGCHLD, SIG_IGN);
    start("kill -TERM $$; exit 0");
    cr_assert_eq(WTERMSIG(next(NEWS_ENDED).status), SIGTERM, "it is not blocked there");
    no_more();
}

/* Its parent has ended and did not wait. */
Test(keeper, an_orphan_that_a_signal_ended_is_told_before_the_programs_end_and_behind_it)
{
    start("(sh -c 'kill -BUS $$' & exit 0); (sleep 0.05; kill -SEGV $(exec sh -c 'echo $PPID')) & "
          "exec sleep 0.02");
    cr_assert_eq(WTERMSIG(next(NEWS_KILLED).status), SIGBUS);
    next(NEWS_ENDED);
    cr_assert_eq(WTERMSIG(next(NEWS_KILLED).status), SIGSEGV);
    no_more();
}
