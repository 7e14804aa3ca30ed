/*
 * The pool: deals the chosen variants out to worker processes, and takes in their results.
 */
#ifndef SOCKPROOF_ENGINE_POOL_H
#define SOCKPROOF_ENGINE_POOL_H

#include "engine/record.h"
#include "engine/suite.h"

struct pool_order {
    const struct suite *suite;
    const struct config *config;
    struct candidate *candidates; /* config->stack_count of them */
    const struct packet_lie *lie; /* of the wire, or NULL */
    bool wire;                    /* this machine can have one */
};

/* Runs all variants config->repeat times each on every candidate. SIGINT and SIGTERM end it early:
   what has not been run is recorded as not-run; so does the first failure, if config says so.
   Returns false when a signal ended it. Single-threaded. */
bool pool_run(const struct pool_order *order, struct record *record);

#endif
