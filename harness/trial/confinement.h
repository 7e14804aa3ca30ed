/* SPDX-License-Identifier: MIT */
/*
 * Confinement: a case may come from anybody, and what its worker, actors and programs can do to
 * the machine is bounded. They have a user, mount, PID, IPC and UTS namespace of their own: files
 * can only be read, other processes are not there, and the death of the worker, the first process
 * of its namespace, ends all that came from it, whatever they did to get away. For root they are an
 * ordinary user outside, where that one can read what is needed; else what is root's they can read,
 * and of the devices there is what is everybody's.
 */
#ifndef SOCKPROOF_TRIAL_CONFINEMENT_H
#define SOCKPROOF_TRIAL_CONFINEMENT_H

#include "trial/mounts.h"

#include <sys/types.h>

struct confinement {
    bool able;            /* it can be had here */
    bool drops;           /* root is an ordinary user outside */
    bool others;          /* there are other users inside, whom a program may become */
    char why[256];        /* not able: what the machine refuses */
    char stays_root[256]; /* root outside, too: what an ordinary user could not do; or "" */
    struct mounts mounts;
};

/* Finds out by trying whether it can be had, with the folders that are kept by now; those that are
   kept to be written to become the ordinary user's. Single-threaded. */
void confinement_try(struct confinement *confinement);
/* Forks a confined process, or an ordinary one where confinement is not to be had; one that starts
   sandboxes lets them have a root of their own. As fork(2); in the child why, of size bytes, is
   empty, or says what failed: then it is to do no case. Single-threaded. */
pid_t confinement_fork(const struct confinement *confinement, bool sandboxes, char *why,
                       size_t size);
/* What confined processes left in the folders that were kept to be written to becomes the caller's.
 */
void confinement_end(const struct confinement *confinement);

#endif
