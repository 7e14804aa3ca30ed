/* SPDX-License-Identifier: MIT */
/*
 * Trying again: what fails while the machine stood still is not said before it has failed alone.
 *
 * A worker says of a job that did not pass what has disturbed it (trial/pulse.h). Such a job is put
 * by, and done again when nothing else of the run is, RETRY_TRIES times at most or as often as the
 * worker asks for (tries), until it passes or is not disturbed: that is said. If it fails to the
 * last and is disturbed every time, it is said to fail where the machine was no more than busy and
 * all tries have failed in the same way (likeness.h); else nothing was proved, and the job is
 * broken. The result tells of the first try in any case.
 */
#ifndef SOCKPROOF_ENGINE_RETRY_H
#define SOCKPROOF_ENGINE_RETRY_H

#include "engine/work.h"

#define RETRY_TRIES 3

/* Takes the answer of a worker (stolen): ends the job by it, or puts the job by. report is what the
   worker wrote of it. */
void retry_answer(struct work *work, struct job *job, json_t *result, struct report *report);
/* The worker was stopped, and has not answered: puts the job by, if it was not before. False: it
   was. */
bool retry_stopped(struct work *work, struct job *job);

#endif
