/* SPDX-License-Identifier: MIT */
/*
 * Children: the processes that a thread has started, or that have fallen to it, and that nobody has
 * waited for yet.
 */
#ifndef SOCKPROOF_BASE_CHILDREN_H
#define SOCKPROOF_BASE_CHILDREN_H

#include <stdio.h>
#include <sys/types.h>

/* Opens the list of the first thread of a process, or with 0 of the calling thread (children of
   proc(5)). The caller closes it (fclose); NULL with errno: ENOENT where there is no such process,
   or the kernel keeps no such list. */
FILE *children_open(pid_t pid);
/* The same of any thread of it. */
FILE *children_of(pid_t pid, pid_t tid);
/* The next one, or 0: there are no more. When some end meanwhile, others may be left out. */
pid_t children_next(FILE *list);

#endif
