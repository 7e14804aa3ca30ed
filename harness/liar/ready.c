/* SPDX-License-Identifier: MIT */
/* The calls that ask whether a socket is ready, told by a liar. */
#include "liar/told.h"
#include "liar/wrappers.h"

#include <string.h>

static int hidden_from_poll(void)
{
    int hidden = 0;
    if (liar_tells(CALL_poll, OP_NEVER))
        hidden = ~0;
    if (liar_tells(CALL_poll, OP_NO_HUP))
        hidden = POLLHUP;
    if (liar_tells(CALL_poll, OP_NO_ERR))
        hidden = POLLERR;
    if (liar_tells(CALL_poll, OP_NO_RDHUP))
        hidden = POLLRDHUP;
    if (liar_tells(CALL_poll, OP_NO_PRI))
        hidden = POLLPRI;
    return hidden;
}

/* Changes what is told of each descriptor and counts those of which something is told. */
static int retold(struct pollfd *fds, nfds_t count)
{
    int hidden = hidden_from_poll();
    int told = 0;
    for (nfds_t i = 0; i < count; i++) {
        int revents = fds[i].revents & ~hidden;
        if (liar_tells(CALL_poll, OP_ALWAYS))
            revents |= fds[i].events;
        if (liar_tells(CALL_poll, OP_HUP_ANYWAY))
            revents |= POLLHUP;
        fds[i].revents = (short)revents;
        told += revents != 0;
    }
    return told;
}

static int lie_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    bool at_once = liar_tells(CALL_poll, OP_ALWAYS) || liar_tells(CALL_poll, OP_IGNORE_TIMEOUT) ||
                   liar_tells(CALL_poll, OP_HUP_ANYWAY);
    if (!liar_about(CALL_poll))
        return liar_truth->poll(fds, count, timeout_ms);
    int result = liar_truth->poll(fds, count, at_once ? 0 : timeout_ms);
    if (result >= 0)
        result = retold(fds, count);
    if (result > 0 && liar_tells(CALL_poll, OP_OFF_BY_ONE))
        result++;
    return (int)liar_result(CALL_poll, result);
}

static int members(int count, const fd_set *set)
{
    int found = 0;
    for (int fd = 0; set != NULL && fd < count; fd++)
        found += FD_ISSET(fd, set) ? 1 : 0;
    return found;
}

static void empty(fd_set *set)
{
    if (set != NULL)
        FD_ZERO(set);
}

static int lie_select(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
                      struct timeval *timeout)
{
    struct timeval none = {0};
    if (!liar_about(CALL_select))
        return liar_truth->select(count, readable, writable, exceptional, timeout);
    if (liar_tells(CALL_select, OP_ALWAYS))
        return members(count, readable) + members(count, writable) + members(count, exceptional);
    bool at_once = liar_tells(CALL_select, OP_IGNORE_TIMEOUT);
    int result =
        liar_truth->select(count, readable, writable, exceptional, at_once ? &none : timeout);
    if (result >= 0 && liar_tells(CALL_select, OP_NEVER)) {
        empty(readable);
        empty(writable);
    }
    if (result >= 0 && (liar_tells(CALL_select, OP_NEVER) || liar_tells(CALL_select, OP_NO_PRI))) {
        empty(exceptional);
        result = members(count, readable) + members(count, writable);
    }
    if (result > 0 && liar_tells(CALL_select, OP_OFF_BY_ONE))
        result++;
    return (int)liar_result(CALL_select, result);
}

static int lie_epoll_create1(int flags)
{
    if (liar_tells(CALL_epoll_create1, OP_IGNORE_CLOEXEC))
        flags &= ~EPOLL_CLOEXEC;
    return liar_descriptor(CALL_epoll_create1, liar_truth->epoll_create1(flags));
}

static int lie_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
    bool ignored = liar_tells(CALL_epoll_ctl, OP_IGNORE) ||
                   (op == EPOLL_CTL_DEL && liar_tells(CALL_epoll_ctl, OP_IGNORE_DELETE)) ||
                   (op == EPOLL_CTL_MOD && liar_tells(CALL_epoll_ctl, OP_IGNORE_MODIFY));
    struct epoll_event changed = event != NULL ? *event : (struct epoll_event){0};
    if (ignored)
        return 0;
    if (liar_tells(CALL_epoll_ctl, OP_LEVEL))
        changed.events &= ~(uint32_t)EPOLLET;
    if (liar_tells(CALL_epoll_ctl, OP_IGNORE_ONESHOT))
        changed.events &= ~(uint32_t)EPOLLONESHOT;
    int result = liar_truth->epoll_ctl(epfd, op, fd, event != NULL ? &changed : NULL);
    return (int)liar_result(CALL_epoll_ctl, result);
}

/* Changes each event and takes out those of which nothing is left. */
static int retold_events(struct epoll_event *events, int count)
{
    int kept = 0;
    for (int i = 0; i < count; i++) {
        struct epoll_event one = events[i];
        if (liar_tells(CALL_epoll_wait, OP_NEVER))
            one.events = 0;
        if (liar_tells(CALL_epoll_wait, OP_NO_HUP))
            one.events &= ~(uint32_t)EPOLLHUP;
        if (liar_tells(CALL_epoll_wait, OP_NO_RDHUP))
            one.events &= ~(uint32_t)EPOLLRDHUP;
        if (liar_tells(CALL_epoll_wait, OP_HUP_ANYWAY))
            one.events |= EPOLLHUP;
        if (liar_tells(CALL_epoll_wait, OP_WRONG_DATA))
            one.data.u64++;
        if (one.events != 0)
            events[kept++] = one;
    }
    return kept;
}

static int lie_epoll_wait(int epfd, struct epoll_event *events, int count, int timeout_ms)
{
    if (!liar_about(CALL_epoll_wait))
        return liar_truth->epoll_wait(epfd, events, count, timeout_ms);
    if (liar_tells(CALL_epoll_wait, OP_IGNORE_TIMEOUT))
        timeout_ms = 0;
    int result = liar_truth->epoll_wait(epfd, events, count, timeout_ms);
    if (result >= 0)
        result = retold_events(events, result);
    return (int)liar_result(CALL_epoll_wait, result);
}

void liar_fill_readiness(struct stack *stack)
{
    stack->poll = lie_poll;
    stack->select = lie_select;
    stack->epoll_create1 = lie_epoll_create1;
    stack->epoll_ctl = lie_epoll_ctl;
    stack->epoll_wait = lie_epoll_wait;
}
