/* SPDX-License-Identifier: MIT */
/*
 * Fence: a process cannot reach into those that it did not make. A program of a case is the same
 * user as its actor and its worker, whose memory and descriptors hold what is recorded of it.
 */
#ifndef SOCKPROOF_TRIAL_FENCE_H
#define SOCKPROOF_TRIAL_FENCE_H

/* Takes CAP_SYS_PTRACE from the caller, who is root of its user namespace, and from all that come
   from it: then whoever has it still is out of reach, of ptrace(2) as of what /proc has of memory
   and descriptors (a process may only look into one that has no rights that it lacks itself). Among
   themselves they can. 0, or -1 with errno (capabilities(7)). Right after a fork:
   async-signal-safe.
 */
int fence_begin(void);

#endif
