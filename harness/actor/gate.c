#include "actor/gate.h"

#include "actor/act.h"
#include "base/hash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/*
 * A decision of probability depends on who calls: the actor, its thread, the descriptor (the kernel
 * gives the lowest free one, so it is the same in every run) and how often. Bytes moved per
 * descriptor serve "after N bytes". Sized for what the scripted actors may open.
 */
enum { DESCRIPTOR_MAX = 16384 };
static _Atomic uint32_t chances_of[DESCRIPTOR_MAX];
static _Atomic uint64_t moved_on[DESCRIPTOR_MAX];

void act_reset(void)
{
    memset((void *)chances_of, 0, sizeof chances_of);
    memset((void *)moved_on, 0, sizeof moved_on);
}

static void record_firings(struct act *act, unsigned fired)
{
    struct call *call = act->call;
    for (uint32_t i = 0; i < FAULT_MAX; i++) {
        if ((fired & 1U << i) == 0)
            continue;
        if (call->firing_count < FIRING_MAX)
            call->firing[call->firing_count] =
                (struct firing){.fault = i, .ordinal = (uint32_t)call->calls};
        call->firing_count++;
    }
}

/* A real RST to the peer: an AF_UNSPEC connect aborts a connected TCP socket (connect(2)). */
static void abort_connection(const struct act *act, int fd)
{
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    act->stack->connect(fd, &nowhere, sizeof nowhere);
}

/* A cap may only do what a kernel can do: not to datagrams, not to MSG_WAITALL; and one that cuts
   nothing off has no chance to fire. */
static bool may_cap(const struct act *act, const struct fault *fault, const size_t *size, int flags)
{
    return size != NULL && !act->call->datagram && (flags & MSG_WAITALL) == 0 &&
           *size > (size_t)fault->argument;
}

static unsigned applicable(const struct act *act, enum point point, const size_t *size, int flags)
{
    const struct plan *plan = &act->actor->shared->plan;
    unsigned bits = plan_at_call(plan, act->actor->name, point);
    for (size_t i = 0; i < plan->count; i++)
        if (plan->fault[i].action == FAULT_CAP && !may_cap(act, &plan->fault[i], size, flags))
            bits &= ~(1U << i);
    return bits;
}

static struct decision ask(const struct act *act, enum point point, int fd, const size_t *size,
                           int flags)
{
    uint64_t who[3] = {(uint64_t)act->actor->index,
                       (uint64_t)(act->call->started ? act->call->step : 0), (uint64_t)fd};
    unsigned index = (unsigned)fd % DESCRIPTOR_MAX;
    struct chance chance = {.identity = hash_bytes(0, who, sizeof who),
                            .counter = atomic_fetch_add(&chances_of[index], 1),
                            .moved = atomic_load(&moved_on[index]),
                            .applicable = applicable(act, point, size, flags)};
    return plan_ask_call(act->actor->name, point, &chance);
}

/* The point of that name: verbs name one that there is. */
static enum point point_of(const char *name)
{
    return (enum point)__builtin_ctzll(point_find(name));
}

/* The fault itself: a call that begins late. The whole time passes, whatever interrupts it. */
static void pass_time(int64_t us)
{
    struct timespec left = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
        continue;
}

bool act_refused(enum fault_action action)
{
    return action == FAULT_ERRNO || action == FAULT_RESET || action == FAULT_CLOSE;
}

enum fault_action act_gate(struct act *act, const char *name, int fd, size_t *size, int flags)
{
    act->call->calls++;
    if (act->call->point[0] == '\0')
        snprintf(act->call->point, sizeof act->call->point, "%s", name);
    if (!plan_armed() || (size != NULL && *size == 0))
        return FAULT_NONE;
    struct decision decision = ask(act, point_of(name), fd, size, flags);
    const struct fault *fault = decision.outcome;
    record_firings(act, decision.fired);
    if (decision.delay_us > 0)
        pass_time(decision.delay_us);
    if (fault == NULL)
        return FAULT_NONE;
    switch (fault->action) {
    case FAULT_CAP:
        *size = (size_t)fault->argument;
        break;
    case FAULT_RESET:
        abort_connection(act, fd);
        errno = ECONNRESET;
        act->call->injected = true;
        break;
    case FAULT_ERRNO:
        errno = (int)fault->argument;
        act->call->injected = true;
        break;
    case FAULT_CLOSE: /* as another thread of the program might, just before the call */
        act->stack->close(fd);
        errno = EBADF;
        act->call->injected = true;
        break;
    case FAULT_DELAY:
    case FAULT_NONE:
    case FAULT_COUNT:
    case FAULT_DROP:
    case FAULT_EOF:
        break;
    }
    return fault->action;
}

bool act_refuses(struct act *act, const char *name)
{
    return act_refused(act_gate(act, name, act->call->fd, NULL, 0));
}

static ssize_t moved(const struct act *act, ssize_t result)
{
    if (result > 0)
        atomic_fetch_add(&moved_on[(unsigned)act->call->fd % DESCRIPTOR_MAX], (uint64_t)result);
    return result;
}

ssize_t act_send(struct act *act, const void *data, size_t size, int flags)
{
    ssize_t result = -1;
    size_t allowed = size;
    switch (act_gate(act, "send", act->call->fd, &allowed, flags)) {
    case FAULT_ERRNO:
    case FAULT_RESET:
    case FAULT_CLOSE:
        break;
    case FAULT_DROP:
        result = (ssize_t)size; /* a datagram accepted and never sent */
        break;
    case FAULT_NONE:
    case FAULT_COUNT:
    case FAULT_CAP:
    case FAULT_DELAY:
    case FAULT_EOF:
        result = moved(act, act->stack->send(act->call->fd, data, allowed, flags));
        break;
    }
    return result;
}

ssize_t act_recv(struct act *act, void *data, size_t size, int flags)
{
    struct call *call = act->call;
    enum fault_action action = act_gate(act, "recv", call->fd, &size, flags);
    if (act_refused(action))
        return -1;
    return moved(act, act->stack->recv(call->fd, data, size, flags));
}
