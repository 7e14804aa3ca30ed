/* SPDX-License-Identifier: MIT */
#include "preload/rearm.h"

#include "preload/real.h"
#include "preload/wrapper.h"

#include <errno.h>
#include <stdatomic.h>

/* A descriptor is rarely watched by more than one epoll; the third one's edges are not set anew. */
enum { WATCHERS = 2 };

struct watch {
    _Atomic int epoll; /* descriptor + 1; 0: free */
    _Atomic uint32_t events;
    _Atomic uint64_t data;
};

static struct watch watches[DESCRIPTOR_LIMIT][WATCHERS];
static _Atomic bool watching[DESCRIPTOR_LIMIT]; /* by epoll */
static _Atomic unsigned highest;

static struct watch *slot_of(int epoll, int fd)
{
    struct watch *found = NULL;
    for (int i = 0; i < WATCHERS && found == NULL; i++)
        if (atomic_load(&watches[fd][i].epoll) == epoll + 1)
            found = &watches[fd][i];
    for (int i = 0; i < WATCHERS && found == NULL; i++) {
        int none = 0;
        if (atomic_compare_exchange_strong(&watches[fd][i].epoll, &none, epoll + 1))
            found = &watches[fd][i];
    }
    return found;
}

static void raise_highest(unsigned number)
{
    unsigned seen = atomic_load(&highest);
    while (number > seen && !atomic_compare_exchange_weak(&highest, &seen, number))
        continue;
}

void rearm_note(int epoll, int operation, int fd, const struct epoll_event *event)
{
    if (fd < 0 || fd >= DESCRIPTOR_LIMIT || epoll < 0 || epoll >= DESCRIPTOR_LIMIT)
        return;
    struct watch *slot = slot_of(epoll, fd);
    raise_highest((unsigned)(fd > epoll ? fd : epoll));
    atomic_store(&watching[epoll], true);
    if (slot != NULL && operation == EPOLL_CTL_DEL) {
        atomic_store(&slot->epoll, 0);
    } else if (slot != NULL && event != NULL) {
        atomic_store(&slot->data, event->data.u64);
        atomic_store(&slot->events, event->events);
    }
}

void rearm_forget(unsigned first, unsigned last)
{
    unsigned end = atomic_load(&highest);
    for (unsigned fd = first; fd <= last && fd <= end && fd < DESCRIPTOR_LIMIT; fd++) {
        atomic_store(&watching[fd], false);
        for (int i = 0; i < WATCHERS; i++)
            atomic_store(&watches[fd][i].epoll, 0);
    }
}

bool rearm_watches(int epoll)
{
    return epoll >= 0 && epoll < DESCRIPTOR_LIMIT && atomic_load(&watching[epoll]);
}

/* One that tells once only is set anew by the program itself. */
void rearm_edge(int fd)
{
    int kept = errno;
    for (int i = 0; fd >= 0 && fd < DESCRIPTOR_LIMIT && i < WATCHERS; i++) {
        int epoll = atomic_load(&watches[fd][i].epoll) - 1;
        struct epoll_event event = {.events = atomic_load(&watches[fd][i].events),
                                    .data.u64 = atomic_load(&watches[fd][i].data)};
        if (epoll >= 0 && (event.events & EPOLLET) != 0 && (event.events & EPOLLONESHOT) == 0)
            REAL(epoll_ctl)(epoll, EPOLL_CTL_MOD, fd, &event);
    }
    errno = kept;
}
