/* SPDX-License-Identifier: MIT */
/* The verbs that ask whether a socket is ready. */
#include "trial/descriptor.h"

#include "base/arena.h"
#include "trial/memory.h"
#include "trial/pending.h"
#include "verb/ops.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Microseconds to milliseconds, rounded up, as many as the call takes; negative waits for ever. */
static int milliseconds(int64_t us)
{
    int64_t ms = us / 1000 + (us % 1000 > 0);
    return us < 0 ? -1 : ms > INT_MAX ? INT_MAX : (int)ms;
}

static struct meeting waiting(const struct act *act, enum point point, int64_t us)
{
    struct meeting meeting = gate_at(act, point);
    meeting.waits = us != 0;
    return meeting;
}

/* Without a timeout it waits for ever. */
static void prepare_wait(const struct preparation *p)
{
    if (p->step->param[1] == NULL)
        p->call->in.ready.timeout.number = -1;
}

static int64_t perform_poll(struct act *act)
{
    struct pollfd one = {.fd = act->call->fd, .events = (short)act->call->in.ready.events.number};
    int64_t us = act->call->in.ready.timeout.number;
    struct meeting meeting = waiting(act, POINT_poll, us);
    int64_t result = GATED(act, &meeting, act->stack->poll(&one, 1, milliseconds(us)));
    act->call->flags = one.revents;
    return result;
}

OPS(poll, prepare_wait, perform_poll, any_success, &account_nothing, no_value);

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

static int64_t perform_ppoll(struct act *act)
{
    struct pollfd one = {.fd = act->call->fd, .events = (short)act->call->in.ready.events.number};
    int64_t us = act->call->in.ready.timeout.number;
    struct timespec timeout = duration(us);
    sigset_t mask;
    struct meeting meeting = waiting(act, POINT_poll, us);
    int64_t result = GATED(act, &meeting,
                           act->stack->ppoll(&one, 1, us < 0 ? NULL : &timeout,
                                             mask_of(act->call->in.ready.mask.number, &mask)));
    act->call->flags = one.revents;
    return result;
}

OPS(ppoll, prepare_wait, perform_ppoll, any_success, &account_nothing, no_value);

/* One descriptor in the sets that poll's events stand for: POLLIN readable, POLLOUT writable,
   POLLPRI exceptional (select(2)). */
static const short set_events[] = {POLLIN, POLLOUT, POLLPRI};

/* Three sets as large as the descriptor needs: the kernel looks at as many bits as it is told of,
   and an fd_set ends at FD_SETSIZE (select(2)). */
struct sets {
    size_t words; /* of each */
    fd_mask *bits;
};

/* False with errno when there is no such descriptor. */
static bool make_sets(const struct act *act, struct sets *sets)
{
    int fd = act->call->fd;
    sets->words = sizeof(fd_set) / sizeof(fd_mask);
    if (fd >= FD_SETSIZE)
        sets->words = (size_t)fd / NFDBITS + 1;
    sets->bits = fd < 0 ? NULL : arena_must(calloc(3 * sets->words, sizeof *sets->bits));
    if (fd < 0)
        errno = EBADF;
    for (size_t i = 0; i < 3 && sets->bits != NULL; i++)
        if ((act->call->in.ready.events.number & set_events[i]) != 0)
            sets->bits[i * sets->words + (size_t)fd / NFDBITS] = (fd_mask)1 << fd % NFDBITS;
    return sets->bits != NULL;
}

static fd_set *set_of(const struct sets *sets, size_t i)
{
    return (fd_set *)(sets->bits + i * sets->words);
}

/* Reads the sets, and ends them. */
static void read_sets(struct act *act, int64_t result, struct sets *sets)
{
    size_t word = (size_t)act->call->fd / NFDBITS;
    for (size_t i = 0; i < 3 && result >= 0; i++)
        if ((sets->bits[i * sets->words + word] >> act->call->fd % NFDBITS & 1) != 0)
            act->call->flags |= set_events[i];
    act_free(sets->bits);
}

static int64_t perform_select(struct act *act)
{
    int64_t us = act->call->in.ready.timeout.number;
    struct timeval timeout = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    struct sets sets;
    struct meeting meeting = waiting(act, POINT_select, us);
    if (!make_sets(act, &sets))
        return -1;
    int64_t result = GATED(act, &meeting,
                           act->stack->select(act->call->fd + 1, set_of(&sets, 0), set_of(&sets, 1),
                                              set_of(&sets, 2), us < 0 ? NULL : &timeout));
    read_sets(act, result, &sets);
    return result;
}

OPS(select, prepare_wait, perform_select, any_success, &account_nothing, no_value);

static int64_t perform_pselect(struct act *act)
{
    int64_t us = act->call->in.ready.timeout.number;
    struct timespec timeout = duration(us);
    sigset_t mask;
    struct sets sets;
    struct meeting meeting = waiting(act, POINT_select, us);
    if (!make_sets(act, &sets))
        return -1;
    int64_t result =
        GATED(act, &meeting,
              act->stack->pselect(act->call->fd + 1, set_of(&sets, 0), set_of(&sets, 1),
                                  set_of(&sets, 2), us < 0 ? NULL : &timeout,
                                  mask_of(act->call->in.ready.mask.number, &mask)));
    read_sets(act, result, &sets);
    return result;
}

OPS(pselect, prepare_wait, perform_pselect, any_success, &account_nothing, no_value);

static int64_t perform_epoll_create1(struct act *act)
{
    struct meeting meeting = gate_at(act, POINT_epoll_create);
    return GATED(act, &meeting, act->stack->epoll_create1((int)act->call->in.ready.flags.number));
}

static void end_epoll_create1(struct trial *trial, struct pending *pending)
{
    if (pending->step != NULL && pending_call(trial, pending)->result >= 0)
        descriptor_made(trial, pending, SOCK_STREAM);
}

static const struct account account_epoll_create1 = {NULL, end_epoll_create1};

OPS(epoll_create1, prepare_nothing, perform_epoll_create1, any_success, &account_epoll_create1,
    no_value);

static int64_t perform_epoll_ctl(struct act *act)
{
    int target = (int)act->call->in.ready.target.number;
    struct epoll_event event = {.events = (uint32_t)act->call->in.ready.events.number,
                                .data.fd = target};
    struct meeting meeting = gate_at(act, POINT_epoll_ctl);
    return GATED(
        act, &meeting,
        act->stack->epoll_ctl(act->call->fd, (int)act->call->in.ready.op.number, target, &event));
}

OPS(epoll_ctl, prepare_nothing, perform_epoll_ctl, any_success, &account_nothing, no_value);

/* The call is told what the step says; it never gives more events than there are descriptors. */
static void prepare_epoll_wait(const struct preparation *p)
{
    enum { USUAL = 64, MOST = 16384 };
    struct ready_in *in = &p->call->in.ready;
    if (p->step->param[0] == NULL)
        in->timeout.number = -1;
    if (p->step->param[1] == NULL)
        in->maxevents.number = USUAL;
    int64_t room = in->maxevents.number > 0 ? in->maxevents.number : 1;
    p->call->out = memory_many(p->trial, room < MOST ? room : MOST, EVENT_ROOM);
}

/* The events, as the kernel gave them, go to out; their number is the result. */
static int64_t perform_epoll_wait(struct act *act)
{
    struct call *call = act->call;
    int most = (int)call->in.ready.maxevents.number;
    int64_t us = act->call->in.ready.timeout.number;
    struct meeting meeting = waiting(act, POINT_epoll_wait, us);
    int64_t result =
        GATED(act, &meeting,
              act->stack->epoll_wait(call->fd, shared_at(act->actor->shared, call->out), most,
                                     milliseconds(us)));
    call->size = result > 0 ? (uint64_t)result * sizeof(struct epoll_event) : 0;
    return result;
}

OPS(epoll_wait, prepare_epoll_wait, perform_epoll_wait, any_success, &account_nothing, no_value);
