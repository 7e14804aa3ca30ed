/* SPDX-License-Identifier: MIT */
/*
 * Concluding: what a case says of itself as a whole, held against the record of all of it. It reads
 * the record only, as the judge does.
 */
#ifndef SOCKPROOF_TRIAL_CONCLUDE_H
#define SOCKPROOF_TRIAL_CONCLUDE_H

#include "trial/seen.h"
#include "trial/verdict.h"

/* Judges faults, delivery, ordering, never, unnamed signals and resets. end: the members of the
   "end" event: "delivery", "ordering", "signals" (signals_left), "faults": [{"name", "fired",
   "chances", "lacks"?: a field that no packet had, "why"?: sentences,
   "slipped"?: true where calls that it is about went past it}, …],
   "crashed": those below programs that no outcome names (crash.h). */
void conclude(struct judgement *judgement, const struct seen *seen, const json_t *end);
/* A program that no step asked about was killed by a signal, "SIGSEGV", having said size bytes
   about its trouble; it was run by the step of that number. */
void conclude_crashed(struct judgement *judgement, int step, const char *actor, const char *killer,
                      const uint8_t *said, size_t size);
/* The end of what a program said about its trouble, behind a colon; empty when it said nothing. On
   the judgement's arena. */
const char *conclude_last_words(struct judgement *judgement, const uint8_t *said, size_t size);

#endif
