/* SPDX-License-Identifier: MIT */
/*
 * The calls of a trial that its actors were told to do and that have not been examined yet.
 */
#ifndef SOCKPROOF_TRIAL_CALLS_H
#define SOCKPROOF_TRIAL_CALLS_H

#include "case/limit.h"
#include "observe/pattern.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct step;
struct member;
struct descriptor;
struct group;

/* A call in a slot. */
struct pending {
    const struct step *step;
    const char *name; /* of start:, NULL for a call that the case waits for */
    struct member *member;
    struct descriptor *descriptor; /* may be NULL */
    int slot;                      /* -1: free entry */
    int segment;                   /* of the ledger, -1: none */
    struct group *group;           /* the call is one on many sockets */
    const int *segments;           /* then: of each of them */
    bool ended;
    bool examined;   /* its effects are in the ledger and the log */
    json_t *outcome; /* of a call on one socket that was examined, as its event tells it; or NULL */
    uint64_t began_us;
    struct pattern homeless; /* of what it sends when it has no socket */
};

struct calls {
    struct pending open[OPEN_MAX];
    uint64_t used; /* slots, by bit */
    bool member_died;
    pid_t awake; /* of what a command has started, when it was looked at last; 0: nobody */
    bool look;   /* at every member's socket next time, for one may be dead */
};

#endif
