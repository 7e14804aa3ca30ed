/* SPDX-License-Identifier: MIT */
#include "engine/lane.h"

#include "engine/samplework.h"
#include "stack/stacks.h"
#include "trial/worker.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct lanes lanes;
static pid_t guest;
static struct lane *lane;

static void begin(void)
{
    samplework_begin(
        (struct config){.repeat = 1, .case_limit = 10, .slow_factor = 2, .stack_count = 1},
        (struct candidate){
            .name = "linux", .shown = "linux", .version = "6.1", .stack = stacks_find("linux")});
    lanes_begin(&lanes, -1, &guest);
    lanes_open(&lanes, &work, true, 3);
    lane = &lanes.all[0];
}

static void end(void)
{
    lanes_end(&lanes);
    samplework_end();
}

TestSuite(lane, .init = begin, .fini = end);

/* Puts a process into the lane that waits for its first order and then does as it is told: ends
   with that status, by that signal, or not at all when both are 0. It has the first job. */
static void works(int status, int signal_number)
{
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    lane->pid = fork();
    if (lane->pid == 0) {
        struct order order;
        setpgid(0, 0);
        close(ends[0]);
        if (recv(ends[1], &order, sizeof order, 0) == (ssize_t)sizeof order && signal_number != 0)
            raise(signal_number);
        while (status == 0)
            pause();
        _exit(status);
    }
    setpgid(lane->pid, lane->pid);
    close(ends[1]);
    lane->control = ends[0];
    lane_give(lane, &work, jobs_next(&work.jobs, 0, true), true);
}

/* The one job that ended is broken, for that reason. */
static void broken(const char *reason)
{
    char quoted[512];
    snprintf(quoted, sizeof quoted, "\"reason\":\"%s\"", reason);
    cr_assert_eq(candidate.count[VERDICT_BROKEN], 1);
    cr_assert_not_null(strstr(sample_read("results.jsonl"), quoted), "%s",
                       sample_read("results.jsonl"));
    cr_assert(lane->pid == 0 && lane->job == NULL);
}

Test(lane, there_are_as_many_as_jobs_that_wait_and_no_more_than_was_asked_for)
{
    struct lanes others;
    lanes_begin(&others, -1, &guest);
    cr_assert_eq(lanes.count, 3);
    lanes_open(&others, &work, true, 100);
    cr_assert_eq(others.count, 4);
    lanes_open(&others, &work, false, 100);
    cr_assert_eq(others.count, 4);
    for (int i = 0; i < others.count; i++)
        cr_assert(others.all[i].number == i && others.all[i].on_wire && others.all[i].pid == 0);
    lanes_end(&others);
}

Test(lane, one_that_was_given_a_job_is_busy_until_that_is_taken_to_wait)
{
    cr_assert_eq(lanes_busy(&lanes), 0);
    works(0, 0);
    cr_assert_eq(lanes_busy(&lanes), 1);
    cr_assert_gt(lane->deadline_us, lane->waits_us);
    lane->waits_us = 1;
    cr_assert_eq(lanes_busy(&lanes), 0);
}

Test(lane, a_worker_that_ends_breaks_its_job)
{
    works(3, 0);
    lane_died(&lanes, lane, &work);
    broken("the worker ended with exit status 3 during set-up");
}

Test(lane, a_worker_that_is_killed_breaks_its_job_where_it_was)
{
    works(1, SIGUSR2);
    lane->report->step = 2;
    lane_died(&lanes, lane, &work);
    broken("the worker was ended by SIGUSR2 during step 2: server: {recv: 1, data: \\\"x\\\"}");
}

Test(lane, a_worker_that_hangs_is_ended_and_breaks_its_job)
{
    works(0, 0);
    lane->report->step = 1;
    lane_hangs(&lanes, lane, &work);
    broken("the worker did not answer within 20 s and was ended during step 1: "
           "client: {send: \\\"x\\\"}");
}

Test(lane, a_worker_that_dies_while_it_is_idle_breaks_nothing)
{
    works(3, 0);
    lane->job = NULL;
    lane_died(&lanes, lane, &work);
    cr_assert_eq(candidate.count[VERDICT_BROKEN], 0);
    cr_assert_eq(lane->pid, 0);
}

Test(lane, all_that_work_are_ended)
{
    works(0, 0);
    lanes_end(&lanes);
    cr_assert_eq(lane->pid, 0);
}

Test(lane, one_without_a_worker_is_ended_without_a_wait_or_a_signal)
{
    cr_assert_eq(lane_end(&lanes, lane, SIGKILL), 0);
    lane_died(&lanes, lane, &work);
    cr_assert_eq(candidate.count[VERDICT_BROKEN], 0);
}

/* The parent's part: ends the lane once who holds the pipe works, which is then to end too. */
static void end_with(const int ends[2], int signal_number)
{
    char byte;
    setpgid(lane->pid, lane->pid);
    close(ends[1]);
    cr_assert_eq(read(ends[0], &byte, 1), 1, "it works");
    lane_end(&lanes, lane, signal_number);
    cr_assert_eq(read(ends[0], &byte, 1), 0, "and has ended");
}

Test(lane, what_outlives_a_worker_is_ended_before_another_takes_its_place)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    lane->control = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    lane->pid = fork();
    if (lane->pid == 0) {
        setpgid(0, 0);
        if (fork() > 0)
            _exit(0);
        while (write(ends[1], "", 1) == 1)
            pause();
    }
    end_with(ends, 0);
    cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1);
}

/* A child in a group of its own that waits to be killed. */
static pid_t bystander(void)
{
    pid_t pid = fork();
    if (pid == 0)
        setpgid(0, 0);
    while (pid == 0)
        pause();
    setpgid(pid, pid);
    return pid;
}

Test(lane, daemons_of_a_worker_end_with_it_and_nobody_elses_children, .timeout = 60)
{
    int ends[2];
    pid_t older = bystander();
    lanes_begin(&lanes, -1, &guest);
    lanes_open(&lanes, &work, true, 3);
    guest = bystander();
    lanes.all[1].pid = bystander();
    lanes.all[1].control = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    lane->control = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    cr_assert_eq(pipe(ends), 0);
    lane->pid = fork();
    if (lane->pid == 0) {
        setpgid(0, 0);
        while (fork() > 0)
            pause();
        setsid();
        if (fork() > 0)
            _exit(0);
        while (write(ends[1], "", 1) == 1)
            pause();
    }
    end_with(ends, SIGKILL);
    const pid_t others[] = {older, guest, lanes.all[1].pid};
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(waitpid(others[i], NULL, WNOHANG), 0, "bystander %d lives", i);
        kill(others[i], SIGKILL);
    }
}

Test(lane, the_end_of_its_job_is_put_off_by_what_the_machine_stood_still)
{
    works(0, 0);
    uint64_t before = lane->deadline_us;
    lanes_put_off(&lanes, 5000000);
    cr_assert_eq(lane->deadline_us, before + 5000000);
    cr_assert_not(lane_put_off(lane), "its worker sleeps, and waits for no processor");
}

Test(lane, a_worker_that_was_stopped_is_known_to_have_been)
{
    int status = 0;
    works(0, 0);
    cr_assert_not(lane_stopped(lane));
    kill(lane->pid, SIGSTOP);
    siginfo_t about = {0};
    cr_assert_eq(waitid(P_PID, (id_t)lane->pid, &about, WSTOPPED | WNOWAIT), 0);
    cr_assert(lane_stopped(lane));
    kill(lane->pid, SIGCONT);
    cr_assert_eq(waitpid(lane->pid, &status, WCONTINUED), lane->pid);
    cr_assert_not(lane_stopped(lane));
}
