/* SPDX-License-Identifier: MIT */
/*
 * Memory: what a call is given of the memory that the worker shares with its actors.
 */
#ifndef SOCKPROOF_TRIAL_MEMORY_H
#define SOCKPROOF_TRIAL_MEMORY_H

#include "trial/state.h"

/* A zeroed piece of size bytes that lasts as long as the case; {0, 0}, with the trial broken, when
   the case asks for more than there is. */
struct piece memory_new(struct trial *trial, size_t size);
/* The same for count pieces of one size, end to end. What is no number, or below 0, nobody has room
   for. */
struct piece memory_many(struct trial *trial, int64_t count, int64_t size);
/* Where it lies in the worker's process; NULL for {0, 0}. */
void *memory_at(const struct trial *trial, struct piece piece);
/* True when so many pattern bytes on the call's stream are too many to lie in memory. */
bool memory_made(const struct pending *pending, size_t size);

#endif
