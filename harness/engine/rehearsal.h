/* SPDX-License-Identifier: MIT */
/*
 * A rehearsal: something is done with one file after the other in a process of its own, beforehand.
 * What ends that process, a fault of ours that only that file finds, costs that file and no other.
 */
#ifndef SOCKPROOF_ENGINE_REHEARSAL_H
#define SOCKPROOF_ENGINE_REHEARSAL_H

#include <stddef.h>

/* What is done with the file of that path. May crash, or never return. */
typedef void rehearsed(void *context, const char *path);

/* Does it with each of count paths, each with at most seconds of processor time. ended[i] becomes
   0, the number of the signal that ended the process at paths[i] (SIGXCPU: its time was over), or
   its exit status below 0 when it left by itself. One that is killed (SIGKILL) goes on where it
   was, a few times. Where no process can be made nothing is tried: all are 0. */
void rehearse(rehearsed *act, void *context, size_t count, char *const *paths, unsigned seconds,
              int *ended);

#endif
