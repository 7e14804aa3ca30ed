/* SPDX-License-Identifier: MIT */
#include "trial/pulse.h"

#include "base/clock.h"

/* A beat may be late by so much. A case that has starved for so long, and for that part of its
   time, may have missed a time of its own. What the worker has run is read no more often than that:
   so much of a delay may stay unnoticed. */
enum { LATE_US = 10000, STARVED_US = 15000, STARVED_PART = 20, SAMPLE_US = 5000 };
/* Between two clocks that run alike there may be so much, and that part: they are not asked at
   once. */
enum { APART_US = 5000, APART_PART = 50 };

/* So many threads of an actor are looked at: each takes time to read. */
enum { THREADS_MAX = 64, ALL_MAX = 256 };

/* All that share a processor with the worker, itself included. */
struct sharers {
    struct starved all[ALL_MAX];
    size_t count;
};

static void add(struct sharers *sharers, struct starved one)
{
    if (sharers->count < ALL_MAX)
        sharers->all[sharers->count++] = one;
}

/* What one of several threads that share a processor has waited for others than these. */
static uint64_t waited(struct starved one, uint64_t all_ran_us)
{
    uint64_t own_us = all_ran_us - one.ran_us;
    return one.waited_us > own_us ? one.waited_us - own_us : 0;
}

/* What was run and waited from then to now; nothing where it has become less: who told is gone. */
static struct starved between(struct starved then, struct starved now)
{
    bool told = now.ran_us >= then.ran_us && now.waited_us >= then.waited_us;
    return told ? (struct starved){now.ran_us - then.ran_us, now.waited_us - then.waited_us}
                : (struct starved){0, 0};
}

/* The threads of an actor's calls that have ended, together. */
static struct starved ended(const struct trial *trial, int actor)
{
    struct shared *shared = trial->stage->shared;
    return (struct starved){atomic_load(&shared->ran_us[actor]),
                            atomic_load(&shared->waited_us[actor])};
}

/* Its first thread, those of calls that are open, and those of calls that have ended. */
static void add_actor(const struct trial *trial, int actor, struct sharers *sharers)
{
    const struct member *one = &trial->stage->cast.member[actor];
    const struct origin *origin = &trial->pulse.member[actor];
    static const struct origin none;
    struct starved threads[THREADS_MAX];
    if (one->pid != origin->pid)
        origin = &none;
    add(sharers, between(origin->then, starved_read(one->starved)));
    struct starved over = between(origin->ended, ended(trial, actor));
    add(sharers, (struct starved){over.ran_us, 0});
    add(sharers,
        (struct starved){0, over.waited_us}); /* for each other, too, which is not counted */
    size_t count = starved_threads(one->pid, trial->pulse.tick, threads, THREADS_MAX);
    for (size_t i = 0; i < count; i++)
        add(sharers, threads[i]);
}

/* What the worker and its actors have starved since the case began. Only what they have run since
   then is taken off: what one ran before kept nobody waiting here. */
static uint64_t starved_us(const struct trial *trial)
{
    const struct cast *cast = &trial->stage->cast;
    struct sharers sharers = {.count = 0};
    uint64_t ran_us = 0;
    uint64_t sum_us = 0;
    add(&sharers, between(trial->pulse.then, starved_read(trial->stage->starved)));
    for (int i = 0; i < cast->count; i++)
        if (cast->member[i].pid > 0)
            add_actor(trial, i, &sharers);
    for (size_t i = 0; i < sharers.count; i++)
        ran_us += sharers.all[i].ran_us;
    for (size_t i = 0; i < sharers.count; i++)
        sum_us += waited(sharers.all[i], ran_us);
    return sum_us;
}

static void look(struct trial *trial)
{
    struct pulse *pulse = &trial->pulse;
    uint64_t now_us = starved_us(trial);
    /* An actor that has ended takes its count along. */
    pulse->starved_us = now_us > pulse->starved_us ? now_us : pulse->starved_us;
}

/* What the worker has run and waited; where the kernel tells nothing, what it has run. */
static struct starved own(const struct trial *trial)
{
    struct starved now = starved_read(trial->stage->starved);
    if (trial->stage->starved < 0)
        now.ran_us = clock_ns(CLOCK_PROCESS_CPUTIME_ID) / 1000;
    return now;
}

void pulse_begin(struct trial *trial)
{
    const struct cast *cast = &trial->stage->cast;
    uint64_t now_us = clock_now_us();
    uint64_t told_us = clock_told_ns() / 1000;
    trial->pulse = (struct pulse){.beat_us = now_us,
                                  .begun_us = now_us,
                                  .told_us = told_us,
                                  .asked_us = clock_now_us(),
                                  .tick = starved_tick(),
                                  .sampled_us = now_us,
                                  .own = own(trial)};
    trial->pulse.then = trial->pulse.own;
    for (int i = 0; i < cast->count; i++)
        trial->pulse.member[i] = (struct origin){
            cast->member[i].pid, starved_read(cast->member[i].starved), ended(trial, i)};
}

/* What of a delay the worker has neither run nor waited for a processor, it stood still. */
static void account(struct trial *trial, uint64_t late_us)
{
    struct pulse *pulse = &trial->pulse;
    struct starved now = own(trial);
    uint64_t awake_us = now.ran_us - pulse->own.ran_us + now.waited_us - pulse->own.waited_us;
    if (late_us > awake_us && late_us - awake_us >= LATE_US)
        pulse->stood_us += late_us - awake_us;
    pulse->own = now;
    pulse->sampled_us = pulse->beat_us;
}

static void beat(struct trial *trial)
{
    struct pulse *pulse = &trial->pulse;
    uint64_t now_us = clock_now_us();
    uint64_t due_us = pulse->due_us > pulse->beat_us ? pulse->due_us : pulse->beat_us;
    uint64_t late_us = now_us > due_us ? now_us - due_us : 0;
    pulse->beat_us = now_us;
    pulse->due_us = 0;
    if (now_us - pulse->sampled_us >= SAMPLE_US)
        account(trial, late_us);
}

/* By the clock, at the last beat. */
static uint64_t passed_us(const struct trial *trial)
{
    return trial->pulse.beat_us - trial->judgement.log.start_ns / 1000;
}

uint64_t pulse_us(struct trial *trial)
{
    const struct pulse *pulse = &trial->pulse;
    beat(trial);
    uint64_t lost_us = pulse->stood_us + pulse->starved_us;
    return passed_us(trial) > lost_us ? passed_us(trial) - lost_us : 0;
}

void pulse_rest(struct trial *trial, uint64_t us)
{
    trial->pulse.due_us = trial->pulse.beat_us + us;
}

bool pulse_past(struct trial *trial, uint64_t end_us)
{
    if (pulse_us(trial) < end_us)
        return false;
    look(trial);
    return pulse_us(trial) >= end_us;
}

json_t *pulse_disturbed(struct trial *trial)
{
    const struct pulse *pulse = &trial->pulse;
    bool stopped = cast_stopped(&trial->stage->cast);
    /* Of one that stops itself whenever it is tried, that is the finding. */
    bool stood =
        pulse->stood_us > 0 || (stopped && trial->judgement.failure.code != CODE_STACK_CRASHED);
    beat(trial);
    look(trial);
    const char *why = NULL;
    if (pulse->stood_us > 0)
        why = "the machine or the worker stood still";
    else if (stopped)
        why = "an actor was stopped";
    else if (pulse->starved_us >= STARVED_US + passed_us(trial) / STARVED_PART)
        why = "the machine gave it no processor";
    return why != NULL ? json_pack("{s:s, s:b}", "why", why, "stood", stood) : NULL;
}

bool pulse_clocks_differ(const struct trial *trial, int64_t *told_us, int64_t *passed)
{
    /* The library is asked between two looks at the kernel's, now and when the case began: what
       passes between these is nobody's. */
    int64_t first = (int64_t)(clock_now_us() - trial->pulse.asked_us);
    *told_us = (int64_t)(clock_told_ns() / 1000 - trial->pulse.told_us);
    *passed = (int64_t)(clock_now_us() - trial->pulse.begun_us);
    int64_t apart = APART_US + *passed / APART_PART;
    return *told_us < first - apart || *told_us > *passed + apart;
}
