/* SPDX-License-Identifier: MIT */
#include "base/starved.h"

#include "base/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int starved_open(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/schedstat", pid > 0 ? pid : getpid());
    return open(path, O_RDONLY | O_CLOEXEC);
}

struct starved starved_read(int fd)
{
    char text[96];
    char *end = text;
    struct starved starved = {0, 0};
    ssize_t got = fd >= 0 ? pread(fd, text, sizeof text - 1, 0) : 0;
    text[got > 0 ? got : 0] = '\0';
    starved.ran_us = strtoull(end, &end, 10) / 1000;
    starved.waited_us = strtoull(end, &end, 10) / 1000;
    return starved;
}

static struct starved read_once(int fd)
{
    struct starved starved = starved_read(fd);
    if (fd >= 0)
        close(fd);
    return starved;
}

struct starved starved_own(void)
{
    return read_once(open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC));
}

uint64_t starved_tick(void)
{
    return clock_ns(CLOCK_BOOTTIME) / (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* When a thread began; false when it is gone. folder is its process's task. */
static bool began(int folder, const char *thread, uint64_t *tick)
{
    enum { BLANKS = 20 }; /* between the end of the name and starttime, field 22 */
    char path[280], text[512];
    snprintf(path, sizeof path, "%s/stat", thread);
    int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = '\0';
    const char *rest = strrchr(text, ')'); /* a name may hold anything */
    for (int blank = 0; rest != NULL && blank < BLANKS; blank++)
        rest = strchr(rest + 1, ' ');
    *tick = rest != NULL ? strtoull(rest, NULL, 10) : 0;
    return rest != NULL;
}

static struct starved of_thread(int folder, const char *thread)
{
    char path[280];
    snprintf(path, sizeof path, "%s/schedstat", thread);
    return read_once(openat(folder, path, O_RDONLY | O_CLOEXEC));
}

size_t starved_threads(pid_t pid, uint64_t since_tick, struct starved *all, size_t room)
{
    char path[32];
    size_t count = 0;
    uint64_t tick = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *folder = opendir(path);
    for (const struct dirent *one = folder != NULL ? readdir(folder) : NULL;
         one != NULL && count < room; one = readdir(folder))
        if (one->d_name[0] != '.' && strtol(one->d_name, NULL, 10) != (long)pid &&
            began(dirfd(folder), one->d_name, &tick) && tick >= since_tick)
            all[count++] = of_thread(dirfd(folder), one->d_name);
    if (folder != NULL)
        closedir(folder);
    return count;
}
