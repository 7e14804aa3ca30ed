/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>

static uint64_t in_ns(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * 1000000000U + (uint64_t)time->tv_nsec;
}

/* True when the function that tells the time is not the C library's: somebody has put another clock
   in front of it. */
static bool is_replaced(void)
{
    static _Atomic int known; /* 1: it is not, 2: it is */
    Dl_info where = {.dli_fname = NULL};
    if (known == 0) {
        bool found = dladdr((void *)(uintptr_t)clock_gettime, &where) != 0;
        known = found && strstr(where.dli_fname, "libc.so") == NULL ? 2 : 1;
    }
    return known == 2;
}

/* Past all libraries, what stands in front of syscall(2) too. */
static void ask_kernel(clockid_t clock, struct timespec *now)
{
#if defined __x86_64__
    long done = SYS_clock_gettime;
    __asm__ volatile("syscall" : "+a"(done) : "D"((long)clock), "S"(now) : "rcx", "r11", "memory");
#elif defined __aarch64__
    register long first __asm__("x0") = clock;
    register struct timespec *second __asm__("x1") = now;
    register long number __asm__("x8") = SYS_clock_gettime;
    __asm__ volatile("svc 0" : "+r"(first) : "r"(second), "r"(number) : "memory");
#else
    clock_gettime(clock, now);
#endif
}

uint64_t clock_ns(clockid_t clock)
{
    struct timespec now = {0, 0};
    if (is_replaced()) /* which costs much more */
        ask_kernel(clock, &now);
    else
        clock_gettime(clock, &now);
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
