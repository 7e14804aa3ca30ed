/* SPDX-License-Identifier: MIT */
/*
 * A parcel: what lies in the shared memory of a worker, in a frame, so that it lies in that of a
 * relay too: a call with all that it is given, what came of it, a plan. Pieces lie at the same
 * offsets on both sides. The relay may be of another byte order and number its constants otherwise
 * (coder.h), and its structures may be smaller: its words are no longer than here (greeting.h).
 */
#ifndef SOCKPROOF_ACTOR_PARCEL_H
#define SOCKPROOF_ACTOR_PARCEL_H

#include "actor/frame.h"
#include "actor/shared.h"

/* Adds the call in a slot, with what it is given. */
void parcel_ask(struct frame_out *frame, struct shared *shared, int slot);
/* Puts such a call into the slot. False when it is none, or has pieces outside of the memory. */
bool parcel_asked(struct opened *opened, struct shared *shared, int slot);
/* Adds what came of the call in a slot. */
void parcel_answer(struct frame_out *frame, struct shared *shared, int slot);
/* Puts that into the slot whose call was asked; but for its data, nothing of what was asked
   changes. False when it is no answer to it. */
bool parcel_answered(struct opened *opened, struct shared *shared, int slot);
/* The faults of a plan at the calls of actors. */
void parcel_plan(struct frame_out *frame, const struct plan *plan);
bool parcel_planned(struct opened *opened, struct plan *plan);

#endif
