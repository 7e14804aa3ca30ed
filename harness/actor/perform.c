/* SPDX-License-Identifier: MIT */
#include "actor/perform.h"

#include "base/clock.h"
#include "stack/virtual_clock.h"
#include "verb/table.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Now, with what virtual time skipped since the case began. */
static uint64_t now_ns(const struct shared *shared)
{
    return clock_now_ns() + (uint64_t)atomic_load(&shared->ticks) * VIRTUAL_TICK_US * 1000;
}

/* What a stack tells that it has stored may be more than it was given room for: nobody looks behind
   that. What a long pattern brings goes through a window. */
static void stay_within(struct call *call)
{
    if (call->out.offset != 0 && call->made.key == 0 && call->size > call->out.size)
        call->size = call->out.size;
    if (call->from_size > sizeof call->from)
        call->from_size = sizeof call->from;
}

static int64_t dispatch(struct act *act)
{
    int64_t result = verb_table(act->call->verb)->perform(act);
    stay_within(act->call);
    return result;
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
    struct argument *first = verb_argument(&call->in, call->verb, 0);
    if (type == TYPE_DESCRIPTOR)
        first->number = fds[i];
    if (moves && i > 0)
        first->piece.offset += first->piece.size;
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
    act->call->in = whole.in;
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

/* A thread's number never changes, and who has performed forks none that performs. */
static pid_t own_tid(void)
{
    static _Thread_local pid_t tid;
    if (tid == 0)
        tid = gettid();
    return tid;
}

void perform(struct actor *actor, struct call *call)
{
    struct act act = {.actor = actor, .call = call, .stack = actor->stack};
    struct rlimit saved;
    limit(call, &saved);
    capabilities(call, false);
    atomic_store(&call->tid, own_tid());
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
