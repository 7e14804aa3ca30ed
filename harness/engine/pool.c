#include "engine/pool.h"

#include "run/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * Theory of operation. The supervisor is one thread around one epoll: the control sockets of
 * the workers and a signalfd. A lane is a place for one worker. An idle lane is given the next job
 * of its kind (wire or loopback); the answer frees it. A worker that dies, or does not answer
 * within the case limit, is recorded against the job that it had, and its lane starts another.
 */
enum { LANE_MAX = 65, ANSWER_MAX = 1 << 20, EVENTS = 32 };
enum { WORKERS_PER_CPU = 4 }; /* most of a case is waiting: for a retransmission, for a timeout */

struct job {
    int variant;
    int repeat;
    bool on_wire;
    bool done;
};

struct lane {
    int number;
    bool on_wire;
    pid_t pid; /* 0: no worker */
    int control;
    struct report *report;
    struct job *job; /* NULL: idle */
    uint64_t deadline_us;
};

struct pool {
    const struct pool_order *order;
    struct record *record;
    struct job *jobs;
    size_t job_count, left;
    size_t next[2]; /* first job that may not have been given out, by on_wire */
    struct lane lanes[LANE_MAX];
    int lane_count;
    int epoll, signals;
    bool stopped, interrupted;
    char *answer;
};

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

static const struct variant *variant_of(const struct pool *pool, const struct job *job)
{
    return pool->order->suite->variants[job->variant];
}

static void finish(struct pool *pool, struct job *job, json_t *result, const struct report *report)
{
    enum verdict verdict =
        record_add(pool->record, variant_of(pool, job), pool->order->choice->stacks[job->variant],
                   job->repeat, job->on_wire, result, report);
    bool good = verdict != VERDICT_FAIL && verdict != VERDICT_BROKEN;
    job->done = true;
    pool->left--;
    pool->stopped = pool->stopped || (!good && pool->order->config->stop_at_first);
}

static void finish_as(struct pool *pool, struct job *job, const char *verdict, const char *reason,
                      const struct report *report)
{
    finish(pool, job, json_pack("{s:s, s:s}", "verdict", verdict, "reason", reason), report);
}

/* --- jobs -------------------------------------------------------------------------------- */

/* Where a variant runs, or why it cannot run here; NULL when it can. */
static const char *placed(const struct pool *pool, size_t number, bool *on_wire, char *text,
                          size_t size)
{
    const struct variant *variant = pool->order->suite->variants[number];
    enum where place = pool->order->config->place;
    bool only_loopback = variant->file->place == PLACE_LOOPBACK;
    const char *skip = variant->skip != NULL ? variant->skip : pool->order->choice->whys[number];
    *on_wire = pool->order->wire && !only_loopback && place != WHERE_LOOPBACK;
    if (skip == NULL && variant->needs_wire && !*on_wire) {
        snprintf(text, size, "needs a wire between two hosts: %s",
                 place == WHERE_LOOPBACK ? "--place loopback was asked for"
                                         : pool->record->no_wire);
        skip = text;
    } else if (skip == NULL && place == WHERE_WIRE && !*on_wire) {
        snprintf(text, size, "--place wire was asked for: %s",
                 only_loopback ? "the case is for loopback" : pool->record->no_wire);
        skip = text;
    }
    return skip;
}

static void make_jobs(struct pool *pool)
{
    size_t variants = pool->order->suite->variant_count;
    int repeats = pool->order->config->repeat;
    char text[512];
    pool->jobs = calloc(variants * (size_t)repeats + 1, sizeof *pool->jobs);
    for (int repeat = 0; repeat < repeats && pool->jobs != NULL; repeat++)
        for (size_t i = 0; i < variants; i++) {
            struct job *job = &pool->jobs[pool->job_count++];
            *job = (struct job){.variant = (int)i, .repeat = repeat};
            pool->left++;
            const char *skip = placed(pool, i, &job->on_wire, text, sizeof text);
            if (skip != NULL)
                finish_as(pool, job, "skip", skip, NULL);
        }
}

static struct job *next_job(struct pool *pool, bool on_wire)
{
    size_t *at = &pool->next[on_wire];
    while (*at < pool->job_count && (pool->jobs[*at].done || pool->jobs[*at].on_wire != on_wire))
        (*at)++;
    return *at < pool->job_count ? &pool->jobs[(*at)++] : NULL;
}

static size_t jobs_for(const struct pool *pool, bool on_wire)
{
    size_t count = 0;
    for (size_t i = 0; i < pool->job_count; i++)
        count += !pool->jobs[i].done && pool->jobs[i].on_wire == on_wire;
    return count;
}

/* --- lanes ------------------------------------------------------------------------------- */

static _Noreturn void become_worker(const struct pool *pool, const struct lane *lane, int control)
{
    const struct pool_order *order = pool->order;
    struct worker worker = {.number = lane->number,
                            .control = control,
                            .on_wire = lane->on_wire,
                            .stacks = order->choice->stacks,
                            .lie = order->lie,
                            .profile = &order->settings->profile,
                            .catalogue = order->suite->catalogue,
                            .variants = order->suite->variants,
                            .report = lane->report,
                            .seed = order->config->seed,
                            .slow_factor = order->config->slow_factor,
                            .capture = order->config->capture,
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

static void give(struct pool *pool, struct lane *lane)
{
    struct job *job = next_job(pool, lane->on_wire);
    if (job == NULL)
        return;
    if (lane->pid == 0 && !start_worker(pool, lane)) {
        finish_as(pool, job, "broken", "no worker process could be made", NULL);
        return;
    }
    struct order order = {job->variant, job->repeat};
    atomic_store(&lane->report->used, 0);
    atomic_store(&lane->report->step, 0);
    lane->job = job;
    lane->deadline_us = now_us() + (uint64_t)((double)pool->order->config->case_limit * 1e6 *
                                              pool->order->config->slow_factor);
    /* A worker that died while idle shows as an end of file, which is handled like any death. */
    send(lane->control, &order, sizeof order, MSG_NOSIGNAL);
}

static void open_lanes(struct pool *pool, bool on_wire, int most)
{
    size_t jobs = jobs_for(pool, on_wire);
    for (int i = 0; i < most && (size_t)i < jobs && pool->lane_count < LANE_MAX; i++) {
        struct lane *lane = &pool->lanes[pool->lane_count];
        *lane =
            (struct lane){.number = pool->lane_count, .on_wire = on_wire, .report = report_new()};
        if (lane->report != NULL)
            pool->lane_count++;
    }
}

/* --- what happens -------------------------------------------------------------------------- */

static void where(const struct pool *pool, const struct lane *lane, char *text, size_t size)
{
    const struct variant *variant = variant_of(pool, lane->job);
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
        finish(pool, job, result, lane->report);
    }
}

static int until_next_deadline(const struct pool *pool)
{
    uint64_t now = now_us();
    uint64_t first = UINT64_MAX;
    for (int i = 0; i < pool->lane_count; i++)
        if (pool->lanes[i].job != NULL && pool->lanes[i].deadline_us < first)
            first = pool->lanes[i].deadline_us;
    return first == UINT64_MAX ? -1 : first <= now ? 0 : (int)((first - now + 999) / 1000);
}

static void serve(struct pool *pool)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(pool->epoll, events, EVENTS, until_next_deadline(pool));
    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr == NULL)
            pool->stopped = pool->interrupted = true; /* SIGINT or SIGTERM */
        else
            take_answer(pool, events[i].data.ptr);
    }
    uint64_t now = now_us();
    for (int i = 0; i < pool->lane_count; i++)
        if (pool->lanes[i].job != NULL && pool->lanes[i].deadline_us <= now)
            worker_hangs(pool, &pool->lanes[i]);
}

static void run_all(struct pool *pool)
{
    while (pool->left > 0 && !pool->stopped) {
        for (int i = 0; i < pool->lane_count; i++)
            if (pool->lanes[i].job == NULL)
                give(pool, &pool->lanes[i]);
        if (pool->left > 0)
            serve(pool);
    }
}

static void end_all(struct pool *pool)
{
    const char *why =
        pool->interrupted ? "the run was interrupted" : "an earlier variant ended the run";
    for (int i = 0; i < pool->lane_count; i++)
        if (pool->lanes[i].pid > 0)
            end_worker(&pool->lanes[i], pool->lanes[i].job != NULL ? SIGKILL : 0);
    for (size_t i = 0; i < pool->job_count; i++)
        if (!pool->jobs[i].done)
            finish_as(pool, &pool->jobs[i], "not-run", why, NULL);
}

static bool open_pool(struct pool *pool)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN); /* a reader of standard output that left does not end the run */
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    pool->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    pool->epoll = epoll_create1(EPOLL_CLOEXEC);
    pool->answer = malloc(ANSWER_MAX);
    return pool->signals >= 0 && pool->epoll >= 0 && pool->answer != NULL &&
           epoll_ctl(pool->epoll, EPOLL_CTL_ADD, pool->signals, &event) == 0;
}

bool pool_run(const struct pool_order *order, struct record *record)
{
    static struct pool pool;
    pool = (struct pool){.order = order, .record = record};
    if (!open_pool(&pool)) {
        fprintf(stderr, "sockproof: the supervisor could not be set up: %s\n", strerror(errno));
        return false;
    }
    int workers = order->config->workers > 0 ? order->config->workers
                                             : WORKERS_PER_CPU * (int)sysconf(_SC_NPROCESSORS_ONLN);
    make_jobs(&pool);
    open_lanes(&pool, true, workers);
    open_lanes(&pool, false, workers);
    run_all(&pool);
    end_all(&pool);
    free(pool.jobs);
    free(pool.answer);
    close(pool.signals);
    close(pool.epoll);
    return !pool.interrupted;
}
