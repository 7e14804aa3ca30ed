/* SPDX-License-Identifier: MIT */
/*
 * Signals: what the actors of a trial have caught, as the worker sees it.
 */
#ifndef SOCKPROOF_TRIAL_SIGNALS_H
#define SOCKPROOF_TRIAL_SIGNALS_H

#include "trial/state.h"

/* Judges the set that member caught since the case named some, and takes it. */
void signals_judge(struct trial *trial, const struct step *step, const struct member *member);
/* After a step: which signals came during it, as events, so that one that nobody names has a place
   in the case. A broken pipe's is of the very send that raises it: a later step does not name it.
 */
void signals_notice(struct trial *trial, const struct step *step);
/* What is left that no step took: [{"actor": …, "step": N, "caught": […]}, …]. New reference. */
json_t *signals_left(struct trial *trial);

#endif
