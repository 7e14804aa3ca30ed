/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <criterion/criterion.h>

/* What was read between two readings of another unit lies between them. */
Test(clock, all_units_are_of_one_clock)
{
    uint64_t before = clock_ns(CLOCK_MONOTONIC);
    uint64_t ns = clock_now_ns();
    uint64_t us = clock_now_us();
    int64_t ms = clock_now_ms();
    double s = clock_now_s();
    uint64_t after = clock_ns(CLOCK_MONOTONIC);
    cr_assert_leq(before, ns);
    cr_assert(us >= before / 1000 && us <= after / 1000);
    cr_assert(ms >= (int64_t)(before / 1000000) && ms <= (int64_t)(after / 1000000));
    cr_assert(s >= (double)before / 1e9 && s <= (double)after / 1e9);
}

Test(clock, every_clock_is_its_own)
{
    struct timespec real;
    clock_gettime(CLOCK_REALTIME, &real);
    uint64_t told = clock_ns(CLOCK_REALTIME);
    cr_assert_geq(told, (uint64_t)real.tv_sec * 1000000000U + (uint64_t)real.tv_nsec);
    cr_assert_neq(told / 1000000000U, clock_now_ns() / 1000000000U);
    cr_assert_eq(clock_ns(12345), 0, "there is no such clock");
}

Test(clock, what_the_library_tells_is_the_kernels)
{
    uint64_t before = clock_now_ns();
    uint64_t told = clock_told_ns();
    cr_assert(before <= told && told <= clock_now_ns());
}
