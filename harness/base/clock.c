/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

uint64_t clock_ns(clockid_t clock)
{
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
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
