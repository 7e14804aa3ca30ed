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

/* What one of several processes that share a processor has waited for others than these. */
static uint64_t waited(struct starved one, uint64_t all_ran_us)
{
    uint64_t own_us = all_ran_us - one.ran_us;
    return one.waited_us > own_us ? one.waited_us - own_us : 0;
}

/* What a process has run and waited since the case began, or since it did. */
static struct starved since(int fd, struct starved then)
{
    struct starved now = starved_read(fd);
    bool told = now.ran_us >= then.ran_us && now.waited_us >= then.waited_us; /* not when gone */
    return told ? (struct starved){now.ran_us - then.ran_us, now.waited_us - then.waited_us}
                : (struct starved){0, 0};
}

/* What the worker and its actors have starved since the case began. Only what they have run since
   then is taken off: what one ran before kept nobody waiting here. */
static uint64_t starved_us(const struct trial *trial)
{
    const struct cast *cast = &trial->stage->cast;
    const struct pulse *pulse = &trial->pulse;
    struct starved all[ACTOR_MAX + 1];
    size_t count = 0;
    uint64_t ran_us = 0;
    uint64_t sum_us = 0;
    all[count++] = since(trial->stage->starved, pulse->then);
    for (int i = 0; i < cast->count; i++) {
        const struct member *one = &cast->member[i];
        bool same = one->pid == pulse->member[i].pid;
        if (one->pid > 0)
            all[count++] =
                since(one->starved, same ? pulse->member[i].then : (struct starved){0, 0});
    }
    for (size_t i = 0; i < count; i++)
        ran_us += all[i].ran_us;
    for (size_t i = 0; i < count; i++)
        sum_us += waited(all[i], ran_us);
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
                                  .sampled_us = now_us,
                                  .own = own(trial)};
    trial->pulse.then = trial->pulse.own;
    for (int i = 0; i < cast->count; i++)
        trial->pulse.member[i] =
            (struct origin){cast->member[i].pid, starved_read(cast->member[i].starved)};
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
