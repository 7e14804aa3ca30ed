/* SPDX-License-Identifier: MIT */
/*
 * Footprint: the memory that processes hold. A limit of setrlimit(2) is one process's, counts what
 * sanitizers and runtimes of languages set aside and never touch, and makes a program fail in
 * another way; this is what is really there, of all of them together.
 */
#ifndef SOCKPROOF_BASE_FOOTPRINT_H
#define SOCKPROOF_BASE_FOOTPRINT_H

#include <stdint.h>
#include <sys/types.h>

/* Bytes in memory of all that came from the process (not its own), but for those of children of its
   own in that process group (0: none is left out), whose own children count. What several share is
   counted for each; what is in no process, as a file that lies in memory, is not. 0 where the
   kernel does not list children (CONFIG_PROC_CHILDREN). One that ends meanwhile is not there. */
uint64_t footprint_below(pid_t pid, pid_t group);

#endif
