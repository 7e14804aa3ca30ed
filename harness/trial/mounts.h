/* SPDX-License-Identifier: MIT */
/*
 * Mounts: the file system as a confined process sees it. All of it can only be read, and what
 * everybody shares (/tmp, /var/tmp, /dev/shm, /run, /proc) is its own and empty; some folders are
 * kept where they are.
 */
#ifndef SOCKPROOF_TRIAL_MOUNTS_H
#define SOCKPROOF_TRIAL_MOUNTS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define MOUNTS_KEPT 32

struct mounts {
    int count;
    struct kept {
        char path[PATH_MAX]; /* without links */
        bool writable;
    } kept[MOUNTS_KEPT];
};

/* Keeps a folder, to be read or to be written to. One that lies where nothing is hidden, or in one
   that is kept, is there anyway. False with errno when it is not there (realpath(3)), or there are
   MOUNTS_KEPT already (ENOSPC). */
bool mounts_keep(struct mounts *mounts, const char *path, bool writable);
/* Makes it so for the caller, which has a user, a mount and a PID namespace of its own and is that
   one's first process. 0, or -1 with errno and what failed in *what (static storage). */
int mounts_seal(const struct mounts *mounts, const char **what);

#endif
