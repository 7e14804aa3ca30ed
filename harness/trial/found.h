/* SPDX-License-Identifier: MIT */
/*
 * What was found: the judge of what is no call's result. It reads what the run, or the record of
 * one, has found, and no sockets.
 */
#ifndef SOCKPROOF_TRIAL_FOUND_H
#define SOCKPROOF_TRIAL_FOUND_H

#include "observe/packetmatch.h"
#include "trial/verdict.h"

/* A call did not end within bound_us; asleep: it sleeps. */
void found_overdue(struct judgement *judgement, const char *call, uint64_t bound_us, bool asleep);
/* So many packets of one flow came with nothing new in any of them; last is one, in words. */
void found_storm(struct judgement *judgement, int count, const char *last);
/* A started call is to be asleep: it is, or has ended with result, or is neither. */
void found_blocked(struct judgement *judgement, const char *call, bool asleep, bool ended,
                   int64_t result);
/* A stream brought a byte that is not the one that was sent there (expected below 0: none was). */
void found_diverged(struct judgement *judgement, uint64_t offset, int expected, int observed);
/* The stack in an actor's process has ended it: by which signal. */
void found_crashed(struct judgement *judgement, const char *actor, const char *why);
/* A descriptor of actor is not there, since the call that makes it has not made it: why, in words.
 */
void found_missing(struct judgement *judgement, const char *actor, const char *name,
                   const char *why);
/* A script says otherwise than what was observed, of that field. */
void found_script(struct judgement *judgement, enum code code, const char *field,
                  const char *expected, const char *observed);
/* Something came where nothing was to come: what, in words. */
void found_quiet(struct judgement *judgement, const char *what);
/* A step of the wire has seen its packet, or not (what came instead); answered: of all that it
   compared. */
void found_seen(struct judgement *judgement, const struct step *step, bool found,
                const struct answered *answered, char *what_came);
/* Saves what the step saves of the packet that it has seen; nothing when it saves nothing. */
void found_seen_saved(struct judgement *judgement, const struct step *step,
                      const struct packet *packet);
/* A step of the wire has counted so many packets. */
void found_counted(struct judgement *judgement, const struct step *step, long long count,
                   const struct answered *answered);
/* A step of the wire has let so many packets go; holds: some of the sides that it means is held. */
void found_released(struct judgement *judgement, const struct step *step, int count, bool holds,
                    const struct answered *answered);

#endif
