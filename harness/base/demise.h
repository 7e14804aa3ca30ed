/* SPDX-License-Identifier: MIT */
/*
 * Demise: whether a process has ended, or is about to. What the kernel does not tell, for want of
 * a descriptor say, is no end.
 */
#ifndef SOCKPROOF_BASE_DEMISE_H
#define SOCKPROOF_BASE_DEMISE_H

#include <stdbool.h>
#include <sys/types.h>

/* True when the kernel has begun to take the process down, or has done so, or there is none (state
   and flags of proc_pid_stat(5)): its sockets may be closed before its end can be waited for. False
   too when that cannot be found out. Any thread. */
bool demise_begun(pid_t pid);
/* Waits for the end of a process, a child or not, for at most so many milliseconds; its status
   stays to be taken. True when it has ended, or there is none. It needs no descriptor, but is less
   idle without one. Any thread. */
bool demise_within(pid_t pid, int limit_ms);
/* The signal that has stopped a child of the caller, which stands still for it (WSTOPPED of
   waitid(2)); 0: it does not, or is no child. Asked again it says the same. Any thread. */
int demise_halted(pid_t child);

#endif
