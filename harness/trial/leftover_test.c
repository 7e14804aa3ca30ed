/* SPDX-License-Identifier: MIT */
#include "trial/leftover.h"

#include "actor/cast.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct cast cast;
static char name[64];

/* A child that waits for a signal, in a process group of its own; one of it as well when it is a
   daemon's parent, which ends. */
static pid_t child(bool leaves)
{
    int ends[2];
    pid_t pid = 0;
    cr_assert_eq(pipe(ends), 0);
    if (fork() == 0) {
        setpgid(0, 0);
        prctl(PR_SET_NAME, "first");
        if (leaves && fork() != 0)
            _exit(0);
        if (leaves)
            prctl(PR_SET_NAME, "daemon");
        pid = getpid();
        if (write(ends[1], &pid, sizeof pid) == sizeof pid)
            pause();
        _exit(1);
    }
    cr_assert_eq(read(ends[0], &pid, sizeof pid), sizeof pid);
    close(ends[0]);
    close(ends[1]);
    return pid;
}

static int ended(const pid_t *groups, size_t count)
{
    const struct leftover leftover = {
        .stays = cast_has, .context = &cast, .groups = groups, .count = count};
    return leftover_end(&leftover, name, sizeof name);
}

static void begin(void)
{
    leftover_begin();
    memset(&cast, 0, sizeof cast);
}

TestSuite(leftover, .init = begin, .timeout = 30);

Test(leftover, a_daemon_is_found_named_and_ended)
{
    cr_assert_eq(ended(NULL, 0), 0);
    pid_t pid = child(true);
    while (waitpid(-1, NULL, WNOHANG) == 0)
        continue;
    cr_assert_eq(ended(NULL, 0), 1);
    cr_assert_str_eq(name, "daemon");
    cr_assert_eq(kill(pid, 0), -1);
    cr_assert_eq(ended(NULL, 0), 0);
}

Test(leftover, who_is_of_a_killed_group_is_not_counted)
{
    pid_t pid = child(false);
    kill(-pid, SIGKILL);
    cr_assert_eq(ended(&pid, 1), 0);
    cr_assert_eq(waitpid(pid, NULL, WNOHANG), -1, "it is waited for");
}

Test(leftover, members_of_the_cast_stay)
{
    pid_t pid = child(false);
    cast.count = 1;
    cast.member[0].pid = pid;
    cr_assert_eq(ended(NULL, 0), 0);
    cr_assert_eq(waitpid(pid, NULL, WNOHANG), 0, "it lives");
    kill(pid, SIGKILL);
}

struct deaths {
    int count;
    pid_t pid;
    int signal;
};

static void note_death(const void *context, pid_t pid, int signal)
{
    struct deaths *deaths = *(struct deaths *const *)context;
    *deaths = (struct deaths){deaths->count + 1, pid, signal};
}

static struct deaths dead(void)
{
    struct deaths deaths = {0, 0, 0};
    struct deaths *told = &deaths;
    leftover_dead(cast_has, &cast, note_death, &told);
    return deaths;
}

/* It has died, and nobody has waited for it. */
static pid_t died(int signal)
{
    siginfo_t about;
    pid_t pid = fork();
    if (pid == 0 && signal == 0)
        _exit(3);
    if (pid == 0)
        for (;;)
            pause();
    if (signal != 0)
        kill(pid, signal);
    cr_assert_eq(waitid(P_PID, (id_t)pid, &about, WEXITED | WNOWAIT), 0);
    return pid;
}

Test(leftover, who_died_of_a_signal_is_told_and_nobody_else)
{
    pid_t alive = child(false);
    died(0);
    cr_assert_eq(dead().count, 0, "one lives, one has ended by itself");
    pid_t pid = died(SIGTERM);
    struct deaths deaths = dead();
    cr_assert(deaths.count == 1 && deaths.pid == pid && deaths.signal == SIGTERM);
    cast.count = 1;
    cast.member[0].pid = pid;
    cr_assert_eq(dead().count, 0, "a member of the cast is somebody else's to tell of");
    kill(alive, SIGKILL);
}
