/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <sys/syscall.h>
#include <unistd.h>

static uint64_t in_ns(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * 1000000000U + (uint64_t)time->tv_nsec;
}

/* Past the library, in front of which somebody may have put another clock. */
uint64_t clock_ns(clockid_t clock)
{
    struct timespec now = {0, 0};
    syscall(SYS_clock_gettime, clock, &now);
    return in_ns(&now);
}

uint64_t clock_told_ns(void)
{
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return in_ns(&now);
}

uint64_t clock_now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

uint64_t clock_now_us(void)
{
    return clock_now_ns() / 1000U;
}

int64_t clock_now_ms(void)
{
    return (int64_t)(clock_now_ns() / 1000000U);
}

double clock_now_s(void)
{
    return (double)clock_now_ns() / 1e9;
}
