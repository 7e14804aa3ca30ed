/*
 * The judge: holds the expectations of a step against its outcome, and the case's own (expect:)
 * against the ledger and the faults.
 */
#ifndef SOCKPROOF_TRIAL_JUDGE_H
#define SOCKPROOF_TRIAL_JUDGE_H

#include "trial/state.h"

/* Judges an ended call by the expectations of step (its own, or those of done:). Sets the
   trial's verdict when one is not met, or could not be evaluated. */
void judge_call(struct trial *trial, const struct step *step, struct pending *pending);
/* Signals: the exact set that member caught since the case named some; only when step names them.
 */
void judge_signals(struct trial *trial, const struct step *step, const struct member *member);
/* After a step: which signals came during it, as events, so that one that nobody names has a place
   in the case. */
void judge_notice_signals(struct trial *trial, const struct step *step);
/* The end: faults fired, delivery, ordering, never, unnamed signals and resets. */
void judge_end(struct trial *trial);

#endif
