/* SPDX-License-Identifier: MIT */
#include "engine/pool.h"

#include "base/clock.h"
#include "engine/ending.h"
#include "engine/guestwork.h"
#include "engine/lane.h"
#include "engine/retry.h"
#include "engine/watch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Theory of operation. The supervisor is one thread around one epoll: the control sockets of
 * the workers, the pipes of a guest, and a signalfd. An idle lane is given the next job of its
 * place (wire or loopback), of its own candidate as long as there is one: then its worker, whose
 * actors use one stack for their whole lives, makes room for another. Guests do their jobs beside
 * the lanes (guestwork.h).
 *
 * Much of the suite is waiting, for a retransmission, for a timeout: there are more workers than
 * processors. But cases that do not wait only get into each other's way: no more than a few are
 * given out at once, where nobody said how many.
 */
enum { WORKERS_PER_CPU = 4, BUSY_PER_CPU = 2 };

/* Workers tried in a lane, one after the other, before it is closed. */
enum { UNBUILT_TRIES = 3 };

/* The supervisor looks at the clock at least so often; when that comes much later, it was stopped.
 */
enum { BEAT_MS = 1000, LATE_US = 200000 };

struct pool {
    struct work work;
    struct lanes lanes;
    struct guestwork guestwork;
    int busy_most;  /* jobs that may run and not wait */
    bool held_back; /* a lane is idle for that reason */
    int watch, signals;
    const char *ended; /* from outside: why, in words; or NULL */
    char *answer;
};

/* --- giving jobs out ---------------------------------------------------------------------------
 */

/* The next job for a lane; of another candidate, with its worker ended, when its own has none. */
static struct job *job_for(struct pool *pool, struct lane *lane)
{
    struct work *work = &pool->work;
    struct job *job = jobs_next(&work->jobs, lane->candidate, lane->on_wire);
    for (int i = 0; i < work->run->config->stack_count && job == NULL; i++) {
        job = work_in_guest(work, i) ? NULL : jobs_next(&work->jobs, i, lane->on_wire);
        if (job != NULL && lane->pid > 0)
            lane_end(&pool->lanes, lane, 0);
        if (job != NULL)
            lane->candidate = i;
    }
    return job;
}

static void give(struct pool *pool, struct lane *lane, struct job *job)
{
    bool starts = lane->pid == 0;
    if (starts && !lane_start(&pool->lanes, lane, &pool->work)) {
        char why[128];
        snprintf(why, sizeof why, "no worker process could be made: %s", strerror(errno));
        work_break(&pool->work, job, CODE_NO_WORKER, why, NULL);
        return;
    }
    if (!lane_give(lane, &pool->work, job, starts))
        lane_lost(&pool->lanes, lane, &pool->work, "the worker could not be asked (send)");
}

static int lanes_given(const struct lanes *lanes)
{
    int given = 0;
    for (int i = 0; i < lanes->count; i++)
        given += lanes->all[i].job != NULL;
    return given;
}

/* Jobs that are to be done again, alone, have their turn when there are no others; at once, where
   the first failure is to end the run. */
static bool is_time_for_again(const struct pool *pool)
{
    const struct work *work = &pool->work;
    size_t others = work->left - work->put_by;
    return work->put_by > 0 &&
           (work->run->config->stop_at_first || others == (size_t)lanes_given(&pool->lanes));
}

/* Gives one job that is to be done again to a lane of its place, when no other job is being done.
 */
static void deal_again(struct pool *pool)
{
    struct lane *lane = NULL;
    struct job *job = lanes_given(&pool->lanes) == 0 ? jobs_next_again(&pool->work.jobs) : NULL;
    if (job == NULL)
        return;
    pool->work.put_by--;
    for (int i = 0; i < pool->lanes.count && lane == NULL; i++)
        if (!pool->lanes.all[i].closed && pool->lanes.all[i].on_wire == job->on_wire)
            lane = &pool->lanes.all[i];
    if (lane == NULL) {
        work_break(&pool->work, job, CODE_NO_WORKER, "no worker is left to try it again", NULL);
        return;
    }
    if (lane->pid > 0 && lane->candidate != job->candidate)
        lane_end(&pool->lanes, lane, 0);
    lane->candidate = job->candidate;
    give(pool, lane, job);
}

/* Gives jobs to idle lanes, as long as not too many are busy. */
static void deal_all(struct pool *pool)
{
    int room = pool->busy_most - lanes_busy(&pool->lanes);
    pool->held_back = false;
    for (int i = 0; i < pool->lanes.count; i++) {
        struct lane *lane = &pool->lanes.all[i];
        if (lane->job != NULL || lane->closed)
            continue;
        pool->held_back = pool->held_back || room <= 0;
        struct job *job = room > 0 ? job_for(pool, lane) : NULL;
        if (job != NULL)
            give(pool, lane, job);
        room -= lane->job != NULL;
    }
}

/* A job that is done again is alone. */
static bool does_again(const struct lanes *lanes)
{
    bool does = false;
    for (int i = 0; i < lanes->count && !does; i++)
        does = lanes->all[i].job != NULL && lanes->all[i].job->tries > 0;
    return does;
}

static void deal(struct pool *pool)
{
    if (does_again(&pool->lanes))
        return;
    if (is_time_for_again(pool))
        deal_again(pool);
    else
        deal_all(pool);
}

/* --- taking answers in ---------------------------------------------------------------------------
 */

/* Whether a lane is left that does jobs of a place. */
static bool has_lane(const struct pool *pool, bool on_wire)
{
    bool has = false;
    for (int i = 0; i < pool->lanes.count && !has; i++)
        has = pool->lanes.all[i].on_wire == on_wire && !pool->lanes.all[i].closed;
    return has;
}

/* What no lane can do is broken. */
static void break_left(struct pool *pool, bool on_wire, enum code code, const char *why)
{
    struct job *job = NULL;
    while ((job = jobs_next_anywhere(&pool->work.jobs, on_wire)) != NULL)
        work_break(&pool->work, job, code, why, NULL);
}

/* Closes a lane; the others do what it would have done. */
static void close_lane(struct pool *pool, struct lane *lane, struct job *job, const char *why)
{
    lane->closed = true;
    jobs_put_back(&pool->work.jobs, job);
    bool others = has_lane(pool, lane->on_wire);
    fprintf(stderr, "sockproof: %s; %s\n", why,
            others ? "the run goes on with a worker less" : "no worker is left");
    if (!others)
        break_left(pool, lane->on_wire, CODE_NO_HOSTS, why);
}

/* A worker that could not be set up judged nothing, and would not judge what comes after: another
   takes its place. False when the answer is one. */
static bool replaced(struct pool *pool, struct lane *lane, struct job *job, const json_t *result)
{
    const char *why = json_string_value(json_object_get(result, "unbuilt"));
    lane->unbuilt = why != NULL ? lane->unbuilt + 1 : 0;
    if (why == NULL)
        return false;
    lane_end(&pool->lanes, lane, 0);
    if (lane->unbuilt == UNBUILT_TRIES) {
        close_lane(pool, lane, job, why);
    } else {
        fprintf(stderr, "sockproof: %s; another worker is tried\n", why);
        give(pool, lane, job);
    }
    return true;
}

/* Takes "spent" out of an answer: a case has left the worker's hosts otherwise than it found them,
   and the next one is to have others. */
static bool take_spent(json_t *result)
{
    bool spent = json_object_get(result, "spent") != NULL;
    json_object_del(result, "spent");
    return spent;
}

/* A lane without a worker has nothing to say: what was heard of it came together with its end. */
static void take_answer(struct pool *pool, struct lane *lane)
{
    if (lane->pid <= 0)
        return;
    ssize_t size = recv(lane->control, pool->answer, ANSWER_MAX, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size < 0 && errno != ECONNRESET) {
        lane_lost(&pool->lanes, lane, &pool->work, "the worker could not be heard (recv)");
        return;
    }
    json_t *result = size > 0 ? json_loadb(pool->answer, (size_t)size, 0, NULL) : NULL;
    struct job *job = lane->job;
    if (result == NULL || job == NULL) {
        json_decref(result);
        lane_died(&pool->lanes, lane, &pool->work);
        return;
    }
    lane->job = NULL;
    if (replaced(pool, lane, job, result)) {
        json_decref(result);
        return;
    }
    if (take_spent(result))
        lane_end(&pool->lanes, lane, 0);
    retry_answer(&pool->work, job, result, lane->report);
}

/* --- waiting -------------------------------------------------------------------------------------
 */

/* When a lane with a job is to be looked at, if it says nothing before. */
static uint64_t next_of(const struct pool *pool, const struct lane *lane, uint64_t now)
{
    return pool->held_back && lane->waits_us > now ? MIN(lane->waits_us, lane->deadline_us)
                                                   : lane->deadline_us;
}

static int until_next_deadline(const struct pool *pool)
{
    uint64_t now = clock_now_us();
    uint64_t first = guestwork_deadline_us(&pool->guestwork);
    for (int i = 0; i < pool->lanes.count; i++)
        if (pool->lanes.all[i].job != NULL)
            first = MIN(first, next_of(pool, &pool->lanes.all[i], now));
    return first == UINT64_MAX ? -1 : first <= now ? 0 : (int)((first - now + 999) / 1000);
}

static void take(struct pool *pool, const struct happening *happening)
{
    switch (happening->source) {
    case SOURCE_SIGNALS:
        pool->ended = ending_reason(pool->signals);
        break;
    case SOURCE_LANE:
        take_answer(pool, &pool->lanes.all[happening->number]);
        break;
    case SOURCE_CONSOLE:
        guestwork_hear(&pool->guestwork);
        break;
    case SOURCE_STREAM:
        guestwork_take(&pool->guestwork, &pool->work);
        break;
    }
}

/* The worker has not answered in time. One that was stopped did not hang. */
static void end_lane(struct pool *pool, struct lane *lane)
{
    struct job *job = lane->job;
    if (lane_put_off(lane))
        return;
    if (lane_stopped(lane) && retry_stopped(&pool->work, job)) {
        lane->job = NULL;
        lane_end(&pool->lanes, lane, SIGKILL);
    } else {
        lane_hangs(&pool->lanes, lane, &pool->work);
    }
}

static void end_late(struct pool *pool)
{
    uint64_t now = clock_now_us();
    for (int i = 0; i < pool->lanes.count; i++)
        if (pool->lanes.all[i].job != NULL && pool->lanes.all[i].deadline_us <= now)
            end_lane(pool, &pool->lanes.all[i]);
    if (guestwork_deadline_us(&pool->guestwork) <= now)
        guestwork_silent(&pool->guestwork, &pool->work);
}

static void serve(struct pool *pool)
{
    struct happening happenings[WATCH_MOST];
    int next_ms = until_next_deadline(pool);
    int wait_ms = next_ms < 0 || next_ms > BEAT_MS ? BEAT_MS : next_ms;
    uint64_t due_us = clock_now_us() + (uint64_t)wait_ms * 1000;
    int count = watch_wait(pool->watch, wait_ms, happenings);
    uint64_t now_us = clock_now_us();
    if (now_us > due_us + LATE_US) { /* the machine stood still: nobody's time has passed */
        lanes_put_off(&pool->lanes, now_us - due_us);
        guestwork_put_off(&pool->guestwork, now_us - due_us);
    }
    for (int i = 0; i < count; i++)
        take(pool, &happenings[i]);
    end_late(pool);
}

/* --- the whole ---------------------------------------------------------------------------------
 */

static void run_all(struct pool *pool)
{
    while (pool->work.left > 0 && !pool->work.stopped && pool->ended == NULL) {
        guestwork_start(&pool->guestwork, &pool->work);
        deal(pool);
        if (pool->work.left > 0)
            serve(pool);
    }
}

static bool open_pool(struct pool *pool)
{
    signal(SIGPIPE, SIG_IGN); /* a reader of standard output that left does not end the run */
    pool->signals = ending_open();
    pool->watch = watch_open();
    pool->answer = malloc(ANSWER_MAX);
    return pool->signals >= 0 && pool->watch >= 0 && pool->answer != NULL &&
           watch_add(pool->watch, pool->signals, SOURCE_SIGNALS, 0);
}

static void open_lanes(struct pool *pool, int asked)
{
    int processors = (int)sysconf(_SC_NPROCESSORS_ONLN);
    int workers = asked > 0 ? asked : WORKERS_PER_CPU * processors;
    pool->busy_most = asked > 0 ? LANE_MAX : BUSY_PER_CPU * processors;
    for (int wire = 1; wire >= 0; wire--) {
        lanes_open(&pool->lanes, &pool->work, wire, workers);
        if (jobs_waiting(&pool->work.jobs, wire) > 0 && !has_lane(pool, wire))
            break_left(pool, wire, CODE_NO_WORKER, "there is no memory for a worker");
    }
}

static void run_whole(struct pool *pool, int workers)
{
    lanes_begin(&pool->lanes, pool->watch, &pool->guestwork.guest.pid);
    guestwork_begin(&pool->guestwork, pool->watch);
    open_lanes(pool, workers);
    run_all(pool);
    guestwork_end(&pool->guestwork);
    lanes_end(&pool->lanes);
}

/* The supervisor itself lacks something, by errno. */
static void break_all(struct pool *pool)
{
    char why[160];
    snprintf(why, sizeof why, "the supervisor could not be set up: %s", strerror(errno));
    fprintf(stderr, "sockproof: %s\n", why);
    break_left(pool, true, CODE_SHORTAGE, why);
    break_left(pool, false, CODE_SHORTAGE, why);
}

bool pool_run(const struct run *run, struct record *record)
{
    static struct pool pool;
    pool = (struct pool){0};
    work_open(&pool.work, run, record);
    if (open_pool(&pool))
        run_whole(&pool, run->config->workers);
    else
        break_all(&pool);
    work_close(&pool.work, pool.ended != NULL ? pool.ended : "an earlier variant ended the run");
    free(pool.answer);
    close(pool.signals);
    close(pool.watch);
    return pool.ended == NULL;
}
