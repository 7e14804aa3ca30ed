/* SPDX-License-Identifier: MIT */
#include "engine/lane.h"

#include "base/array.h"
#include "base/children.h"
#include "base/clock.h"
#include "base/demise.h"
#include "base/starved.h"
#include "engine/ending.h"
#include "engine/watch.h"
#include "trial/leftover.h"
#include "trial/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A job that has run for so long waits; the first of a worker has its hosts to be made. */
enum { WAITING_US = 10000, STARTING_US = 100000 };

/* What a worker has waited for a processor puts off the end of its job from so much on. */
enum { PUT_OFF_US = 1000000 };

/* For a worker that was asked to end, and for one that was killed. */
enum { ENDS_MS = 5000, DIES_MS = 30000 };

void lanes_begin(struct lanes *lanes, int watch, const pid_t *guest)
{
    size_t room = 0;
    pid_t pid = 0;
    *lanes = (struct lanes){.watch = watch, .guest = guest};
    leftover_begin();
    FILE *list = children_open(0);
    while (list != NULL && (pid = children_next(list)) > 0) {
        array_grow((void **)&lanes->before, lanes->before_count, &room, sizeof pid);
        lanes->before[lanes->before_count++] = pid;
    }
    if (list != NULL)
        fclose(list);
}

void lanes_open(struct lanes *lanes, const struct work *work, bool on_wire, int most)
{
    size_t jobs = jobs_waiting(&work->jobs, on_wire);
    for (int i = 0; i < most && (size_t)i < jobs && lanes->count < LANE_MAX; i++) {
        struct lane *lane = &lanes->all[lanes->count];
        *lane = (struct lane){
            .number = lanes->count, .on_wire = on_wire, .starved = -1, .report = report_new()};
        if (lane->report != NULL)
            lanes->count++;
    }
}

void lanes_end(struct lanes *lanes)
{
    for (int i = 0; i < lanes->count; i++)
        if (lanes->all[i].pid > 0)
            lane_end(lanes, &lanes->all[i], lanes->all[i].job != NULL ? SIGKILL : 0);
    free(lanes->before);
    lanes->before = NULL;
    lanes->before_count = 0;
}

int lanes_busy(const struct lanes *lanes)
{
    uint64_t now = clock_now_us();
    int busy = 0;
    for (int i = 0; i < lanes->count; i++)
        busy += lanes->all[i].job != NULL && lanes->all[i].waits_us > now;
    return busy;
}

static _Noreturn void become_worker(const struct work *work, const struct lane *lane, int control,
                                    const char *unfit)
{
    const struct run *run = work->run;
    const struct candidate *candidate = &run->candidates[lane->candidate];
    struct worker worker = {.number = lane->number,
                            .control = control,
                            .unfit = unfit[0] != '\0' ? unfit : NULL,
                            .apart = run->confinement->able,
                            .on_wire = lane->on_wire,
                            .machine = run->config->allow_network,
                            .stack = candidate->stack,
                            .lie = run->lie,
                            .profile = &candidate->settings.profile,
                            .baseline = &candidate->settings.baseline,
                            .version = candidate->version,
                            .catalogue = run->suite->catalogue,
                            .variants = run->suite->variants,
                            .report = lane->report,
                            .seed = run->config->seed,
                            .slow_factor = run->config->slow_factor,
                            .capture = run->config->capture,
                            .recording = run->config->exec.record,
                            .report_folder = run->config->report,
                            .root = run->config->root};
    sigset_t none;
    sigemptyset(&none);
    ending_by_default();
    sigprocmask(SIG_SETMASK, &none, NULL);
    worker_serve(&worker);
}

/* The new process, which knows its end of the sockets and its report only. */
static _Noreturn void begin_worker(const struct lanes *lanes, const struct lane *lane,
                                   const struct work *work, const int ends[2], const char *unfit)
{
    for (int i = 0; i < lanes->count; i++) {
        if (lanes->all[i].pid > 0)
            close(lanes->all[i].control);
        if (&lanes->all[i] != lane)
            report_drop(lanes->all[i].report);
    }
    close(ends[0]);
    become_worker(work, lane, ends[1], unfit);
}

/* What stands behind a command may be one; no program of a case runs there. */
static bool starts_sandboxes(const struct work *work, const struct lane *lane)
{
    const struct stack *stack = work->run->candidates[lane->candidate].stack;
    return stack != NULL && stack->command != NULL;
}

bool lane_start(struct lanes *lanes, struct lane *lane, const struct work *work)
{
    int ends[2];
    char unfit[256] = "";
    int buffer = ANSWER_MAX;
    lane->report->lack[0] = '\0';
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return false;
    setsockopt(ends[0], SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    fflush(NULL);
    bool watched = watch_add(lanes->watch, ends[0], SOURCE_LANE, lane->number);
    pid_t pid = -1;
    if (watched)
        pid = confinement_fork(work->run->confinement, starts_sandboxes(work, lane), unfit,
                               sizeof unfit);
    if (pid == 0)
        begin_worker(lanes, lane, work, ends, unfit);
    int error = errno;
    close(ends[1]);
    if (pid < 0) {
        watch_remove(lanes->watch, ends[0]);
        close(ends[0]);
        errno = error;
        return false;
    }
    lane->pid = pid;
    lane->control = ends[0];
    lane->starved = starved_open(pid);
    return true;
}

/* Takes the status of a child that was asked to end, or killed. None is waited for without end: one
   that hears nothing is killed, and one that does not even die is left to the system. */
static int reap(pid_t pid, bool killed)
{
    int status = 0;
    if (!killed && !demise_within(pid, ENDS_MS))
        kill(pid, SIGKILL);
    if (!demise_within(pid, DIES_MS))
        fprintf(stderr, "sockproof: the worker %d was killed and does not end\n", (int)pid);
    while (waitpid(pid, &status, WNOHANG) < 0 && errno == EINTR)
        continue;
    return status;
}

/* Actors that outlived their worker are the supervisor's children then. The next worker of the lane
   has the same addresses and ports: what they still send would be taken for its own. */
static void end_actors(pid_t group)
{
    uint64_t limit = clock_now_us() + DIES_MS * UINT64_C(1000);
    pid_t ended = 0;
    kill(-group, SIGKILL);
    do {
        ended = waitpid(-group, NULL, WNOHANG);
        if (ended == 0)
            poll(NULL, 0, 1);
    } while (ended >= 0 && clock_now_us() < limit);
}

/* Whether a child of the engine is none of an ended worker's. */
static bool is_known(const void *context, pid_t pid)
{
    const struct lanes *lanes = context;
    bool known = *lanes->guest > 0 && getpgid(pid) == *lanes->guest;
    for (int i = 0; i < lanes->count && !known; i++)
        known = lanes->all[i].pid == pid;
    for (size_t i = 0; i < lanes->before_count && !known; i++)
        known = lanes->before[i] == pid;
    return known;
}

/* Programs have groups of their own, and daemons of theirs: without a PID namespace they outlive
   their worker too, and hold its ports. */
static void end_leftovers(const struct lanes *lanes)
{
    char name[64];
    const struct leftover leftover = {.stays = is_known, .context = lanes};
    leftover_end(&leftover, name, sizeof name);
}

int lane_end(const struct lanes *lanes, struct lane *lane, int signal_number)
{
    pid_t pid = lane->pid;
    if (pid <= 0)
        return 0;
    if (signal_number != 0) {
        kill(-pid, signal_number);
        kill(pid, signal_number);
    }
    /* A process that was just made may still hold a copy of it. */
    watch_remove(lanes->watch, lane->control);
    close(lane->control);
    if (lane->starved >= 0)
        close(lane->starved);
    lane->starved = -1;
    lane->pid = 0;
    int status = reap(pid, signal_number == SIGKILL);
    end_actors(pid);
    end_leftovers(lanes);
    return status;
}

bool lane_give(struct lane *lane, const struct work *work, struct job *job, bool starts)
{
    const struct config *config = work->run->config;
    struct order order = {job->variant, job->repeat};
    atomic_store(&lane->report->used, 0);
    atomic_store(&lane->report->step, 0);
    lane->job = job;
    lane->waits_us = clock_now_us() + (starts ? STARTING_US : WAITING_US);
    lane->deadline_us =
        clock_now_us() + (uint64_t)((double)config->case_limit * 1e6 * config->slow_factor);
    lane->waited_us = starved_read(lane->starved).waited_us;
    /* A worker that died while idle shows as an end of file, which is handled like any death. */
    return send(lane->control, &order, sizeof order, MSG_NOSIGNAL) >= 0 || errno == EPIPE ||
           errno == ECONNRESET;
}

/* Where its job has got to, in words. */
static void where(const struct lane *lane, const struct work *work, char *text, size_t size)
{
    const struct variant *variant = jobs_variant(&work->jobs, lane->job);
    int step = atomic_load(&lane->report->step);
    if (step >= 1 && (size_t)step <= variant->step_count)
        snprintf(text, size, "during step %d: %s", step, variant->steps[step - 1].source);
    else
        snprintf(text, size, "during set-up");
}

static void break_job(struct lane *lane, struct work *work, enum code code, const char *reason)
{
    struct job *job = lane->job;
    lane->job = NULL;
    work_break(work, job, code, reason, lane->report);
}

void lane_lost(const struct lanes *lanes, struct lane *lane, struct work *work, const char *what)
{
    char reason[256];
    snprintf(reason, sizeof reason, "%s: %s", what, strerror(errno));
    lane_end(lanes, lane, SIGKILL);
    if (lane->job != NULL)
        break_job(lane, work, CODE_SHORTAGE, reason);
}

void lane_died(const struct lanes *lanes, struct lane *lane, struct work *work)
{
    char reason[1024];
    char place[768];
    if (lane->job != NULL)
        where(lane, work, place, sizeof place);
    int status = lane_end(lanes, lane, 0);
    if (lane->job == NULL)
        return;
    const char *lack = lane->report->lack;
    if (lack[0] != '\0')
        snprintf(reason, sizeof reason, "the worker had to end %s: %.*s", place, LACK_TEXT, lack);
    else if (WIFSIGNALED(status))
        snprintf(reason, sizeof reason, "the worker was ended by SIG%s %s",
                 sigabbrev_np(WTERMSIG(status)), place);
    else
        snprintf(reason, sizeof reason, "the worker ended with exit status %d %s",
                 WEXITSTATUS(status), place);
    break_job(lane, work, lack[0] != '\0' ? CODE_SHORTAGE : CODE_WORKER_DIED, reason);
}

void lanes_put_off(struct lanes *lanes, uint64_t us)
{
    for (int i = 0; i < lanes->count; i++)
        lanes->all[i].deadline_us += us;
}

bool lane_put_off(struct lane *lane)
{
    uint64_t waited_us = starved_read(lane->starved).waited_us;
    uint64_t more_us = waited_us > lane->waited_us ? waited_us - lane->waited_us : 0;
    lane->waited_us = waited_us;
    lane->deadline_us += more_us;
    return more_us > PUT_OFF_US;
}

bool lane_stopped(const struct lane *lane)
{
    siginfo_t about = {0};
    return waitid(P_PID, (id_t)lane->pid, &about, WSTOPPED | WCONTINUED | WNOHANG) == 0 &&
           about.si_pid == lane->pid;
}

void lane_hangs(const struct lanes *lanes, struct lane *lane, struct work *work)
{
    char reason[1024];
    char place[768];
    const struct config *config = work->run->config;
    where(lane, work, place, sizeof place);
    lane_end(lanes, lane, SIGKILL);
    snprintf(reason, sizeof reason, "the worker did not answer within %d s and was ended %s",
             (int)(config->case_limit * config->slow_factor), place);
    break_job(lane, work, CODE_WORKER_HUNG, reason);
}
