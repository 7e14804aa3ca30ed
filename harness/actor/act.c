#include "actor/act.h"

#include "base/clock.h"
#include "base/hash.h"
#include "stack/virtual_clock.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

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

void *act_bytes(const struct act *act, int i)
{
    return shared_at(act->actor->shared, act->call->arg[i].piece);
}

int64_t act_number(const struct act *act, int i)
{
    return act->call->arg[i].number;
}

/* Now, with what virtual time skipped since the case began. */
static uint64_t now_ns(const struct shared *shared)
{
    return clock_now_ns() + (uint64_t)atomic_load(&shared->ticks) * VIRTUAL_TICK_US * 1000;
}

static void record_firing(struct act *act, const struct fault *fault)
{
    struct call *call = act->call;
    if (call->firing_count < FIRING_MAX)
        call->firing[call->firing_count] =
            (struct firing){.fault = (uint32_t)(fault - act->actor->shared->plan.fault),
                            .ordinal = (uint32_t)call->calls};
    call->firing_count++;
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

static unsigned applicable(const struct act *act, const size_t *size, int flags)
{
    const struct plan *plan = &act->actor->shared->plan;
    unsigned bits = 0;
    for (size_t i = 0; i < plan->count; i++)
        if (plan->fault[i].action != FAULT_CAP || may_cap(act, &plan->fault[i], size, flags))
            bits |= 1U << i;
    return bits;
}

static const struct fault *ask(const struct act *act, const char *name, int fd, const size_t *size,
                               int flags)
{
    char point[FAULT_POINT];
    uint64_t who[3] = {(uint64_t)act->actor->index,
                       (uint64_t)(act->call->started ? act->call->step : 0), (uint64_t)fd};
    unsigned index = (unsigned)fd % DESCRIPTOR_MAX;
    snprintf(point, sizeof point, "sockproof/call/%s/%s", act->actor->name, name);
    struct chance chance = {.identity = hash_bytes(0, who, sizeof who),
                            .counter = atomic_fetch_add(&chances_of[index], 1),
                            .moved = atomic_load(&moved_on[index]),
                            .applicable = applicable(act, size, flags)};
    return plan_ask(point, &chance);
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
    const struct fault *fault = ask(act, name, fd, size, flags);
    if (fault == NULL)
        return FAULT_NONE;
    record_firing(act, fault);
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
        pass_time(fault->argument);
        break;
    case FAULT_NONE:
    case FAULT_DROP:
    case FAULT_DUPLICATE:
    case FAULT_REORDER:
    case FAULT_CORRUPT:
    case FAULT_CUT:
    case FAULT_TRUNCATE:
    case FAULT_UNREACHABLE:
    case FAULT_EOF:
        break;
    }
    return fault->action;
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
    case FAULT_CAP:
    case FAULT_DUPLICATE:
    case FAULT_REORDER:
    case FAULT_CORRUPT:
    case FAULT_CUT:
    case FAULT_DELAY:
    case FAULT_TRUNCATE:
    case FAULT_UNREACHABLE:
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

static int64_t dispatch(struct act *act)
{
    switch (act->call->verb) {
#define VERB(name, ...)                                                                            \
    case VERB_##name:                                                                              \
        return do_##name(act);
#include "verb/verb.def"
#undef VERB
    case VERB_COUNT:
        break;
    }
    errno = ENOSYS;
    return -1;
}

/* One socket's part of a call on many: its own descriptor, its own share of the data. */
static void each_one(struct act *act, uint32_t i, const struct call *whole)
{
    struct call *call = act->call;
    const int32_t *fds = shared_at(act->actor->shared, whole->fds);
    struct each_result *out = shared_at(act->actor->shared, whole->results);
    enum param_type type = verb_get(call->verb)->params[0].type;
    bool moves = type == TYPE_BYTES || type == TYPE_CONTENT;
    call->fd = fds[i];
    if (type == TYPE_DESCRIPTOR)
        call->arg[0].number = fds[i];
    if (moves)
        call->arg[0].piece.offset = whole->arg[0].piece.offset + i * whole->arg[0].piece.size;
    call->out.offset = whole->out.offset + i * whole->out.size;
    call->size = 0;
    call->error = 0;
    call->from_size = call->local_size = 0;
    errno = 0;
    int64_t result = dispatch(act);
    out[i] = (struct each_result){.result = result,
                                  .error = result == -1 ? errno : call->error,
                                  .size = call->size,
                                  .from_size = call->from_size,
                                  .local_size = call->local_size,
                                  .from = call->from,
                                  .local = call->local};
}

static int64_t each(struct act *act)
{
    const struct call whole = *act->call;
    for (uint32_t i = 0; i < whole.each; i++)
        each_one(act, i, &whole);
    act->call->arg[0] = whole.arg[0];
    act->call->out = whole.out;
    return whole.each;
}

/* Lowers the limit that the step names; *saved keeps what was. */
static void limit(const struct call *call, struct rlimit *saved)
{
    if (call->limit_resource >= 0 && getrlimit(call->limit_resource, saved) == 0) {
        struct rlimit low = {.rlim_cur = call->limit_value, .rlim_max = saved->rlim_max};
        setrlimit(call->limit_resource, &low);
    }
}

/* Takes the capabilities of a set from this thread's effective ones, or gives back what was taken
   (capabilities(7)). The thread alone is changed. */
static void capabilities(const struct call *call, bool back)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
    if (call->without == 0 || syscall(SYS_capget, &header, data) < 0)
        return;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        uint32_t bits = (uint32_t)(call->without >> 32 * i);
        data[i].effective =
            back ? data[i].effective | (data[i].permitted & bits) : data[i].effective & ~bits;
    }
    syscall(SYS_capset, &header, data);
}

void act_do(struct actor *actor, struct call *call)
{
    struct act act = {.actor = actor, .call = call, .stack = actor->stack};
    struct rlimit saved;
    limit(call, &saved);
    capabilities(call, false);
    atomic_store(&call->tid, gettid());
    call->began_ns = now_ns(actor->shared);
    call->began_tick = atomic_load(&actor->shared->ticks);
    errno = 0;
    call->result = call->each > 0 ? each(&act) : dispatch(&act);
    int error = errno;
    call->ended_ns = now_ns(actor->shared);
    call->ended_tick = atomic_load(&actor->shared->ticks);
    capabilities(call, true);
    if (call->limit_resource >= 0)
        setrlimit(call->limit_resource, &saved);
    if (call->result == -1)
        call->error = error;
}
