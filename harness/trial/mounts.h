/* SPDX-License-Identifier: MIT */
/*
 * Mounts: the file system as a confined process sees it. All of it can only be read, and what
 * everybody shares (/tmp, /var/tmp, /dev/shm, /run, /proc) is its own and empty; some folders are
 * kept where they are. A folder that nobody but root may go through, above one that is kept, is
 * covered: of it there is the way to that one, and nothing else.
 */
#ifndef SOCKPROOF_TRIAL_MOUNTS_H
#define SOCKPROOF_TRIAL_MOUNTS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOUNTS_KEPT 64
#define MOUNTS_LISTED 8

struct mounts {
    int count;
    struct kept {
        char path[PATH_MAX]; /* without links */
        bool writable;
    } kept[MOUNTS_KEPT];
    struct listed {
        int count;
        char path[MOUNTS_LISTED][PATH_MAX];
    } covered, split; /* of the second what lies in them is kept in their place */
    bool bare;        /* of the devices there is only what is everybody's */
};

/* Copies of what is kept, not yet anywhere. */
struct copies {
    int fd[MOUNTS_KEPT];
};

/* Keeps a folder, to be read or to be written to. One that lies where nothing is hidden, or in one
   that is kept, is there anyway. False with errno when it is not there (realpath(3)), or there are
   MOUNTS_KEPT already (ENOSPC). */
bool mounts_keep(struct mounts *mounts, const char *path, bool writable);
/* The same, to be read, also where an ordinary user could not come to it: what lies above it is
   covered then, and of a folder that is closed itself each of what lies in it is kept, without
   files that are root's alone, if there is room and all is files and folders that such a user can
   read. For what is ours, and not for what a case names. */
bool mounts_keep_through(struct mounts *mounts, const char *path);
/* Takes copies of what is kept, for mounts_seal(), as a user who can come to it. 0, or -1 with
   errno. */
int mounts_copy(const struct mounts *mounts, struct copies *copies);
/* Makes it so for the caller, which has a user, a mount and a PID namespace of its own and is that
   one's first process, and closes the copies. 0, or -1 with errno and what failed in *what (static
   storage). */
int mounts_seal(const struct mounts *mounts, struct copies *copies, const char **what);
/* True when there is more or less in the folders that are its own and empty than there was behind
   mounts_seal(), which the caller, or who it was forked from, has called; else false. Whoever is
   given such a worker finds what an earlier case left, and the memory that it lies in is not free.
 */
bool mounts_written(void);
/* Bytes of memory that lie in these folders, beyond what lay there behind mounts_seal(), and in
   shared memory of System V, which a confined process has for itself too. 0 where the folders are
   not its own. */
uint64_t mounts_held(void);

#endif
