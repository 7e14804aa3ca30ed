/* SPDX-License-Identifier: MIT */
/*
 * Starved: how long a thread has waited for a processor while it could have run.
 */
#ifndef SOCKPROOF_BASE_STARVED_H
#define SOCKPROOF_BASE_STARVED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Microseconds since it began, of one thread. */
struct starved {
    uint64_t ran_us;    /* on a processor */
    uint64_t waited_us; /* for one */
};

/* What the kernel tells of that about the first thread of a process, opened; 0: the caller's. The
   caller closes; -1 where it tells nothing (schedstat of proc(5)). */
int starved_open(pid_t pid);
/* What it says now; zeros when fd is -1 or the process is gone. Any thread. */
struct starved starved_read(int fd);
/* Of the calling thread; zeros where the kernel tells nothing. */
struct starved starved_own(void);
/* The tick of the clock by which the kernel tells when a thread began (starttime of proc(5)). */
uint64_t starved_tick(void);
/* Of each thread of a process but the first, of those that began in that tick or later: room of
   them at most. Returns how many; 0 when the process is gone. */
size_t starved_threads(pid_t pid, uint64_t since_tick, struct starved *all, size_t room);

#endif
