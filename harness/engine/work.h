/* SPDX-License-Identifier: MIT */
/*
 * The work of a run: its jobs, each of which ends exactly once, with a result in the record.
 *
 * Single-threaded: the supervisor's.
 */
#ifndef SOCKPROOF_ENGINE_WORK_H
#define SOCKPROOF_ENGINE_WORK_H

#include "engine/jobs.h"
#include "engine/record.h"
#include "engine/run.h"

/* The first two are borrowed. */
struct work {
    const struct run *run;
    struct record *record;
    struct jobs jobs;
    size_t left;   /* jobs that are not done */
    size_t put_by; /* of them, those that wait to be done again, alone */
    bool stopped;  /* a failure ended the run, as the configuration asks: nothing more is begun */
};

/* Makes the jobs of a run: every variant config->repeat times on each candidate that it is for.
   Those that cannot be done here end at once, skipped. */
void work_open(struct work *work, const struct run *run, struct record *record);
/* Records all that is not done as not-run, for that reason, and frees. */
void work_close(struct work *work, const char *why);
/* True for a candidate that is a guest kernel: it does all its jobs itself. */
bool work_in_guest(const struct work *work, int candidate);
/* Ends a job with its result (stolen) and what its worker reported, or NULL. */
void work_finish(struct work *work, struct job *job, json_t *result, const struct report *report);
/* Ends a job as broken: no worker judged it. report says how far one got, or is NULL. */
void work_break(struct work *work, struct job *job, enum code code, const char *reason,
                const struct report *report);
/* The verdict that the result would get, which is not changed. */
enum verdict work_foresee(const struct work *work, const struct job *job, const json_t *result);
/* Ends a job of a guest with what its engine sent. */
void work_take(struct work *work, struct job *job, const struct frame *frame);

#endif
