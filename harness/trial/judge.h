/* SPDX-License-Identifier: MIT */
/*
 * The judge: holds the expectations of a step against the evidence of a call. It reads evidence
 * only, so that a recorded run can be judged again.
 */
#ifndef SOCKPROOF_TRIAL_JUDGE_H
#define SOCKPROOF_TRIAL_JUDGE_H

#include "observe/packetmatch.h"
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
/* A call did not end within bound_us; asleep: it sleeps. */
void judge_overdue(struct judgement *judgement, const char *call, uint64_t bound_us, bool asleep);
/* A started call is to be asleep: it is, or has ended with result, or is neither. */
void judge_blocked(struct judgement *judgement, const char *call, bool asleep, bool ended,
                   int64_t result);
/* A stream brought a byte that is not the one that was sent there (expected below 0: none was). */
void judge_diverged(struct judgement *judgement, uint64_t offset, int expected, int observed);
/* Something came where nothing was to come: what, in words. */
void judge_quiet(struct judgement *judgement, const char *what);
/* A step of the wire has seen its packet, or not (what came instead); answered: of all that it
   compared. */
void judge_seen(struct judgement *judgement, const struct step *step, bool found,
                const struct answered *answered, char *what_came);
/* Saves what the step saves of the packet that it has seen; nothing when it saves nothing. */
void judge_seen_saved(struct judgement *judgement, const struct step *step,
                      const struct packet *packet, const struct naming *naming);
/* A step of the wire has counted so many packets. */
void judge_counted(struct judgement *judgement, const struct step *step, long long count,
                   const struct answered *answered);
/* A step of the wire has let so many packets go. */
void judge_released(struct judgement *judgement, const struct step *step, int count,
                    const struct answered *answered);

/* False with the trial broken when no packet that the step compared has a field that it asks for,
   while one is what it means in all else. */
bool judge_answered(struct judgement *judgement, const struct step *step,
                    const struct answered *answered);

/* As people read it, on the judgement's arena. */
char *judge_show_json(struct judgement *judgement, const json_t *json);
char *judge_show_node(struct judgement *judgement, const struct node *node);

#endif
