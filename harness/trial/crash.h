/* SPDX-License-Identifier: MIT */
/*
 * Crashes below the programs of a case: processes that a program started, and that a signal of
 * their own making ended. The program's status does not tell: a shell ends with 128 and the
 * signal's number, as others do by themselves. It is known where the interposer stands before the
 * program: who waits for a child notes it, and orphans fall to the worker.
 */
#ifndef SOCKPROOF_TRIAL_CRASH_H
#define SOCKPROOF_TRIAL_CRASH_H

#include "trial/state.h"

#include <jansson.h>

/* Those below the program of that step until now, each {"name": "prog", "signal": "SIGSEGV"}, a new
   reference; NULL: none. */
json_t *crash_below(const struct trial *trial, int step);
/* The outcome of a call is what it is judged by: those that it names are no late ones. */
void crash_taken(struct trial *trial, const struct pending *pending);
/* Those that no outcome names, each with actor and step besides: below programs that still run, or
   of what outlived its program. A new array. */
json_t *crash_late(const struct trial *trial);
/* A note for each. Once, at the end. */
void crash_note(struct trial *trial);

#endif
