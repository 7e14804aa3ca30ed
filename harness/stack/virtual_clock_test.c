/* SPDX-License-Identifier: MIT */
#include "stack/virtual_clock.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <sys/time.h>
#include <time.h>

/* nanosleep is what is tested: the one that virtual_clock.c puts in front of the C library's. None
   of the calls here is a wait for somebody else. */

Test(virtual_clock, without_it_time_is_real)
{
    struct timeval now;
    struct timespec real;
    struct timespec moment = {0, 1000};
    cr_assert_eq(gettimeofday(&now, NULL), 0);
    clock_gettime(CLOCK_REALTIME, &real);
    cr_assert_leq(real.tv_sec - now.tv_sec, 1);
    cr_assert_eq(nanosleep(&moment, NULL), 0);
    cr_assert_eq(virtual_clock_us(), 0);
}

static _Atomic uint32_t ticks, done;

/* What the library's timer thread does: it sleeps a period, works, sleeps again. */
static void *timers(void *count)
{
    struct timespec period = {0, 10000000};
    for (int i = 0; i < *(int *)count; i++)
        nanosleep(&period, NULL);
    return NULL;
}

Test(virtual_clock, a_period_is_over_when_the_harness_says_so)
{
    int periods = 4;
    pthread_t thread;
    struct timeval before;
    struct timeval after;
    virtual_clock_begin(&ticks, &done);
    gettimeofday(&before, NULL);
    cr_assert_eq(pthread_create(&thread, NULL, timers, &periods), 0);
    for (int i = 0; i < periods; i++)
        virtual_clock_tick(&ticks, 1);
    pthread_join(thread, NULL);
    gettimeofday(&after, NULL);
    cr_assert_eq(virtual_clock_us(), UINT64_C(4) * VIRTUAL_TICK_US);
    cr_assert_eq(after.tv_usec - before.tv_usec, 4L * VIRTUAL_TICK_US);
    cr_assert_eq(done, 3, "the work of a tick is done when the next period begins");
}

Test(virtual_clock, a_stir_is_seen)
{
    uint32_t seen = virtual_clock_stirs();
    virtual_clock_stir();
    cr_assert_neq(virtual_clock_stirs(), seen);
    virtual_clock_await(seen); /* returns at once */
}
