/* SPDX-License-Identifier: MIT */
#include "trial/settle.h"

#include "actor/asleep.h"
#include "base/clock.h"
#include "case/variant.h"
#include "trial/elsewhere.h"
#include "trial/hearing.h"
#include "trial/pending.h"
#include "trial/pulse.h"
#include "trial/weight.h"

#include "stack/ticked.h"
#include "stack/virtual_clock.h"

#include <sched.h>
#include <sys/epoll.h>
#include <sys/param.h>
#include <time.h>

/* What is carried before the clock is looked at again. The bound is generous: a thousand clients on
   a loaded machine have much to carry. */
enum { PUMP_LIMIT = 256, SETTLE_BOUND_US = 60000000 };

/* Processor time for a wait that takes no virtual time. */
enum { SPENT_BOUND_US = 1500000 };

/* Processor time for a stack in userspace to settle: one that polls shares it with the worker,
   whose clock hardly goes on meanwhile. */
enum { SETTLE_SPENT_US = 10000000 };

/* A packet that the kernel has just taken from a backlog shows nowhere until it has gone on; a
   second look follows. Where the worker has the processor that the kernel needs for that, nothing
   is on its way while it looks: it asks for the backlogs once, in the last round. Their file is
   the dearest of all that it looks at. */
enum { QUIET_ROUNDS = 2 };

/* The longest sleep: a call may have ended, or an actor have died, without an event. */
enum { LOOK_MS = 20 };

static int carry(struct trial *trial)
{
    return trial->stage->wire != NULL ? wire_pump(trial->stage->wire, PUMP_LIMIT) : 0;
}

int settle_pump(struct trial *trial)
{
    weight_look(trial);
    return carry(trial) + hearing_all(trial);
}

/* Some call may still end. */
static bool awaits(const struct trial *trial)
{
    bool open = false;
    for (int i = 0; i < OPEN_MAX && !open; i++)
        open = trial->calls.open[i].slot >= 0 && !trial->calls.open[i].ended;
    return open;
}

bool settle_blocked(const struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    if (verb_has(verb_get(call->verb),
                 VERB_PROGRAM)) /* a program is what it is: the wire says when all is still */
        return true;
    if (trial->stage->stack->command != NULL)
        return elsewhere_slept(trial, pending);
    if (trial->stage->stack->userspace)
        return !pending->ended && asleep_thread(pending->member->pid, atomic_load(&call->tid));
    return asleep(pending->member->pid, atomic_load(&call->tid), verb_get(call->verb), call->fd);
}

/* A stack in userspace, which works without any call being open: what it says itself, or else that
   its threads sleep. */
static bool stack_still(const struct cast *cast, int i)
{
    bool says = cast->stack->busy != NULL;
    return cast->member[i].pid <= 0 ||
           (says ? idle_ask(&cast->shared->idle[i]) : asleep_process(cast->member[i].pid));
}

/* The first of the cast whose stack works; NULL: none. */
static const struct member *at_work(const struct cast *cast)
{
    int i = 0;
    while (i < cast->count && stack_still(cast, i))
        i++;
    return i < cast->count ? &cast->member[i] : NULL;
}

static bool all_still(struct trial *trial)
{
    const struct stack *stack = trial->stage->stack;
    if (stack->command != NULL)
        return elsewhere_still(trial);
    bool still = !stack->userspace || at_work(&trial->stage->cast) == NULL;
    if (stack->userspace && stack->busy == NULL)
        return still;
    for (int i = 0; i < OPEN_MAX && still; i++)
        still = trial->calls.open[i].slot < 0 || trial->calls.open[i].ended ||
                settle_blocked(trial, &trial->calls.open[i]);
    return still;
}

/* A program runs where it likes. */
static bool on_one_processor(const struct trial *trial)
{
    return trial->stage->one_processor && !variant_runs_program(trial->variant, NULL);
}

/* Nothing moves and nothing waits; what was kept for reorder goes on when there is nothing else.
   Where no call is open an actor has nothing to say but its death, which one look finds. */
static bool quiet_now(struct trial *trial, bool last)
{
    trial->calls.awake = 0;
    bool backlogs = last || !on_one_processor(trial);
    bool quiet = settle_pump(trial) == 0 && all_still(trial) &&
                 (!backlogs || hosts_backlog_empty()) &&
                 (awaits(trial) ? settle_pump(trial) : carry(trial)) == 0;
    if (quiet && trial->stage->wire != NULL)
        quiet = wire_flush_reordered(trial->stage->wire) == 0;
    return quiet;
}

/* The processor time of the worker and its actors, which a machine that is busy with others does
   not spend, and a call that never ends does: what bounds a wait beside virtual time. */
static uint64_t spent_us(const struct trial *trial)
{
    const struct cast *cast = &trial->stage->cast;
    uint64_t spent = clock_ns(CLOCK_PROCESS_CPUTIME_ID) / 1000U;
    for (int i = 0; i < cast->count; i++) {
        clockid_t clock = 0;
        if (cast->member[i].pid > 0 && clock_getcpuclockid(cast->member[i].pid, &clock) == 0)
            spent += clock_ns(clock) / 1000U;
    }
    return spent;
}

/* Whose fault it was, as far as one more look tells. */
static void not_settled(struct trial *trial)
{
    const struct stack *stack = trial->stage->stack;
    const struct member *member = stack->userspace ? at_work(&trial->stage->cast) : NULL;
    const char *why = "calls neither end nor sleep, or packets keep coming";
    if (member != NULL && stack->busy != NULL)
        why = trial_text(trial, "the stack %s in %s says that something moves (busy)", stack->name,
                         member->name);
    else if (member != NULL)
        why = trial_text(trial,
                         "a thread of the stack %s in %s does not sleep; a stack that polls says "
                         "when nothing moves (busy, docs/YOUR-STACK.md)",
                         stack->name, member->name);
    trial_broken(trial, CODE_NOT_SETTLED, "the hosts did not settle: %s", why);
}

/* A stack in userspace has spent what it may since it was first found at work, which is noted. */
static bool overspent(const struct trial *trial, uint64_t *from_us)
{
    if (!trial->stage->stack->userspace)
        return false;
    uint64_t now = spent_us(trial);
    *from_us = *from_us != 0 ? *from_us : now;
    return now > *from_us && (double)(now - *from_us) > SETTLE_SPENT_US * trial->stage->slow_factor;
}

/* Before the next look. What is elsewhere is many threads to look at, which want the processor that
   a look takes. */
static void let_others(struct trial *trial)
{
    enum { REST_MS = 1 };
    struct epoll_event event;
    if (trial->stage->stack->command == NULL) {
        sched_yield();
    } else {
        pulse_rest(trial, REST_MS * UINT64_C(1000));
        epoll_wait(trial->stage->epoll, &event, 1, REST_MS);
    }
}

bool settle(struct trial *trial)
{
    uint64_t bound = pulse_us(trial) + (uint64_t)(SETTLE_BOUND_US * trial->stage->slow_factor);
    int rounds = 0;
    uint64_t from_us = 0;
    struct spin spin = {0};
    bool spins = false;
    bool over = false;
    while (rounds < QUIET_ROUNDS && !trial->calls.member_died && !over && !spins) {
        trial->calls.look = trial->calls.look || cast_shrank(&trial->stage->cast);
        bool quiet = quiet_now(trial, rounds == QUIET_ROUNDS - 1);
        rounds = quiet ? rounds + 1 : 0;
        spins = !quiet && elsewhere_spins(trial, &spin);
        over = !quiet && (pulse_past(trial, bound) || overspent(trial, &from_us));
        if (!quiet)
            let_others(trial);
    }
    bool still = rounds == QUIET_ROUNDS;
    if (!still && !trial->calls.member_died && !spins)
        not_settled(trial);
    return still;
}

static uint64_t real_us(struct trial *trial)
{
    return trial->stage->stack->virtual_time ? spent_us(trial) : pulse_us(trial);
}

struct until settle_until(struct trial *trial, uint64_t us)
{
    uint64_t bound = us;
    if (trial->stage->stack->virtual_time) /* even an idle tick costs something */
        bound = (uint64_t)((SPENT_BOUND_US + (double)us / 50) * trial->stage->slow_factor);
    return (struct until){.virtual_us = trial->judgement.log.skipped_us + us,
                          .real_us = real_us(trial) + bound};
}

bool settle_over(struct trial *trial, const struct until *until)
{
    bool virtual = trial->stage->stack->virtual_time;
    return virtual ? real_us(trial) >= until->real_us ||
                         trial->judgement.log.skipped_us >= until->virtual_us
                   : pulse_past(trial, until->real_us);
}

void settle_idle(struct trial *trial, const struct until *until)
{
    struct epoll_event event;
    uint64_t now = real_us(trial);
    uint64_t wait_us = until->real_us > now ? until->real_us - now : 0;
    int ms = wait_us < LOOK_MS * UINT64_C(1000) ? (int)((wait_us + 999) / 1000) : LOOK_MS;
    pulse_rest(trial, (uint64_t)ms * 1000);
    int count = epoll_wait(trial->stage->epoll, &event, 1, ms);
    /* Nothing for so long, or somebody hung up: an actor may be dead. */
    trial->calls.look = trial->calls.look || count != 1 || (event.events & EPOLLHUP) != 0;
}

/* --- virtual time --------------------------------------------------------------------------- */

/* Every process has done the work of the tick. */
static bool followed(const struct trial *trial)
{
    const struct cast *cast = &trial->stage->cast;
    const struct shared *shared = trial->stage->shared;
    uint32_t now = atomic_load(&shared->ticks);
    bool all = true;
    for (int i = 0; i < cast->count && all; i++)
        all = cast->member[i].pid <= 0 || atomic_load(&shared->done[i]) == now;
    return all;
}

/* What a timer did shows at once: as a packet, or as a call that it has woken. */
static bool stirred(struct trial *trial)
{
    bool woken = settle_pump(trial) > 0;
    for (int i = 0; i < OPEN_MAX && !woken; i++) {
        const struct pending *one = &trial->calls.open[i];
        if (one->slot >= 0 && !one->ended)
            woken = !asleep_thread(one->member->pid, atomic_load(&pending_call(trial, one)->tid));
    }
    return woken;
}

/* How far the clock may go at once: to what is due next, and not beyond the end of the wait. Only
   behind a tick that moved nothing: what a call or a packet before it has made due is told by then.
 */
static uint32_t leap(const struct trial *trial, const struct until *until)
{
    const struct shared *shared = trial->stage->shared;
    const struct cast *cast = &trial->stage->cast;
    uint64_t now = trial->judgement.log.skipped_us;
    uint64_t most = until->virtual_us > now ? (until->virtual_us - now) / VIRTUAL_TICK_US : 0;
    for (int i = 0; i < cast->count; i++)
        if (cast->member[i].pid > 0)
            most =
                MIN(most, ticked_left(atomic_load(&shared->due[i]), atomic_load(&shared->ticks)));
    return (uint32_t)MIN(MAX(most, UINT64_C(1)), (uint64_t)INT32_MAX);
}

/* So many ticks forward, their work done. */
static void tick(struct trial *trial, uint32_t count)
{
    uint64_t end = pulse_us(trial) + SETTLE_BOUND_US;
    virtual_clock_tick(&trial->stage->shared->ticks, count);
    while (!followed(trial) && !trial->calls.member_died && !pulse_past(trial, end)) {
        settle_pump(trial);
        sched_yield();
    }
    trial->judgement.log.skipped_us += (uint64_t)count * VIRTUAL_TICK_US;
    if (!followed(trial) && !trial->calls.member_died)
        trial_broken(trial, CODE_CLOCK_NOT_FOLLOWED,
                     "the stack's timers did not follow the virtual clock");
}

/* Between two full looks at all threads: enough for a tick that does nothing. */
enum { QUICK_TICKS = 16 };

bool settle_advance(struct trial *trial, const struct until *until)
{
    bool idle =
        trial->stage->stack->virtual_time && quiet_now(trial, false) && quiet_now(trial, true);
    for (int i = 0; i < QUICK_TICKS && idle && trial_good(trial) && !trial->calls.member_died &&
                    !settle_over(trial, until);
         i++) {
        tick(trial, i == 0 ? 1 : leap(trial, until));
        idle = !stirred(trial);
    }
    if (trial->stage->stack->virtual_time)
        sched_yield();
    return trial->stage->stack->virtual_time;
}

/* No program of the case is about to send what could overtake a packet. */
static bool programs_asleep(const struct trial *trial)
{
    bool all = hosts_backlog_empty();
    for (int i = 0; i < OPEN_MAX && all; i++) {
        const struct pending *one = &trial->calls.open[i];
        const struct call *call = one->slot >= 0 && !one->ended ? pending_call(trial, one) : NULL;
        all = call == NULL || !verb_has(verb_get(call->verb), VERB_PROGRAM) ||
              asleep_family(atomic_load(&call->program));
    }
    return all;
}

/* When nothing moves, packets kept for reorder have nobody to overtake them: they go on, at once or
   when the programs have gone to sleep, which no event tells. */
static void let_overtaken_go(struct trial *trial, const struct pending *pending,
                             const struct until *until)
{
    enum { LOOK_US = 1000 };
    bool keeps = trial->stage->wire != NULL && wire_keeps(trial->stage->wire);
    struct until soon = settle_until(trial, LOOK_US);
    if (!keeps)
        settle_idle(trial, until);
    else if (!settle_blocked(trial, pending) || !programs_asleep(trial))
        settle_idle(trial, &soon);
    else if (settle_pump(trial) == 0 && wire_flush_reordered(trial->stage->wire) == 0)
        settle_idle(trial, until);
}

bool settle_wait(struct trial *trial, struct pending *pending, uint64_t deadline_us)
{
    struct until until = settle_until(trial, deadline_us);
    while (!pending->ended && !trial->calls.member_died && !trial->seen.storm &&
           !trial->weight.too_much && !settle_over(trial, &until)) {
        if (settle_pump(trial) == 0 && !pending->ended && !trial->calls.member_died) {
            if (!settle_advance(trial, &until))
                let_overtaken_go(trial, pending, &until);
        }
    }
    return pending->ended;
}
