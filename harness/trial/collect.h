/* SPDX-License-Identifier: MIT */
/*
 * Collecting: the evidence of a call of a trial, for the judge and for the record.
 */
#ifndef SOCKPROOF_TRIAL_COLLECT_H
#define SOCKPROOF_TRIAL_COLLECT_H

#include "trial/state.h"

/* Adds to the members of an ended call's event what its judging needs beside its outcome. */
void collect_record(struct trial *trial, const struct pending *pending, json_t *members);
/* What of an ended call the step judges, as one text: two sockets of a group of which it is the
   same are alike to the judge. The caller frees. */
char *collect_key(struct trial *trial, const struct step *step, struct pending *pending);
/* Judges an ended call by the expectations of step (its own, or those of done:). */
void collect_judge(struct trial *trial, const struct step *step, struct pending *pending);

#endif
