/* SPDX-License-Identifier: MIT */
#include "base/starved.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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
