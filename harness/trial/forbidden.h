/* SPDX-License-Identifier: MIT */
/*
 * Forbidden: what no case needs of the kernel, refused to a process and all that come from it.
 */
#ifndef SOCKPROOF_TRIAL_FORBIDDEN_H
#define SOCKPROOF_TRIAL_FORBIDDEN_H

#include <stdbool.h>

/* Refuses the calls (EPERM, by a filter of seccomp(2)), new rights by execve (no_new_privs), and
   more processes, more descriptors and larger files than any case has. What starts sandboxes may
   change its root. 0, or -1 with errno. */
int forbidden_begin(bool sandboxes);

#endif
