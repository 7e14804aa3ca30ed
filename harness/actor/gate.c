/* SPDX-License-Identifier: MIT */
#include "actor/gate.h"

#include "base/hash.h"
#include "fault/cut.h"
#include "fault/enact.h"
#include "fault/fits.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * A decision of probability depends on who calls: the actor, its thread, the descriptor (the kernel
 * gives the lowest free one, so it is the same in every run) and how often. Bytes moved per
 * descriptor serve "after N bytes". Sized for what the scripted actors may open.
 */
enum { DESCRIPTOR_MAX = 16384 };
static struct seen {
    _Atomic uint32_t chances;
    _Atomic uint64_t moved[2]; /* bytes in, and out, since it was opened */
    _Atomic bool known;        /* victim says what it is */
    struct victim victim;
} seen[DESCRIPTOR_MAX];

static struct seen *seen_of(int fd)
{
    return &seen[(unsigned)fd % DESCRIPTOR_MAX];
}

/* --- what is known of a socket ------------------------------------------------------------- */

/* Its number will be another's. How often it was asked about counts on: the same number is another
   identity each time. */
static void forget(int fd)
{
    struct seen *one = seen_of(fd);
    atomic_store(&one->known, false);
    atomic_store(&one->moved[0], 0);
    atomic_store(&one->moved[1], 0);
}

/* What the stack says of it; a stack that does not say has sockets of the kind that the call is
   made for. */
static void look(const struct act *act, int fd, struct victim *victim)
{
    struct sockaddr_storage own = {.ss_family = AF_UNSPEC};
    socklen_t size = sizeof own, length = sizeof victim->type;
    bool datagram = act->call->datagram;
    if (act->stack->getsockopt(fd, SOL_SOCKET, SO_TYPE, &victim->type, &length) < 0)
        victim->type = datagram ? SOCK_DGRAM : SOCK_STREAM;
    if (act->stack->getsockname(fd, (struct sockaddr *)&own, &size) < 0)
        own.ss_family = AF_UNSPEC;
    victim->family = own.ss_family;
    victim->messages = datagram;
    atomic_store(&victim->ended, false);
    atomic_store(&victim->pending, 0);
}

static struct victim *victim_of(const struct act *act, int fd)
{
    struct seen *one = seen_of(fd);
    if (!atomic_load(&one->known)) {
        look(act, fd, &one->victim);
        atomic_store(&one->known, true);
    }
    return &one->victim;
}

/* Whether it matters which socket the call is on. */
static bool is_about_socket(const struct meeting *meeting)
{
    enum point_kind kind = point_info(meeting->point)->kind;
    return meeting->fd >= 0 &&
           (point_moves(kind) || kind == KIND_CONNECT || meeting->point == POINT_getsockopt);
}

/* --- the real calls ------------------------------------------------------------------------ */

/* A script says itself what it waits for. */
static void leave_edges(int fd)
{
    (void)fd;
}

static const struct stack *own_stack;

static bool queued(int fd)
{
    char byte = 0;
    return own_stack->recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* One actor in a process, and one stack for its whole life. */
static struct meeting_calls calls;

void gate_begin(const struct stack *stack)
{
    memset((void *)seen, 0, sizeof seen);
    own_stack = stack;
    calls = (struct meeting_calls){.connect = stack->connect,
                                   .getpeername = stack->getpeername,
                                   .getsockopt = stack->getsockopt,
                                   .setsockopt = stack->setsockopt,
                                   .fcntl = stack->fcntl,
                                   .shutdown = stack->shutdown,
                                   .close = stack->close,
                                   .queued = queued,
                                   .rearm = leave_edges};
}

/* --- the question -------------------------------------------------------------------------- */

static void record_firings(struct call *call, unsigned fired)
{
    for (uint32_t i = 0; i < FAULT_MAX; i++) {
        if ((fired & 1U << i) == 0)
            continue;
        if (call->firing_count < FIRING_MAX)
            call->firing[call->firing_count] =
                (struct firing){.fault = i, .ordinal = (uint32_t)call->calls};
        call->firing_count++;
    }
}

static unsigned applicable(const struct plan *plan, unsigned here, const struct meeting *meeting)
{
    unsigned bits = here;
    for (size_t i = 0; i < plan->count; i++)
        if ((here & 1U << i) != 0 && !fits(meeting, plan->fault[i].action, plan->fault[i].argument,
                                           plan_names_end(&plan->fault[i])))
            bits &= ~(1U << i);
    return bits;
}

static struct decision ask(const struct act *act, unsigned here, const struct meeting *meeting)
{
    const struct call *call = act->call;
    uint64_t who[3] = {(uint64_t)act->actor->index, (uint64_t)(call->started ? call->step : 0),
                       (uint64_t)call->fd};
    struct seen *one = seen_of(call->fd);
    struct chance chance = {.identity = hash_numbers(0, who, 3),
                            .counter = atomic_fetch_add(&one->chances, 1),
                            .moved = atomic_load(&one->moved[meeting->sends]),
                            .applicable = applicable(&act->actor->shared->plan, here, meeting)};
    return plan_ask_call(act->actor->name, meeting->point, &chance);
}

/* --- through it ---------------------------------------------------------------------------- */

struct meeting gate_at(const struct act *act, enum point point)
{
    const struct point_info *info = point_info(point);
    return (struct meeting){.point = point,
                            .fd = info->kind == KIND_NEW ? -1 : act->call->fd,
                            .sends = info->group == GROUP_transmit};
}

struct meeting gate_moving(const struct act *act, enum point point, size_t whole, int flags)
{
    struct meeting meeting = gate_at(act, point);
    meeting.whole = meeting.left = whole;
    meeting.flags = flags;
    return meeting;
}

/* Does what the faults do that meet the call; true when it is still to be made. */
static bool meet(const struct act *act, struct meeting *meeting)
{
    const struct plan *plan = &act->actor->shared->plan;
    unsigned here = plan_at_call(plan, act->actor->name, meeting->point);
    meeting->calls = &calls;
    meeting->victim = is_about_socket(meeting) ? victim_of(act, meeting->fd) : NULL;
    struct decision decision = ask(act, here, meeting);
    record_firings(act->call, decision.fired);
    bool go = enact_before(meeting, &decision);
    if (go && decision.outcome == NULL)
        enact_halt(meeting, plan, here, atomic_load(&seen_of(meeting->fd)->moved[meeting->sends]));
    if (decision.outcome != NULL && decision.outcome->action == FAULT_CLOSE)
        forget(meeting->fd);
    return go;
}

bool gate_enter(const struct act *act, struct meeting *meeting)
{
    int kept = errno;
    const struct point_info *info = point_info(meeting->point);
    bool go = true;
    act->call->calls++;
    if (act->call->point[0] == '\0')
        snprintf(act->call->point, sizeof act->call->point, "%s", info->name);
    if (plan_armed() && !meeting_passes(meeting))
        go = meet(act, meeting);
    if (info->kind == KIND_CLOSE)
        forget(meeting->fd);
    errno = kept;
    return go;
}

int64_t gate_leave(const struct act *act, struct meeting *meeting, int64_t value)
{
    int error = errno;
    int64_t result = value;
    if (meeting->calls != NULL)
        result = enact_after(meeting, value, &error);
    if (result > 0 && !meeting->refused && (meeting->flags & MSG_PEEK) == 0 &&
        point_info(meeting->point)->kind == KIND_MOVE)
        atomic_fetch_add(&seen_of(meeting->fd)->moved[meeting->sends], (uint64_t)result);
    if (result == -1 && meeting->outcome != NULL && meeting->outcome->action != FAULT_CAP)
        act->call->injected = true;
    errno = error;
    return result;
}

size_t gate_cut(const struct meeting *meeting, struct iovec *iov, size_t count)
{
    return meeting->left < meeting->whole ? cut_buffers(iov, count, iov, count, meeting->left)
                                          : count;
}

ssize_t gate_send(const struct act *act, const void *data, size_t size, int flags)
{
    struct meeting meeting = gate_moving(act, POINT_send, size, flags);
    return (ssize_t)GATED(act, &meeting,
                          act->stack->send(act->call->fd, data, meeting.left, flags));
}

ssize_t gate_recv(const struct act *act, void *data, size_t size, int flags)
{
    struct meeting meeting = gate_moving(act, POINT_recv, size, flags);
    return (ssize_t)GATED(act, &meeting,
                          act->stack->recv(act->call->fd, data, meeting.left, flags));
}
