/* SPDX-License-Identifier: MIT */
/*
 * A lane: a place for one worker process, which does one job after the other.
 *
 * An idle lane is given a job; the answer frees it. A worker that dies, or does not answer within
 * the case limit, is recorded against the job that it had, and its lane starts another.
 * Single-threaded: the supervisor's.
 */
#ifndef SOCKPROOF_ENGINE_LANE_H
#define SOCKPROOF_ENGINE_LANE_H

#include "engine/work.h"

#include <stdint.h>
#include <sys/types.h>

enum { LANE_MAX = 65, ANSWER_MAX = 1 << 20 /* bytes of a worker's answer */ };

struct lane {
    int number;
    int candidate;
    bool on_wire;
    pid_t pid; /* 0: no worker */
    int control;
    struct report *report;
    struct job *job;   /* NULL: idle */
    int unbuilt;       /* workers that could not be set up, since one last was */
    bool closed;       /* no worker of it could */
    uint64_t waits_us; /* from when on its job is taken to wait */
    uint64_t deadline_us;
    int starved;        /* starved.h, of the worker */
    uint64_t waited_us; /* for a processor, by which deadline_us was put off */
};

struct lanes {
    int watch;          /* where the control sockets of their workers are watched */
    const pid_t *guest; /* borrowed: a guest's process and group; 0: none runs */
    pid_t *before;      /* the children that were there when the lanes began */
    size_t before_count;
    int count;
    struct lane all[LANE_MAX];
};

/* Begins with no lane; whoever loses its parent, as what outlives a worker does, is the caller's
   child from now on. watch and *guest are borrowed. */
void lanes_begin(struct lanes *lanes, int watch, const pid_t *guest);
/* Adds lanes for the jobs of a place that wait, at most most of them; fewer, or none, where there
   is no memory for more. */
void lanes_open(struct lanes *lanes, const struct work *work, bool on_wire, int most);
/* Ends all workers, those that have a job at once, and frees what the lanes hold. */
void lanes_end(struct lanes *lanes);
/* Jobs that are being done and not taken to wait. */
int lanes_busy(const struct lanes *lanes);
/* Starts a worker for the lane's candidate and place, and watches its control socket; it has no
   more of the other lanes than it must. False, with errno, when no process can be made, or it
   cannot be watched. */
bool lane_start(struct lanes *lanes, struct lane *lane, const struct work *work);
/* Ends its worker and all that came from it, by a signal unless it is 0: then the worker sees its
   control socket close, and is killed if it has not ended some seconds later. Every child of the
   caller that is no other worker, no guest and was not there when the lanes began is ended with it.
   Returns its wait status; 0 when there is no worker. */
int lane_end(const struct lanes *lanes, struct lane *lane, int signal_number);
/* Asks the worker for a job. starts: it is its first. False, with errno, when it cannot be asked:
   the lane is lost then. */
bool lane_give(struct lane *lane, const struct work *work, struct job *job, bool starts);
/* The worker can be asked or heard no more, what for words and errno tell: ends it, and its job as
   broken. */
void lane_lost(const struct lanes *lanes, struct lane *lane, struct work *work, const char *what);
/* The worker has died, or answered what is no answer: ends it, and its job as broken. */
void lane_died(const struct lanes *lanes, struct lane *lane, struct work *work);
/* Puts off the ends of all jobs: the machine stood still for so long. */
void lanes_put_off(struct lanes *lanes, uint64_t us);
/* Puts off the end of its job by what the worker has waited for a processor since it was last put
   off. False when that is no more than a second. */
bool lane_put_off(struct lane *lane);
/* True when the worker has been stopped or continued by a signal since this was asked last. */
bool lane_stopped(const struct lane *lane);
/* The worker has not answered in time: the same. */
void lane_hangs(const struct lanes *lanes, struct lane *lane, struct work *work);

#endif
