/* SPDX-License-Identifier: MIT */
#include "base/demise.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Reads what the kernel tells of a process. False with errno: ENOENT or ESRCH when there is none.
 */
static bool read_stat(pid_t pid, char *text, size_t size)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, size - 1) : -1;
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    text[got > 0 ? got : 0] = '\0';
    return got >= 0;
}

bool demise_begun(pid_t pid)
{
    enum { FLAG_EXITING = 4 }; /* PF_EXITING of linux/sched.h */
    char text[512];
    if (!read_stat(pid, text, sizeof text))
        return errno == ENOENT || errno == ESRCH;
    const char *rest = strrchr(text, ')'); /* a name may hold anything */
    bool over = rest != NULL && strlen(rest) > 2 && (rest[2] == 'Z' || rest[2] == 'X');
    for (int blank = 0; rest != NULL && blank < 7; blank++) /* the state, its parent, … */
        rest = strchr(rest + 1, ' ');
    return over || (rest != NULL && (strtoul(rest, NULL, 10) & FLAG_EXITING) != 0);
}

/* Somebody else's child is there until that one has taken its status. */
static bool has_ended(pid_t pid)
{
    siginfo_t about = {0};
    return waitid(P_PID, (id_t)pid, &about, WEXITED | WNOHANG | WNOWAIT) == 0
               ? about.si_pid == pid
               : kill(pid, 0) < 0 && errno == ESRCH;
}

bool demise_within(pid_t pid, int limit_ms)
{
    struct pollfd end = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    uint64_t now = clock_now_us(), limit = now + (uint64_t)limit_ms * 1000;
    bool ended = false;
    do { /* without a handle it is looked at again and again */
        int ready = poll(&end, end.fd >= 0, end.fd >= 0 ? (int)((limit - now + 999) / 1000) : 1);
        ended = ready > 0 || has_ended(pid);
        now = clock_now_us();
    } while (!ended && now < limit);
    if (end.fd >= 0)
        close(end.fd);
    return ended;
}

int demise_halted(pid_t child)
{
    siginfo_t about = {0};
    bool halted = waitid(P_PID, (id_t)child, &about, WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
                  about.si_pid == child;
    return halted ? about.si_status : 0;
}
