/* SPDX-License-Identifier: MIT */
#include "trial/pulse.h"

#include "base/clock.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct stage stage;
static struct trial trial;

static void begin(void)
{
    stage = (struct stage){.starved = starved_open(0)};
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

Test(pulse, a_sleep_of_ones_own_is_no_standstill)
{
    pulse_us(&trial);
    pulse_rest(&trial, 200000);
    poll(NULL, 0, 200);
    cr_assert_geq(pulse_us(&trial), 200000U);
    cr_assert(pulse_past(&trial, 200000));
    cr_assert_eq(trial.pulse.stood_us, 0);
}

Test(pulse, work_of_ones_own_is_no_standstill)
{
    uint64_t end = clock_ns(CLOCK_PROCESS_CPUTIME_ID) + 100000000;
    pulse_us(&trial);
    while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) < end)
        continue;
    pulse_us(&trial);
    cr_assert_eq(trial.pulse.stood_us, 0);
}
