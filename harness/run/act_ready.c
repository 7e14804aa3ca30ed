/* The verbs that ask whether a socket is ready. */
#include "run/act.h"

#include <errno.h>
#include <string.h>

static bool refused(struct act *act, const char *name)
{
    enum fault_action action = act_gate(act, name, act->call->fd, NULL, 0);
    return action == FAULT_ERRNO || action == FAULT_RESET;
}

/* Microseconds to milliseconds, rounded up; negative waits for ever. */
static int milliseconds(int64_t us)
{
    return us < 0 ? -1 : (int)((us + 999) / 1000);
}

int64_t do_poll(struct act *act)
{
    struct pollfd one = {.fd = act->call->fd, .events = (short)act_number(act, 0)};
    if (refused(act, "poll"))
        return -1;
    int64_t result = act->stack->poll(&one, 1, milliseconds(act_number(act, 1)));
    act->call->flags = one.revents;
    return result;
}

/* One descriptor in the sets that poll's events stand for: POLLIN readable, POLLOUT writable,
   POLLPRI exceptional (select(2)). */
int64_t do_select(struct act *act)
{
    static const short events[] = {POLLIN, POLLOUT, POLLPRI};
    int fd = act->call->fd;
    int64_t us = act_number(act, 1);
    struct timeval timeout = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    fd_set sets[3];
    if (refused(act, "select"))
        return -1;
    if (fd < 0 || fd >= FD_SETSIZE) {
        errno = EBADF;
        return -1;
    }
    for (int i = 0; i < 3; i++) {
        FD_ZERO(&sets[i]);
        if ((act_number(act, 0) & events[i]) != 0)
            FD_SET(fd, &sets[i]);
    }
    int64_t result =
        act->stack->select(fd + 1, &sets[0], &sets[1], &sets[2], us < 0 ? NULL : &timeout);
    for (int i = 0; i < 3 && result >= 0; i++)
        act->call->flags |= FD_ISSET(fd, &sets[i]) ? events[i] : 0;
    return result;
}

int64_t do_epoll_create1(struct act *act)
{
    return refused(act, "epoll_create1") ? -1 : act->stack->epoll_create1((int)act_number(act, 0));
}

int64_t do_epoll_ctl(struct act *act)
{
    int target = (int)act_number(act, 1);
    struct epoll_event event = {.events = (uint32_t)act_number(act, 2), .data.fd = target};
    if (refused(act, "epoll_ctl"))
        return -1;
    return act->stack->epoll_ctl(act->call->fd, (int)act_number(act, 0), target, &event);
}

/* The events, as the kernel gave them, go to out; their number is the result. */
int64_t do_epoll_wait(struct act *act)
{
    struct call *call = act->call;
    int room = (int)(call->out.size / sizeof(struct epoll_event));
    int most = act_number(act, 1) > 0 && act_number(act, 1) < room ? (int)act_number(act, 1) : room;
    if (refused(act, "epoll_wait"))
        return -1;
    int64_t result = act->stack->epoll_wait(call->fd, shared_at(act->actor->shared, call->out),
                                            most, milliseconds(act_number(act, 0)));
    call->size = result > 0 ? (uint64_t)result * sizeof(struct epoll_event) : 0;
    return result;
}
