/* SPDX-License-Identifier: MIT */
#include "trial/leftover.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Looks at the children: one that is ended leaves its own to the caller. */
enum { ROUNDS_MAX = 100, CHILDREN_MAX = 4096 };

void leftover_begin(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* Reads a small file of /proc; "" when it is not there. */
static void slurp(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, size - 1) : 0;
    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = '\0';
}

static bool is_member(const struct cast *cast, pid_t pid)
{
    bool found = false;
    for (int i = 0; i < cast->count && !found; i++)
        found = cast->member[i].pid == pid;
    return found;
}

/* True when it has ended, or was killed with its group. */
static bool is_ending(pid_t pid, const pid_t *groups, size_t count)
{
    siginfo_t about = {0};
    pid_t group = getpgid(pid);
    bool ending =
        waitid(P_PID, (id_t)pid, &about, WEXITED | WNOHANG | WNOWAIT) == 0 && about.si_pid == pid;
    for (size_t i = 0; i < count && !ending; i++)
        ending = groups[i] == group;
    return ending;
}

static void end_one(pid_t pid)
{
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static void name_of(pid_t pid, char *name, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/comm", pid);
    slurp(path, name, size);
    name[strcspn(name, "\n")] = '\0';
}

/* One look. Returns how many were ended; *counted are those that nobody had killed. */
static int end_all(const struct cast *cast, const pid_t *groups, size_t count, int *counted,
                   char *name, size_t size)
{
    char path[64];
    char list[CHILDREN_MAX];
    char *end = NULL;
    int ended = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", gettid());
    slurp(path, list, sizeof list);
    for (long pid = strtol(list, &end, 10); pid > 0; pid = strtol(end, &end, 10)) {
        if (is_member(cast, (pid_t)pid))
            continue;
        bool ending = is_ending((pid_t)pid, groups, count);
        if (!ending && *counted == 0)
            name_of((pid_t)pid, name, size);
        *counted += !ending;
        end_one((pid_t)pid);
        ended++;
    }
    return ended;
}

int leftover_end(const struct cast *cast, const pid_t *groups, size_t count, char *name,
                 size_t size)
{
    int counted = 0;
    int rounds = 0;
    while (rounds++ < ROUNDS_MAX && end_all(cast, groups, count, &counted, name, size) > 0)
        continue;
    return counted;
}
