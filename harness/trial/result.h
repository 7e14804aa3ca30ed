/* SPDX-License-Identifier: MIT */
/*
 * The result of a trial: the line that results.jsonl holds of it.
 */
#ifndef SOCKPROOF_TRIAL_RESULT_H
#define SOCKPROOF_TRIAL_RESULT_H

#include "trial/state.h"

/* The result of a trial that is over; repeat counts from 0. New reference. */
json_t *result_json(struct trial *trial, int repeat);
/* What went wrong, and where in the case; JSON null when nothing did. New reference. */
json_t *result_failure(struct judgement *judgement, const struct catalogue *catalogue);
/* What nothing is known about: the steps behind the last one that was begun (its number; 0: none
   was), and what the case says of itself as a whole unless it was concluded. New reference. */
json_t *result_not_run(const struct variant *variant, int reached, bool concluded);

#endif
