/* SPDX-License-Identifier: MIT */
#include "stack/virtual_clock.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Any moment will do, as long as it is the same in every run. */
enum { EPOCH = 1000000000 };

static _Atomic uint32_t *clock_ticks; /* NULL: the process is on real time */
static _Atomic uint32_t *clock_done;
static uint32_t first_tick;
static _Atomic uint32_t stirs;

static void sleep_on(_Atomic uint32_t *word, uint32_t seen)
{
    syscall(SYS_futex, word, FUTEX_WAIT, seen, NULL, NULL, 0);
}

static void wake_all(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void virtual_clock_begin(_Atomic uint32_t *ticks, _Atomic uint32_t *done)
{
    first_tick = atomic_load(ticks);
    atomic_store(done, first_tick);
    clock_done = done;
    clock_ticks = ticks;
}

void virtual_clock_stir(void)
{
    atomic_fetch_add(&stirs, 1);
    wake_all(&stirs);
}

uint32_t virtual_clock_stirs(void)
{
    return atomic_load(&stirs);
}

void virtual_clock_await(uint32_t seen)
{
    sleep_on(&stirs, seen);
}

uint64_t virtual_clock_us(void)
{
    uint32_t ticks = clock_ticks != NULL ? atomic_load(clock_ticks) - first_tick : 0;
    return (uint64_t)ticks * VIRTUAL_TICK_US;
}

void virtual_clock_tick(_Atomic uint32_t *ticks, uint32_t count)
{
    atomic_fetch_add(ticks, count);
    wake_all(ticks);
}

void virtual_clock_wait(_Atomic uint32_t *ticks, uint32_t seen)
{
    while (atomic_load(ticks) == seen)
        sleep_on(ticks, seen);
}

/* One period of the timer thread: it has done the tick before, and waits for the next. */
static void await_tick(void)
{
    uint32_t mine = atomic_load(clock_done);
    virtual_clock_stir();
    virtual_clock_wait(clock_ticks, mine);
}

static int real_sleep(const struct timespec *wanted, struct timespec *left)
{
    int error = clock_nanosleep(CLOCK_REALTIME, 0, wanted, left);
    errno = error;
    return error == 0 ? 0 : -1;
}

/* usrsctp's timer thread calls this to begin each period, the first one included: what it does
   between two calls is the work of a tick. */
int nanosleep(const struct timespec *wanted, struct timespec *left)
{
    static _Thread_local bool began;
    if (clock_ticks == NULL)
        return real_sleep(wanted, left);
    if (began)
        atomic_fetch_add(clock_done, 1);
    began = true;
    await_tick();
    if (left != NULL)
        *left = (struct timespec){0, 0};
    return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    uint64_t us = virtual_clock_us();
    struct timespec real = {EPOCH + (time_t)(us / 1000000), (long)(us % 1000000) * 1000};
    if (clock_ticks == NULL)
        clock_gettime(CLOCK_REALTIME, &real);
    *now = (struct timeval){real.tv_sec, real.tv_nsec / 1000};
    return 0;
}
