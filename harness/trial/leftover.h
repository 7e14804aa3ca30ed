/* SPDX-License-Identifier: MIT */
/*
 * Leftovers: processes that a program has left behind, of whom nobody waits for the end. The worker
 * is their subreaper (prctl(2)): a daemon that forks away becomes its child.
 */
#ifndef SOCKPROOF_TRIAL_LEFTOVER_H
#define SOCKPROOF_TRIAL_LEFTOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Whether a child of the caller is none. */
typedef bool leftover_stays(const void *context, pid_t pid);

struct leftover {
    leftover_stays *stays;
    const void *context; /* for stays */
    const pid_t *groups; /* process groups that were killed already, count of them: who is of one is
                            on its way out and not counted */
    size_t count;
};

/* Makes the caller the one to whom orphans fall. */
void leftover_begin(void);
/* Tells of each child that a signal has ended, and that waits to be reaped, as it goes on doing;
   those that stay are none. */
void leftover_dead(leftover_stays *stays, const void *cast,
                   void (*tell)(const void *context, pid_t pid, int signal), const void *context);
/* Ends every child of the calling thread but those that stay, and all that then falls to it; one
   that does not die in seconds is left behind. Returns how many were not on their way out; name, of
   size bytes, is that of the first. */
int leftover_end(const struct leftover *leftover, char *name, size_t size);

#endif
