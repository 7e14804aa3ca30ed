/* SPDX-License-Identifier: MIT */
/*
 * Sightings: the packets that the wire has seen of a case, for those who ask about them.
 */
#ifndef SOCKPROOF_TRIAL_SIGHTING_H
#define SOCKPROOF_TRIAL_SIGHTING_H

#include "case/case.h"
#include "observe/packetmatch.h"
#include "trial/seen.h"

/* Adds a sighting; its frame is borrowed. */
void sighting_add(struct seen *seen, struct sighting sighting);
/* Forgets all. */
void sighting_clear(struct seen *seen);
/* True for what the wire said itself, because a step let it: no host sent that. */
bool sighting_is_said(const struct sighting *one);
/* The packet, taken apart again, its numbers as they were then. False when its frame is none. */
bool sighting_packet(const struct sighting *one, struct packet *packet);
/* Gives seen the memory for steps numbered up to that, on arena. */
void sighting_begin(struct seen *seen, struct arena *arena, int steps);
/* The step of that number begins; actor: it is one of an actor. */
void sighting_step(struct seen *seen, int number, bool actor);
/* The next sighting that is as the step says, from where the step looks (since:, or the last step
   of an actor) and behind the last match of its direction; from now on that is the last match. NULL
   when there is none; valid until another is added. answered as packetmatch. What is taken so is
   named, where the step speaks of resets. */
const struct sighting *sighting_next(struct seen *seen, const struct step *step,
                                     struct answered *answered);
/* How many are as the step says, from where sighting_next looks. */
long long sighting_count(struct seen *seen, const struct step *step, struct answered *answered);
/* What did come, for a message: the last few packets that the step could have meant. Owned by
   arena. */
char *sighting_what_came(const struct seen *seen, const struct step *step, struct arena *arena);

#endif
