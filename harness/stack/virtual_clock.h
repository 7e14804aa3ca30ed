/* SPDX-License-Identifier: MIT */
/*
 * The virtual clock of a stack that lives in the actor's process. Its time stands still until
 * the harness moves it on, so that a timer fires exactly where a case waits, never while the
 * harness is busy, and a minute of retransmissions takes as long as its packets need.
 *
 * The library asks gettimeofday(2) what time it is and its timer thread sleeps by nanosleep(2):
 * both are defined here, in the executable, in front of the C library's. Until virtual_clock_begin
 * was called in a process, they do what the C library's do.
 */
#ifndef SOCKPROOF_STACK_VIRTUAL_CLOCK_H
#define SOCKPROOF_STACK_VIRTUAL_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

/* What one step forward is: the period of usrsctp's timer thread. */
enum { VIRTUAL_TICK_US = 10000 };

/* Puts the process on virtual time: *ticks, in shared memory, is what the harness counts up and
   wakes (futex(2)); *done is where the timer thread says up to which it has come. */
void virtual_clock_begin(_Atomic uint32_t *ticks, _Atomic uint32_t *done);
/* Something happened that a waiting poll may care about. Any thread. */
void virtual_clock_stir(void);
/* A number that changes with every stir and every tick. */
uint32_t virtual_clock_stirs(void);
/* Sleeps until the number is another than seen. */
void virtual_clock_await(uint32_t seen);
/* Virtual microseconds since the process began. */
uint64_t virtual_clock_us(void);
/* Harness: so many ticks forward, for every process that sleeps on ticks. */
void virtual_clock_tick(_Atomic uint32_t *ticks, uint32_t count);
/* Sleeps until *ticks is another than seen. */
void virtual_clock_wait(_Atomic uint32_t *ticks, uint32_t seen);

#endif
