/* SPDX-License-Identifier: MIT */
/*
 * Asleep: whether a thread sleeps inside one system call on one descriptor, or a whole process
 * does.
 */
#ifndef SOCKPROOF_ACTOR_ASLEEP_H
#define SOCKPROOF_ACTOR_ASLEEP_H

#include "verb/verb.h"

#include <stdbool.h>
#include <sys/types.h>

/* True when the thread's state is S and then its system call is one of verb's, on fd. The order
   matters: the call alone, right after a wake, is still the old one (proc(5), /proc/pid/stat and
   /proc/pid/syscall). False too when the thread is gone. */
bool asleep(pid_t pid, pid_t tid, const struct verb *verb, int fd);
/* True when there was a moment at which every thread of the process slept. Exact: each is found
   asleep twice, and has not run in between. */
bool asleep_process(pid_t pid);
/* The same of the process and of all that it has started from its first thread and that still runs.
 */
bool asleep_family(pid_t pid);
/* The same of the process and of all that descends from it, whichever thread made them; who is held
   by a tracer does not run. 0: there was such a moment; else a process that was awake. */
pid_t asleep_tree(pid_t pid);
/* True when the thread's state is S. A look only: it may have been woken since. */
bool asleep_thread(pid_t pid, pid_t tid);

#endif
