/* The verbs that ask whether a socket is ready. */
#include "actor/act.h"

#include <errno.h>
#include <string.h>

static bool refused(struct act *act, const char *name)
{
    return act_refused(act_gate(act, name, act->call->fd, NULL, 0));
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

static struct timespec duration(int64_t us)
{
    return (struct timespec){.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
}

/* The signals of a mask: bit n stands for signal n. NULL when the step names none. */
static const sigset_t *mask_of(int64_t bits, sigset_t *mask)
{
    sigemptyset(mask);
    for (int number = 1; number < 64; number++)
        if ((bits >> number & 1) != 0)
            sigaddset(mask, number);
    return bits != 0 ? mask : NULL;
}

int64_t do_ppoll(struct act *act)
{
    struct pollfd one = {.fd = act->call->fd, .events = (short)act_number(act, 0)};
    int64_t us = act_number(act, 1);
    struct timespec timeout = duration(us);
    sigset_t mask;
    if (refused(act, "ppoll"))
        return -1;
    int64_t result =
        act->stack->ppoll(&one, 1, us < 0 ? NULL : &timeout, mask_of(act_number(act, 2), &mask));
    act->call->flags = one.revents;
    return result;
}

/* One descriptor in the sets that poll's events stand for: POLLIN readable, POLLOUT writable,
   POLLPRI exceptional (select(2)). */
static const short set_events[] = {POLLIN, POLLOUT, POLLPRI};

/* False with errno EBADF when no set can hold the descriptor. */
static bool make_sets(const struct act *act, fd_set sets[3])
{
    int fd = act->call->fd;
    bool fits = fd >= 0 && fd < FD_SETSIZE;
    for (int i = 0; i < 3; i++) {
        FD_ZERO(&sets[i]);
        if (fits && (act_number(act, 0) & set_events[i]) != 0)
            FD_SET(fd, &sets[i]);
    }
    if (!fits)
        errno = EBADF;
    return fits;
}

static void read_sets(struct act *act, int64_t result, fd_set sets[3])
{
    for (int i = 0; i < 3 && result >= 0; i++)
        act->call->flags |= FD_ISSET(act->call->fd, &sets[i]) ? set_events[i] : 0;
}

int64_t do_select(struct act *act)
{
    int64_t us = act_number(act, 1);
    struct timeval timeout = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    fd_set sets[3];
    if (refused(act, "select") || !make_sets(act, sets))
        return -1;
    int64_t result = act->stack->select(act->call->fd + 1, &sets[0], &sets[1], &sets[2],
                                        us < 0 ? NULL : &timeout);
    read_sets(act, result, sets);
    return result;
}

int64_t do_pselect(struct act *act)
{
    int64_t us = act_number(act, 1);
    struct timespec timeout = duration(us);
    sigset_t mask;
    fd_set sets[3];
    if (refused(act, "pselect") || !make_sets(act, sets))
        return -1;
    int64_t result =
        act->stack->pselect(act->call->fd + 1, &sets[0], &sets[1], &sets[2],
                            us < 0 ? NULL : &timeout, mask_of(act_number(act, 2), &mask));
    read_sets(act, result, sets);
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
