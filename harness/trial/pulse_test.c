/* SPDX-License-Identifier: MIT */
#include "trial/pulse.h"

#include "base/clock.h"
#include "base/oneprocessor.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct shared shared;
static struct stage stage;
static struct trial trial;

static void begin(void)
{
    stage = (struct stage){.starved = starved_open(0), .shared = &shared};
    trial = (struct trial){.stage = &stage};
    trial.judgement.log.start_ns = clock_now_ns();
    pulse_begin(&trial);
    if (stage.starved < 0)
        cr_skip_test("this kernel tells nothing of how long a process waits");
}

TestSuite(pulse, .init = begin, .timeout = 60);

/* A child that stops this process for so long. */
static void stop_for(int ms)
{
    pid_t self = getpid();
    pid_t child = fork();
    if (child == 0) {
        kill(self, SIGSTOP);
        poll(NULL, 0, ms);
        kill(self, SIGCONT);
        _exit(0);
    }
    while (waitpid(child, NULL, WNOHANG) == 0)
        pulse_us(&trial);
}

static uint64_t passed_us(void)
{
    return clock_now_us() - trial.judgement.log.start_ns / 1000;
}

Test(pulse, time_does_not_pass_while_it_stands_still)
{
    stop_for(500);
    uint64_t lived_us = pulse_us(&trial);
    cr_assert_gt(passed_us(), lived_us + 400000);
    cr_assert_not(pulse_past(&trial, passed_us() - 200000));
    json_t *disturbed = pulse_disturbed(&trial);
    cr_assert_not_null(disturbed);
    cr_assert(json_is_true(json_object_get(disturbed, "stood")));
    json_decref(disturbed);
}

/* Whether the deed is no standstill. The machine may really stand still meanwhile, as a guest does
   whose host is busy: then it is done again. */
static bool goes_on(void (*deed)(void))
{
    enum { TRIES = 20 };
    for (int i = 0; i < TRIES; i++) {
        trial.judgement.log.start_ns = clock_now_ns();
        pulse_begin(&trial);
        deed();
        if (trial.pulse.stood_us == 0)
            return true;
    }
    return false;
}

static void sleep_a_while(void)
{
    pulse_us(&trial);
    pulse_rest(&trial, 200000);
    poll(NULL, 0, 200);
    uint64_t lived_us = pulse_us(&trial);
    cr_assert(lived_us >= 200000 || trial.pulse.stood_us > 0);
    cr_assert(pulse_past(&trial, 200000) || trial.pulse.stood_us > 0);
}

Test(pulse, a_sleep_of_ones_own_is_no_standstill)
{
    cr_assert(goes_on(sleep_a_while));
}

static void work_a_while(void)
{
    uint64_t end = clock_ns(CLOCK_PROCESS_CPUTIME_ID) + 100000000;
    pulse_us(&trial);
    while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) < end)
        continue;
    pulse_us(&trial);
}

Test(pulse, work_of_ones_own_is_no_standstill)
{
    cr_assert(goes_on(work_a_while));
}

enum { MS = 1000000 };

/* What schedstat of proc(5) says of a process, in a file that this test writes to. */
static int told(void)
{
    return memfd_create("schedstat", MFD_CLOEXEC);
}

static void tell(int fd, int ran_ms, int waited_ms)
{
    char text[64];
    int size = snprintf(text, sizeof text, "%lld %lld 1\n", (long long)ran_ms * MS,
                        (long long)waited_ms * MS);
    cr_assert_eq(pwrite(fd, text, (size_t)size, 0), size);
}

/* A case begins beside an actor that has run for ten seconds; neither has waited. */
static struct member *begin_late(void)
{
    struct member *actor = &stage.cast.member[0];
    stage.cast.count = 1;
    *actor = (struct member){.pid = 7, .starved = told()};
    close(stage.starved);
    stage.starved = told();
    tell(actor->starved, 10000, 0);
    tell(stage.starved, 5000, 0);
    pulse_begin(&trial);
    return actor;
}

static uint64_t starved_ms(void)
{
    pulse_past(&trial, 0);
    return trial.pulse.starved_us / 1000;
}

Test(pulse, what_an_actor_ran_before_the_case_takes_nothing_off)
{
    struct member *actor = begin_late();
    tell(stage.starved, 5010, 200);
    tell(actor->starved, 10050, 5);
    cr_assert_eq(starved_ms(), 150, "200 ms, 50 of which the actor ran");
}

Test(pulse, what_one_waits_while_the_other_runs_is_no_starvation)
{
    struct member *actor = begin_late();
    tell(stage.starved, 5100, 200);
    tell(actor->starved, 10200, 100);
    cr_assert_eq(starved_ms(), 0);
}

Test(pulse, what_an_actor_waited_before_the_case_is_none_either)
{
    struct member *actor = begin_late();
    tell(actor->starved, 10000, 4000);
    pulse_begin(&trial);
    tell(actor->starved, 10000, 4030);
    cr_assert_eq(starved_ms(), 30);
}

Test(pulse, an_actor_that_began_within_the_case_counts_from_its_beginning)
{
    struct member *actor = begin_late();
    actor->pid = 8;
    tell(actor->starved, 10, 60);
    stage.cast.count = 2;
    stage.cast.member[1] = (struct member){.pid = 9, .starved = told()};
    tell(stage.cast.member[1].starved, 20, 80);
    cr_assert_eq(starved_ms(), 110, "60 ms less 20, and 80 less 10");
}

Test(pulse, what_threads_of_calls_waited_within_the_case_counts_when_they_have_ended)
{
    begin_late();
    atomic_store(&shared.waited_us[0], 4000000);
    pulse_begin(&trial);
    atomic_store(&shared.waited_us[0], 4040000);
    atomic_store(&shared.ran_us[0], 10000);
    cr_assert_eq(starved_ms(), 30, "40 ms, 10 of which such threads ran");
}

static void *spin(void *over)
{
    while (!*(_Atomic bool *)over)
        continue;
    return NULL;
}

/* Of a call that is still open, whose thread gets no processor. */
Test(pulse, what_a_thread_of_an_open_call_waits_counts)
{
    static _Atomic bool over;
    struct member *actor = begin_late();
    pthread_t thread;
    oneprocessor_share();
    actor->pid = getpid();
    pulse_begin(&trial);
    cr_assert_eq(pthread_create(&thread, NULL, spin, &over), 0);
    pid_t greedy = fork();
    while (greedy == 0)
        continue;
    while (starved_ms() < 20)
        continue;
    over = true;
    pthread_join(thread, NULL);
    kill(greedy, SIGKILL);
    waitpid(greedy, NULL, 0);
}

Test(pulse, what_an_actor_starved_stays_when_it_has_ended)
{
    struct member *actor = begin_late();
    tell(actor->starved, 10000, 70);
    cr_assert_eq(starved_ms(), 70);
    cr_assert_eq(ftruncate(actor->starved, 0), 0);
    cr_assert_eq(starved_ms(), 70);
}

/* The library was asked 20 ms ago, the kernel for the last time before that 30 ms ago: it stood
   still meanwhile. */
static void stood_between_clocks(uint64_t told_ago_us)
{
    uint64_t now_us = clock_now_us();
    trial.pulse.begun_us = now_us - 30000;
    trial.pulse.told_us = clock_told_ns() / 1000 - told_ago_us;
    trial.pulse.asked_us = now_us - 20000;
}

Test(pulse, what_passes_between_two_clocks_is_no_difference)
{
    int64_t told_us = 0, passed = 0;
    stood_between_clocks(20000);
    cr_assert_not(pulse_clocks_differ(&trial, &told_us, &passed), "%ld us told, %ld us passed",
                  (long)told_us, (long)passed);
    stood_between_clocks(2000);
    cr_assert(pulse_clocks_differ(&trial, &told_us, &passed));
}
