/* SPDX-License-Identifier: MIT */
/*
 * Descriptors: which socket a number stands for in this process, and what became of that socket so
 * far. A socket keeps its identity through dup; the process that forks gives its child a copy.
 * No locks: everything that threads share is atomic.
 */
#ifndef SOCKPROOF_PRELOAD_DESCRIPTOR_H
#define SOCKPROOF_PRELOAD_DESCRIPTOR_H

#include "fault/meeting.h"
#include "preload/rearm.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum direction { DIRECTION_IN, DIRECTION_OUT, DIRECTION_COUNT };

struct socket {
    _Atomic uint32_t users; /* descriptors; 0: free */
    _Atomic uint64_t id;    /* of its maker and the maker's n-th socket */
    _Atomic uint64_t inode;
    _Atomic uint64_t moved[DIRECTION_COUNT];   /* bytes */
    _Atomic uint32_t chances[DIRECTION_COUNT]; /* since the last byte moved */
    _Atomic uint32_t asked[POINT_COUNT];
    struct victim victim;
};

/* The socket behind fd; NULL when it is none, or closed. Asks the kernel. errno stays. */
struct socket *descriptor_find(int fd);
/* fd is a new socket of this thread's. errno stays. */
void descriptor_made(int fd);
/* copy stands for the socket of fd now. */
void descriptor_copied(int fd, int copy);
/* The numbers from first to last are about to be closed. */
void descriptor_forget(unsigned first, unsigned last);

#endif
