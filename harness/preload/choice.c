/* SPDX-License-Identifier: MIT */
#include "preload/choice.h"

#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/wrapper.h"

#include <string.h>

bool choice_any_waited(const struct wrapped *wrapped, const struct selector *selector,
                       bool (*is)(const struct selector *selector, int fd))
{
    bool found = false;
    for (nfds_t i = 0; i < wrapped->list_count && !found; i++)
        found = is(selector, wrapped->list[i].fd);
    for (int i = 0; i < 3; i++)
        for (int fd = 0; wrapped->sets[i] != NULL && fd < wrapped->set_count && !found; fd++)
            found = FD_ISSET(fd, wrapped->sets[i]) && is(selector, fd);
    return found;
}

static bool is_number(const struct selector *selector, int fd)
{
    return fd == selector->fd;
}

static bool has_peer(const struct selector *selector, int fd)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    return fd >= 0 && REAL(getpeername)(fd, (struct sockaddr *)&peer, &size) == 0 &&
           selector_is_peer(selector, (struct sockaddr *)&peer, size);
}

/* The peer that the call names goes before that of the socket. */
static bool names_peer(const struct selector *selector, const struct wrapped *wrapped)
{
    const struct sockaddr *peer = wrapped->meeting.peer;
    socklen_t size = wrapped->meeting.peer_size;
    const struct msghdr *header = wrapped->message;
    if (wrapped->vector != NULL && wrapped->meeting.whole > 0)
        header = &wrapped->vector[0].msg_hdr;
    if (header != NULL && wrapped->meeting.sends && header->msg_name != NULL) {
        peer = header->msg_name;
        size = header->msg_namelen;
    }
    return peer != NULL ? selector_is_peer(selector, peer, size)
                        : has_peer(selector, wrapped->meeting.fd);
}

bool choice_selects(const struct wrapped *wrapped, const struct selector *selector)
{
    int about = wrapped->kind == WRAPPED_WATCH ? wrapped->other : wrapped->meeting.fd;
    bool waits = wrapped->kind == WRAPPED_WAIT && !wrapped->epoll;
    bool yes = true;
    if (selector->by_fd)
        yes = waits ? choice_any_waited(wrapped, selector, is_number) : is_number(selector, about);
    if (yes && selector->by_peer && waits)
        yes = choice_any_waited(wrapped, selector, has_peer);
    else if (yes && selector->by_peer)
        yes = wrapped->kind == WRAPPED_WATCH ? has_peer(selector, about)
                                             : names_peer(selector, wrapped);
    if (yes && selector->process[0] != '\0')
        yes = strcmp(selector->process, lineage_process()) == 0;
    if (yes && selector->thread[0] != '\0')
        yes = strcmp(selector->thread, lineage_mine()->text) == 0;
    return yes;
}
