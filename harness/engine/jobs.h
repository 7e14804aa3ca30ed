/* SPDX-License-Identifier: MIT */
/*
 * Jobs: what a run has to do, each variant once for every stack and repeat.
 */
#ifndef SOCKPROOF_ENGINE_JOBS_H
#define SOCKPROOF_ENGINE_JOBS_H

#include "engine/suite.h"

#include <jansson.h>

struct job {
    int candidate; /* its stack, by its place in the configuration */
    bool in_guest; /* which is a guest kernel */
    int variant;   /* by its place in the suite */
    int repeat;
    bool on_wire;
    bool given;
    bool done;
    bool waits;       /* to be done again, alone */
    bool alike;       /* its tries so far came to the same, on a machine that never stood still */
    int tries;        /* alone, so far */
    json_t *first;    /* of one that was disturbed: what its first try came to, and why; or NULL */
    json_t *likeness; /* by which the others are held against it (likeness.h), or NULL */
};

struct jobs {
    const struct suite *suite;
    struct job *all;
    size_t count;
    size_t next[STACKS_MAX][2]; /* first that may not have been given out, by on_wire */
};

/* Room for most jobs of a suite, which is borrowed. Without memory the process ends. */
void jobs_open(struct jobs *jobs, const struct suite *suite, size_t most);
/* Frees all; what jobs_find and the like gave is gone. */
void jobs_free(struct jobs *jobs);
/* Adds one; there must be room. */
struct job *jobs_add(struct jobs *jobs, struct job job);
/* The next one that has not been given out of a candidate and a place, or NULL. */
struct job *jobs_next(struct jobs *jobs, int candidate, bool on_wire);
/* One that waits to be done again, taken for given; NULL when there is none. */
struct job *jobs_next_again(struct jobs *jobs);
/* Takes back one that was given out and not done: it is given out once more. */
void jobs_put_back(struct jobs *jobs, struct job *job);
/* Any one of a place that is to be done on this host and is not given out, or NULL. */
struct job *jobs_next_anywhere(struct jobs *jobs, bool on_wire);
/* How many of a place are to be done on this host. */
size_t jobs_waiting(const struct jobs *jobs, bool on_wire);
/* True when a candidate has some that are not done. */
bool jobs_left(const struct jobs *jobs, int candidate);
/* The candidate's open job that a result with "id" and "repeat" is of, or NULL. */
struct job *jobs_find(const struct jobs *jobs, int candidate, const json_t *result);
/* The text of a selection that holds each variant that a candidate has to do once. The caller
   frees. */
char *jobs_selection(const struct jobs *jobs, int candidate);
/* The variant that a job is to do; the suite's. */
const struct variant *jobs_variant(const struct jobs *jobs, const struct job *job);

#endif
