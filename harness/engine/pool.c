#include "engine/pool.h"

#include "base/clock.h"
#include "engine/ending.h"
#include "engine/guest.h"
#include "engine/jobs.h"
#include "trial/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/param.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * Theory of operation. The supervisor is one thread around one epoll: the control sockets of
 * the workers, the pipes of a guest, and a signalfd. A lane is a place for one worker. An idle lane
 * is given the next job of its place (wire or loopback), of its own candidate as long as there is
 * one: then its worker, whose actors use one stack for their whole lives, makes room for another.
 * The answer frees a lane. A worker that dies, or does not answer within the case limit, is
 * recorded against the job that it had, and its lane starts another.
 *
 * A guest is given all jobs of its candidate at once and deals them out itself; one guest runs at a
 * time, beside the lanes. What it did not answer when it ends is broken.
 */
enum { LANE_MAX = 65, ANSWER_MAX = 1 << 20, EVENTS = 32 };
/* Much of the suite is waiting, for a retransmission, for a timeout: there are more workers than
   processors. But cases that do not wait only get into each other's way: no more than a few are
   given out at once, where nobody said how many. One that has run for so long waits; the first of a
   worker has its hosts to be made. */
enum { WORKERS_PER_CPU = 4, BUSY_PER_CPU = 2, WAITING_US = 10000, STARTING_US = 100000 };

/* Workers tried in a lane, one after the other, before it is closed. */
enum { UNBUILT_TRIES = 3 };

/* Who an event of the epoll is for. */
enum source { SOURCE_SIGNALS, SOURCE_LANE, SOURCE_CONSOLE, SOURCE_STREAM };

struct lane {
    enum source source; /* first: what epoll hands back points here */
    int number;
    int candidate;
    bool on_wire;
    pid_t pid; /* 0: no worker */
    int control;
    struct report *report;
    struct job *job;   /* NULL: idle */
    int unbuilt;       /* workers that could not be set up, since one last was */
    bool closed;       /* no worker of it could */
    uint64_t waits_us; /* from when on its job is taken to wait */
    uint64_t deadline_us;
};

struct pool {
    const struct pool_order *order;
    struct record *record;
    struct jobs jobs;
    size_t left;
    struct lane lanes[LANE_MAX];
    int lane_count;
    int busy_most;  /* jobs that may run and not wait */
    bool held_back; /* a lane is idle for that reason */
    struct guest guest;
    int guest_at;                                   /* its candidate */
    enum source signals_are, console_is, stream_is; /* for epoll to point to */
    int epoll, signals;
    bool stopped;
    const char *ended; /* from outside: why, in words; or NULL */
    char *answer;
};

static struct ran ran_of(const struct pool *pool, const struct job *job)
{
    return (struct ran){&pool->order->candidates[job->candidate], jobs_variant(&pool->jobs, job),
                        job->repeat, job->on_wire};
}

static void tick_off(struct pool *pool, struct job *job, enum verdict verdict)
{
    bool good = verdict != VERDICT_FAIL && verdict != VERDICT_BROKEN;
    job->done = true;
    pool->left--;
    pool->stopped = pool->stopped || (!good && pool->order->config->stop_at_first);
}

static void finish(struct pool *pool, struct job *job, json_t *result, const struct report *report)
{
    struct ran ran = ran_of(pool, job);
    tick_off(pool, job, record_add(pool->record, &ran, result, report));
}

static void finish_as(struct pool *pool, struct job *job, const char *verdict, const char *reason,
                      const struct report *report)
{
    finish(pool, job, json_pack("{s:s, s:s}", "verdict", verdict, "reason", reason), report);
}

/* --- jobs -------------------------------------------------------------------------------- */

static bool is_guest(const struct pool *pool, int candidate)
{
    return pool->order->candidates[candidate].stack == NULL;
}

static bool wanted(const struct pool *pool, size_t variant, int candidate)
{
    const struct pool_order *order = pool->order;
    return order->config->stack_given ? suite_wants(order->suite, variant, candidate)
                                      : candidates_want(order->candidates, order->config, candidate,
                                                        order->suite->variants[variant]);
}

/* One candidate's jobs of one repeat. A guest finds out itself where its variants can run. */
static void make_round(struct pool *pool, int candidate, int repeat)
{
    char text[512];
    struct places where_to = {pool->order->config->place, pool->order->wire, pool->record->no_wire};
    for (size_t i = 0; i < pool->order->suite->variant_count; i++) {
        if (!wanted(pool, i, candidate))
            continue;
        struct job *job = jobs_add(&pool->jobs, (struct job){.candidate = candidate,
                                                             .in_guest = is_guest(pool, candidate),
                                                             .variant = (int)i,
                                                             .repeat = repeat});
        pool->left++;
        const struct candidate *on = &pool->order->candidates[candidate];
        const struct variant *variant = jobs_variant(&pool->jobs, job);
        const char *skip = variant->skip;
        if (skip == NULL && is_guest(pool, candidate))
            skip = candidate_lacks(on, variant, text, sizeof text);
        else if (skip == NULL)
            skip = candidate_placed(on, variant, &where_to, &job->on_wire, text, sizeof text);
        if (skip != NULL)
            finish_as(pool, job, "skip", skip, NULL);
    }
}

static void make_jobs(struct pool *pool)
{
    int repeats = pool->order->config->repeat;
    int candidates = pool->order->config->stack_count;
    bool good = jobs_open(&pool->jobs, pool->order->suite,
                          pool->order->suite->variant_count * (size_t)repeats * (size_t)candidates);
    for (int candidate = 0; candidate < candidates && good; candidate++)
        for (int repeat = 0; repeat < repeats; repeat++)
            make_round(pool, candidate, repeat);
}

/* --- lanes ------------------------------------------------------------------------------- */

static _Noreturn void become_worker(const struct pool *pool, const struct lane *lane, int control)
{
    const struct pool_order *order = pool->order;
    struct worker worker = {.number = lane->number,
                            .control = control,
                            .on_wire = lane->on_wire,
                            .stack = order->candidates[lane->candidate].stack,
                            .lie = order->lie,
                            .profile = &order->candidates[lane->candidate].settings.profile,
                            .catalogue = order->suite->catalogue,
                            .variants = order->suite->variants,
                            .report = lane->report,
                            .seed = order->config->seed,
                            .slow_factor = order->config->slow_factor,
                            .capture = order->config->capture,
                            .recording = order->config->exec.record,
                            .report_folder = order->config->report,
                            .root = order->config->root};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    worker_serve(&worker);
}

static bool start_worker(struct pool *pool, struct lane *lane)
{
    int ends[2];
    int buffer = ANSWER_MAX;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return false;
    setsockopt(ends[0], SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < pool->lane_count; i++)
            if (pool->lanes[i].pid > 0)
                close(pool->lanes[i].control);
        close(ends[0]);
        become_worker(pool, lane, ends[1]);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return false;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = lane};
    lane->pid = pid;
    lane->control = ends[0];
    epoll_ctl(pool->epoll, EPOLL_CTL_ADD, lane->control, &event);
    return true;
}

/* Ends a worker and all its actors; returns its wait status. */
static int end_worker(struct lane *lane, int signal_number)
{
    int status = 0;
    if (signal_number != 0) {
        kill(-lane->pid, signal_number);
        kill(lane->pid, signal_number);
    }
    close(lane->control);
    while (waitpid(lane->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    kill(-lane->pid, SIGKILL); /* actors that outlived it */
    lane->pid = 0;
    return status;
}

/* The next job for a lane; of another candidate, with its worker ended, when its own has none. */
static struct job *job_for(struct pool *pool, struct lane *lane)
{
    struct job *job = jobs_next(&pool->jobs, lane->candidate, lane->on_wire);
    for (int i = 0; i < pool->order->config->stack_count && job == NULL; i++) {
        job = is_guest(pool, i) ? NULL : jobs_next(&pool->jobs, i, lane->on_wire);
        if (job != NULL && lane->pid > 0)
            end_worker(lane, 0);
        if (job != NULL)
            lane->candidate = i;
    }
    return job;
}

static void give(struct pool *pool, struct lane *lane, struct job *job)
{
    bool starts = lane->pid == 0;
    if (starts && !start_worker(pool, lane)) {
        finish_as(pool, job, "broken", "no worker process could be made", NULL);
        return;
    }
    struct order order = {job->variant, job->repeat};
    atomic_store(&lane->report->used, 0);
    atomic_store(&lane->report->step, 0);
    lane->job = job;
    lane->waits_us = clock_now_us() + (starts ? STARTING_US : WAITING_US);
    lane->deadline_us = clock_now_us() + (uint64_t)((double)pool->order->config->case_limit * 1e6 *
                                                    pool->order->config->slow_factor);
    /* A worker that died while idle shows as an end of file, which is handled like any death. */
    send(lane->control, &order, sizeof order, MSG_NOSIGNAL);
}

static void open_lanes(struct pool *pool, bool on_wire, int most)
{
    size_t jobs = jobs_waiting(&pool->jobs, on_wire);
    for (int i = 0; i < most && (size_t)i < jobs && pool->lane_count < LANE_MAX; i++) {
        struct lane *lane = &pool->lanes[pool->lane_count];
        *lane = (struct lane){.source = SOURCE_LANE,
                              .number = pool->lane_count,
                              .on_wire = on_wire,
                              .report = report_new()};
        if (lane->report != NULL)
            pool->lane_count++;
    }
}

/* --- what happens -------------------------------------------------------------------------- */

static void where(const struct pool *pool, const struct lane *lane, char *text, size_t size)
{
    const struct variant *variant = jobs_variant(&pool->jobs, lane->job);
    int step = atomic_load(&lane->report->step);
    if (step >= 1 && (size_t)step <= variant->step_count)
        snprintf(text, size, "during step %d: %s", step, variant->steps[step - 1].source);
    else
        snprintf(text, size, "during set-up");
}

static void worker_died(struct pool *pool, struct lane *lane)
{
    char reason[1024];
    char place[768];
    struct job *job = lane->job;
    if (job != NULL)
        where(pool, lane, place, sizeof place);
    int status = end_worker(lane, 0);
    if (job == NULL)
        return;
    if (WIFSIGNALED(status))
        snprintf(reason, sizeof reason, "the worker was ended by SIG%s %s",
                 sigabbrev_np(WTERMSIG(status)), place);
    else
        snprintf(reason, sizeof reason, "the worker ended with exit status %d %s",
                 WEXITSTATUS(status), place);
    lane->job = NULL;
    finish_as(pool, job, "broken", reason, lane->report);
}

static void worker_hangs(struct pool *pool, struct lane *lane)
{
    char reason[1024];
    char place[768];
    struct job *job = lane->job;
    where(pool, lane, place, sizeof place);
    end_worker(lane, SIGKILL);
    snprintf(reason, sizeof reason, "the worker did not answer within %d s and was ended %s",
             (int)(pool->order->config->case_limit * pool->order->config->slow_factor), place);
    lane->job = NULL;
    finish_as(pool, job, "broken", reason, lane->report);
}

/* Closes a lane; the others do what it would have done, and what no lane can do is broken. */
static void close_lane(struct pool *pool, struct lane *lane, struct job *job, const char *why)
{
    bool others = false;
    lane->closed = true;
    jobs_put_back(&pool->jobs, job);
    for (int i = 0; i < pool->lane_count && !others; i++)
        others = pool->lanes[i].on_wire == lane->on_wire && !pool->lanes[i].closed;
    fprintf(stderr, "sockproof: %s; %s\n", why,
            others ? "the run goes on with a worker less" : "no worker is left");
    while (!others && (job = jobs_next_anywhere(&pool->jobs, lane->on_wire)) != NULL)
        finish_as(pool, job, "broken", why, NULL);
}

/* A worker that could not be set up judged nothing, and would not judge what comes after: another
   takes its place. False when the answer is one. */
static bool replaced(struct pool *pool, struct lane *lane, struct job *job, const json_t *result)
{
    const char *why = json_string_value(json_object_get(result, "unbuilt"));
    lane->unbuilt = why != NULL ? lane->unbuilt + 1 : 0;
    if (why == NULL)
        return false;
    end_worker(lane, 0);
    if (lane->unbuilt == UNBUILT_TRIES) {
        close_lane(pool, lane, job, why);
    } else {
        fprintf(stderr, "sockproof: %s; another worker is tried\n", why);
        give(pool, lane, job);
    }
    return true;
}

static void take_answer(struct pool *pool, struct lane *lane)
{
    ssize_t size = recv(lane->control, pool->answer, ANSWER_MAX, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    json_t *result = size > 0 ? json_loadb(pool->answer, (size_t)size, 0, NULL) : NULL;
    if (result == NULL || lane->job == NULL) {
        json_decref(result);
        worker_died(pool, lane);
    } else {
        struct job *job = lane->job;
        lane->job = NULL;
        if (replaced(pool, lane, job, result))
            json_decref(result);
        else
            finish(pool, job, result, lane->report);
    }
}

/* --- guests -------------------------------------------------------------------------------- */

static void watch(const struct pool *pool, int fd, enum source *source)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
    epoll_ctl(pool->epoll, EPOLL_CTL_ADD, fd, &event);
}

/* Workers hold copies of the guest's pipes: closing them alone would leave them watched, and hung
   up for ever. */
static void end_guest(struct pool *pool)
{
    const int pipes[] = {pool->guest.console, pool->guest.stream};
    for (int i = 0; i < 2; i++)
        if (pipes[i] >= 0)
            epoll_ctl(pool->epoll, EPOLL_CTL_DEL, pipes[i], NULL);
    guest_end(&pool->guest);
}

/* What the guest did not judge is broken, and so is the guest. */
static void give_guest_up(struct pool *pool, const char *what)
{
    char reason[CONSOLE_KEPT];
    guest_hear(&pool->guest);
    guest_trouble(&pool->guest, what, reason, sizeof reason);
    end_guest(pool);
    for (size_t i = 0; i < pool->jobs.count; i++)
        if (pool->jobs.all[i].candidate == pool->guest_at && !pool->jobs.all[i].done)
            finish_as(pool, &pool->jobs.all[i], "broken", reason, NULL);
}

/* Starts the first guest that has something to do, unless one runs. */
static void start_guest(struct pool *pool)
{
    int candidates = pool->order->config->stack_count;
    int at = 0;
    if (pool->guest.pid > 0)
        return;
    while (at < candidates && !(is_guest(pool, at) && jobs_left(&pool->jobs, at)))
        at++;
    if (at == candidates)
        return;
    char *selection = jobs_selection(&pool->jobs, at);
    pool->guest_at = at;
    if (selection != NULL && guest_start(&pool->guest, pool->order->candidates[at].name,
                                         pool->order->config, selection)) {
        watch(pool, pool->guest.console, &pool->console_is);
        watch(pool, pool->guest.stream, &pool->stream_is);
    } else {
        give_guest_up(pool, "could not be started");
    }
    free(selection);
}

static void take_frame(struct pool *pool, const struct frame *frame)
{
    const json_t *hello = json_object_get(frame->header, "hello");
    const json_t *result = json_object_get(frame->header, "result");
    struct candidate *candidate = &pool->order->candidates[pool->guest_at];
    const char *version = json_string_value(json_object_get(hello, "version"));
    struct job *job = jobs_find(&pool->jobs, pool->guest_at, result);
    if (version != NULL)
        snprintf(candidate->version, sizeof candidate->version, "%s", version);
    pool->guest.begun = pool->guest.begun || hello != NULL;
    if (job != NULL) {
        struct ran ran = ran_of(pool, job);
        tick_off(pool, job, record_take(pool->record, &ran, frame));
    }
}

static void take_stream(struct pool *pool)
{
    bool damaged = false;
    const struct frame *frame = NULL;
    bool open = guest_take(&pool->guest, pool->order->config);
    while ((frame = stream_frame(&pool->guest.reader, &damaged)) != NULL)
        take_frame(pool, frame);
    if (damaged)
        give_guest_up(pool, "sent what is no result");
    else if (!open && jobs_left(&pool->jobs, pool->guest_at))
        give_guest_up(pool, pool->guest.begun ? "ended before this was judged" : "did not boot");
    else if (!jobs_left(&pool->jobs, pool->guest_at))
        end_guest(pool);
}

/* When a lane with a job is to be looked at, if it says nothing before. */
static uint64_t next_of(const struct pool *pool, const struct lane *lane, uint64_t now)
{
    return pool->held_back && lane->waits_us > now ? MIN(lane->waits_us, lane->deadline_us)
                                                   : lane->deadline_us;
}

static int until_next_deadline(const struct pool *pool)
{
    uint64_t now = clock_now_us();
    uint64_t first = UINT64_MAX;
    for (int i = 0; i < pool->lane_count; i++)
        if (pool->lanes[i].job != NULL)
            first = MIN(first, next_of(pool, &pool->lanes[i], now));
    if (pool->guest.pid > 0)
        first = MIN(first, pool->guest.silent_until_us);
    return first == UINT64_MAX ? -1 : first <= now ? 0 : (int)((first - now + 999) / 1000);
}

static void take_event(struct pool *pool, void *from)
{
    switch (*(enum source *)from) {
    case SOURCE_SIGNALS:
        pool->stopped = true;
        pool->ended = ending_reason(pool->signals);
        break;
    case SOURCE_LANE:
        take_answer(pool, from);
        break;
    case SOURCE_CONSOLE:
        guest_hear(&pool->guest);
        break;
    case SOURCE_STREAM:
        if (pool->guest.pid > 0)
            take_stream(pool);
        break;
    }
}

static void serve(struct pool *pool)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(pool->epoll, events, EVENTS, until_next_deadline(pool));
    for (int i = 0; i < count; i++)
        take_event(pool, events[i].data.ptr);
    uint64_t now = clock_now_us();
    for (int i = 0; i < pool->lane_count; i++)
        if (pool->lanes[i].job != NULL && pool->lanes[i].deadline_us <= now)
            worker_hangs(pool, &pool->lanes[i]);
    if (pool->guest.pid > 0 && pool->guest.silent_until_us <= now)
        give_guest_up(pool, pool->guest.begun ? "fell silent before this was judged"
                                              : "did not begin in time");
}

static int count_busy(const struct pool *pool)
{
    uint64_t now = clock_now_us();
    int busy = 0;
    for (int i = 0; i < pool->lane_count; i++)
        busy += pool->lanes[i].job != NULL && pool->lanes[i].waits_us > now;
    return busy;
}

/* Gives jobs to idle lanes, as long as not too many are busy. */
static void deal(struct pool *pool)
{
    int room = pool->busy_most - count_busy(pool);
    pool->held_back = false;
    for (int i = 0; i < pool->lane_count; i++) {
        if (pool->lanes[i].job != NULL || pool->lanes[i].closed)
            continue;
        pool->held_back = pool->held_back || room <= 0;
        struct job *job = room > 0 ? job_for(pool, &pool->lanes[i]) : NULL;
        if (job != NULL)
            give(pool, &pool->lanes[i], job);
        room -= pool->lanes[i].job != NULL;
    }
}

static void run_all(struct pool *pool)
{
    while (pool->left > 0 && !pool->stopped) {
        start_guest(pool);
        deal(pool);
        if (pool->left > 0)
            serve(pool);
    }
}

static void end_all(struct pool *pool)
{
    const char *why = pool->ended != NULL ? pool->ended : "an earlier variant ended the run";
    end_guest(pool);
    for (int i = 0; i < pool->lane_count; i++)
        if (pool->lanes[i].pid > 0)
            end_worker(&pool->lanes[i], pool->lanes[i].job != NULL ? SIGKILL : 0);
    for (size_t i = 0; i < pool->jobs.count; i++)
        if (!pool->jobs.all[i].done)
            finish_as(pool, &pool->jobs.all[i], "not-run", why, NULL);
}

static bool open_pool(struct pool *pool)
{
    signal(SIGPIPE, SIG_IGN); /* a reader of standard output that left does not end the run */
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &pool->signals_are};
    pool->signals = ending_open();
    pool->epoll = epoll_create1(EPOLL_CLOEXEC);
    pool->answer = malloc(ANSWER_MAX);
    return pool->signals >= 0 && pool->epoll >= 0 && pool->answer != NULL &&
           epoll_ctl(pool->epoll, EPOLL_CTL_ADD, pool->signals, &event) == 0;
}

bool pool_run(const struct pool_order *order, struct record *record)
{
    static struct pool pool;
    pool = (struct pool){.order = order,
                         .record = record,
                         .guest = {.stream = -1, .console = -1},
                         .signals_are = SOURCE_SIGNALS,
                         .console_is = SOURCE_CONSOLE,
                         .stream_is = SOURCE_STREAM};
    if (!open_pool(&pool)) {
        fprintf(stderr, "sockproof: the supervisor could not be set up: %s\n", strerror(errno));
        return false;
    }
    int processors = (int)sysconf(_SC_NPROCESSORS_ONLN);
    bool asked = order->config->workers > 0;
    int workers = asked ? order->config->workers : WORKERS_PER_CPU * processors;
    pool.busy_most = asked ? LANE_MAX : BUSY_PER_CPU * processors;
    make_jobs(&pool);
    open_lanes(&pool, true, workers);
    open_lanes(&pool, false, workers);
    run_all(&pool);
    end_all(&pool);
    jobs_free(&pool.jobs);
    free(pool.answer);
    close(pool.signals);
    close(pool.epoll);
    return pool.ended == NULL;
}
