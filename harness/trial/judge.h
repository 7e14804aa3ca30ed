/* SPDX-License-Identifier: MIT */
/*
 * The judge: holds the expectations of a step against the evidence of a call. It reads evidence
 * only, so that a recorded run can be judged again.
 */
#ifndef SOCKPROOF_TRIAL_JUDGE_H
#define SOCKPROOF_TRIAL_JUDGE_H

#include "trial/evidence.h"
#include "trial/verdict.h"

/* Judges an ended call by the expectations of step (its own, or those of done:), all but signals.
   Sets the verdict when one is not met, or could not be evaluated; saves what the step saves. True
   when the step names the call's error. */
bool judge_call(struct judgement *judgement, const struct step *step,
                const struct evidence *evidence);
/* The set of signals that actor has caught since the case named some, exactly; step names them. */
void judge_signals(struct judgement *judgement, const struct step *step, const char *actor,
                   const json_t *caught);
/* Keeps what the step saves of outcome: a member of it, or of what it holds. Of a call, evidence is
   that of it; NULL: of a packet. */
void judge_save(struct judgement *judgement, const struct step *step, const json_t *outcome,
                const struct evidence *evidence);

/* As people read it, on the judgement's arena. */
char *judge_show_json(struct judgement *judgement, const json_t *json);
char *judge_show_node(struct judgement *judgement, const struct node *node);

#endif
