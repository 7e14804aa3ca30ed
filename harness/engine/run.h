/* SPDX-License-Identifier: MIT */
/*
 * A run: what is to be done, on which stacks, and what is told of all of it together: run.json and
 * the exit status.
 */
#ifndef SOCKPROOF_ENGINE_RUN_H
#define SOCKPROOF_ENGINE_RUN_H

#include "engine/candidate.h"
#include "engine/config.h"
#include "engine/suite.h"

#include "trial/confinement.h"

#include <jansson.h>

/* All of it borrowed. */
struct run {
    const struct config *config;
    struct candidate *candidates; /* config->stack_count of them */
    const struct suite *suite;
    const struct packet_lie *lie;          /* of the wire, or NULL */
    const char *no_wire;                   /* why this machine has no wire, or NULL: it has */
    const struct confinement *confinement; /* of its workers */
};

/* The number of results to come. */
size_t run_results(const struct run *run);
/* What run.json holds (fixtures/run.schema.json), new: complete, or not yet. */
json_t *run_json(const struct run *run, bool complete);
/* The status that the counts mean. interrupted: the run did not get to its end; damaged: something
   could not be recorded. */
enum status run_status(const struct run *run, bool interrupted, bool damaged);

#endif
