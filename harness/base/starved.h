/* SPDX-License-Identifier: MIT */
/*
 * Starved: how long a process has waited for a processor while it could have run.
 */
#ifndef SOCKPROOF_BASE_STARVED_H
#define SOCKPROOF_BASE_STARVED_H

#include <stdint.h>
#include <sys/types.h>

/* Microseconds since it began: of its first thread. */
struct starved {
    uint64_t ran_us;    /* on a processor */
    uint64_t waited_us; /* for one */
};

/* What the kernel tells of that about a process, opened; 0: the caller. The caller closes; -1 where
   it tells nothing (schedstat of proc(5)). */
int starved_open(pid_t pid);
/* What it says now; zeros when fd is -1 or the process is gone. Any thread. */
struct starved starved_read(int fd);

#endif
