/* SPDX-License-Identifier: MIT */
/*
 * Leftovers: processes that a program has left behind, of whom nobody waits for the end. The worker
 * is their subreaper (prctl(2)): a daemon that forks away becomes its child.
 */
#ifndef SOCKPROOF_TRIAL_LEFTOVER_H
#define SOCKPROOF_TRIAL_LEFTOVER_H

#include "actor/cast.h"
#include "trial/stage.h"

/* Makes the caller the one to whom orphans fall. */
void leftover_begin(void);
/* Ends every child of the caller that is no member of the cast, and all that then falls to it.
   groups (count of them) are process groups that were killed already: who is of one is on its way
   out and not counted. Returns how many others there were; name, of size bytes, is that of the
   first. */
int leftover_end(const struct cast *cast, const pid_t *groups, size_t count, char *name,
                 size_t size);

#endif
