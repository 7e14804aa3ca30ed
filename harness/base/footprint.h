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

/* Bytes. */
struct footprint {
    uint64_t own;    /* in memory of each, but for what is shared */
    uint64_t shared; /* in memory of each, of what several can share that is no file of a disk:
                        counted for each */
    uint64_t held; /* of memory that descriptors stand for (memfd_create(2)), mapped or not: once */
    uint64_t pipes; /* descriptors of pipes, each counted for each */
};

/* What all hold that came from the process (not its own), but for those of children of its
   own in that process group (0: none is left out), whose own children count. A named file that lies
   in memory is no process's. 0 where the kernel does not list children (CONFIG_PROC_CHILDREN). One
   that ends meanwhile is not there. Descriptors are looked at and not opened: nobody is disturbed.
 */
struct footprint footprint_below(pid_t pid, pid_t group);
/* How many descriptors wait in the sockets of all that came from the process, as there, to be taken
   by somebody (SCM_RIGHTS of unix(7)): what these stand for no process shows. 0 where the kernel
   does not tell (Linux before 5.6). */
uint64_t footprint_on_their_way(pid_t pid, pid_t group);
/* Visits each network namespace that they are in, once, with a descriptor of it that is closed
   afterwards. One that may not be opened is left out. */
void footprint_networks(pid_t pid, pid_t group, void (*visit)(void *context, int netns),
                        void *context);

#endif
