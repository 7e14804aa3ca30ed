/* SPDX-License-Identifier: MIT */
#include "trial/leftover.h"

#include "base/children.h"
#include "base/demise.h"

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
enum { ROUNDS_MAX = 100, DIES_MS = 10000 };

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

/* Whether it has ended, or was killed with its group. */
static bool is_ending(pid_t pid, const siginfo_t *about, const pid_t *groups, size_t count)
{
    pid_t group = getpgid(pid);
    bool ending = about->si_pid == pid;
    for (size_t i = 0; i < count && !ending; i++)
        ending = groups[i] == group;
    return ending;
}

/* False when it does not even die: it is left to the system. */
static bool end_one(pid_t pid)
{
    kill(pid, SIGKILL);
    return demise_within(pid, DIES_MS) && waitpid(pid, NULL, WNOHANG) == pid;
}

static void name_of(pid_t pid, char *name, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/comm", pid);
    slurp(path, name, size);
    name[strcspn(name, "\n")] = '\0';
}

/* One look. Returns how many were ended; *counted are those that nobody had killed. */
static int end_all(const struct leftover *leftover, int *counted, char *name, size_t size)
{
    pid_t pid = 0;
    int ended = 0;
    FILE *list = children_open(0);
    while (list != NULL && (pid = children_next(list)) > 0) {
        siginfo_t about = {0};
        if (leftover->stays(leftover->context, pid) ||
            waitid(P_PID, (id_t)pid, &about, WEXITED | WNOHANG | WNOWAIT) < 0)
            continue;
        bool ending = is_ending(pid, &about, leftover->groups, leftover->count);
        if (!ending && *counted == 0)
            name_of(pid, name, size);
        *counted += !ending;
        ended += end_one(pid);
    }
    if (list != NULL)
        fclose(list);
    return ended;
}

void leftover_dead(leftover_stays *stays, const void *cast,
                   void (*tell)(const void *context, pid_t pid, int signal), const void *context)
{
    pid_t pid = 0;
    FILE *list = children_open(0);
    while (list != NULL && (pid = children_next(list)) > 0) {
        siginfo_t about = {0};
        if (!stays(cast, pid) &&
            waitid(P_PID, (id_t)pid, &about, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            (about.si_code == CLD_KILLED || about.si_code == CLD_DUMPED))
            tell(context, pid, about.si_status);
    }
    if (list != NULL)
        fclose(list);
}

int leftover_end(const struct leftover *leftover, char *name, size_t size)
{
    int counted = 0;
    int rounds = 0;
    while (rounds++ < ROUNDS_MAX && end_all(leftover, &counted, name, size) > 0)
        continue;
    return counted;
}
