/* SPDX-License-Identifier: MIT */
/*
 * The machine's clocks, in whole numbers.
 */
#ifndef SOCKPROOF_BASE_CLOCK_H
#define SOCKPROOF_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* What a clock of the kernel says (clock_gettime(2)), in nanoseconds; 0 when there is no such
   clock. Any thread, any signal handler. */
uint64_t clock_ns(clockid_t clock);
/* CLOCK_MONOTONIC as the C library tells it to who asks there, in nanoseconds: a library in front
   of it (libfaketime) may tell another. */
uint64_t clock_told_ns(void);
/* CLOCK_MONOTONIC in nanoseconds, microseconds, milliseconds and seconds. */
uint64_t clock_now_ns(void);
uint64_t clock_now_us(void);
int64_t clock_now_ms(void);
double clock_now_s(void);

#endif
