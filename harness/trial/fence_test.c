/* SPDX-License-Identifier: MIT */
#include "trial/fence.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a fenced child: what body returns. */
static int status_of(int (*body)(void))
{
    int status = 0;
    if (geteuid() != 0)
        cr_skip_test("who is no root has nothing to give up");
    pid_t child = fork();
    if (child == 0)
        _exit(fence_begin() == 0 ? body() : 99);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status), "%#x", status);
    return WEXITSTATUS(status);
}

/* 0, or the errno of opening a file of the process in /proc. */
static int opens(pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    int error = fd >= 0 ? 0 : errno;
    if (fd >= 0)
        close(fd);
    return error;
}

static int reaches_parent(void)
{
    pid_t parent = getppid();
    bool traces = ptrace(PTRACE_SEIZE, parent, NULL, NULL) == 0;
    return traces || opens(parent, "mem") == 0 || opens(parent, "fd/1") == 0 ? 1 : 0;
}

Test(fence, who_is_outside_cannot_be_reached)
{
    cr_expect_eq(status_of(reaches_parent), 0);
}

static int reaches_child(void)
{
    pid_t child = fork();
    while (child == 0)
        pause();
    bool good = opens(child, "mem") == 0 && ptrace(PTRACE_SEIZE, child, NULL, NULL) == 0;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return good ? 0 : 1;
}

Test(fence, who_came_from_within_can)
{
    cr_expect_eq(status_of(reaches_child), 0);
}

/* Root that executes something is given what its bounds let it have. */
static int execs(void)
{
    execl("/bin/sh", "sh", "-c", "! readlink /proc/$PPID/fd/0", (char *)NULL);
    return 98;
}

Test(fence, what_it_executes_has_the_same_bounds)
{
    cr_expect_eq(status_of(execs), 0);
}
