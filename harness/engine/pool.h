/* SPDX-License-Identifier: MIT */
/*
 * The pool: deals the work of a run out to worker processes and guests, and takes in their results.
 */
#ifndef SOCKPROOF_ENGINE_POOL_H
#define SOCKPROOF_ENGINE_POOL_H

#include "engine/work.h"

/* Runs all variants config->repeat times each on every candidate. SIGINT and SIGTERM end it early:
   what has not been run is recorded as not-run; so does the first failure, if config says so.
   Returns false when a signal ended it. Single-threaded. */
bool pool_run(const struct run *run, struct record *record);

#endif
