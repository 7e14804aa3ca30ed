/* SPDX-License-Identifier: MIT */
#include "base/expendable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define LIMIT 1000L     /* of the kernel: nobody offers more */
#define UNREAD (-2000L) /* below what the kernel has */

/* What the run began with, which its driver and its engine still have: read by the first of us that
   offers anything, and so the same for all that are forked from it. */
static long begin = UNREAD;

static long offered(int fd)
{
    char text[16] = "";
    ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    return got > 0 ? strtol(text, NULL, 10) : UNREAD;
}

/* As far between the beginning and the limit as how_much is, so that there is an order wherever a
   run begins: a desktop or a container may have made it expendable already. */
static long share(enum expendable how_much)
{
    long from = begin > 0 ? begin : 0;
    return from + (LIMIT - from) * (long)how_much / LIMIT;
}

/* Without the C library's formats, which a signal handler may not use. */
static void tell(int fd, long number)
{
    char digits[4];
    size_t at = sizeof digits;
    for (long left = number; left > 0 && at > 0; left /= 10)
        digits[--at] = (char)('0' + left % 10);
    ssize_t told = write(fd, digits + at, sizeof digits - at);
    (void)told; /* where it cannot be said nothing changes */
}

void expendable_offer(enum expendable how_much)
{
    int saved = errno;
    int fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
    long now = offered(fd);
    if (begin == UNREAD)
        begin = now;
    if (now != UNREAD && now < share(how_much))
        tell(fd, share(how_much));
    if (fd >= 0)
        close(fd);
    errno = saved;
}
