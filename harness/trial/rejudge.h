/* SPDX-License-Identifier: MIT */
/*
 * Judging again: the verdict on a variant from the events of a recorded run, without a socket.
 */
#ifndef SOCKPROOF_TRIAL_REJUDGE_H
#define SOCKPROOF_TRIAL_REJUDGE_H

#include "trial/verdict.h"

/* Judges the variant by its events (an array, in order), as the run did; excuses: what the run
   excused. The judgement is on arena; its log says nothing. One thread. */
struct judgement rejudge(const struct variant *variant, const json_t *events,
                         const struct excuses *excuses, struct arena *arena);

#endif
