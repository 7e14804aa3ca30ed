/* SPDX-License-Identifier: MIT */
#include "engine/watch.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

int watch_open(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

bool watch_add(int watch, int fd, enum source source, int number)
{
    struct epoll_event event = {.events = EPOLLIN,
                                .data.u64 = (uint64_t)source << 32 | (uint32_t)number};
    return epoll_ctl(watch, EPOLL_CTL_ADD, fd, &event) == 0;
}

void watch_remove(int watch, int fd)
{
    epoll_ctl(watch, EPOLL_CTL_DEL, fd, NULL);
}

int watch_wait(int watch, int timeout_ms, struct happening happenings[WATCH_MOST])
{
    struct epoll_event events[WATCH_MOST];
    int count = epoll_wait(watch, events, WATCH_MOST, timeout_ms);
    for (int i = 0; i < count; i++)
        happenings[i] = (struct happening){(enum source)(events[i].data.u64 >> 32),
                                           (int)(uint32_t)events[i].data.u64};
    return count > 0 ? count : 0;
}
