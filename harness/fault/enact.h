/* SPDX-License-Identifier: MIT */
/*
 * Enacting: what the faults that fire do to a call, and to its socket. The same for the calls of
 * scripted actors and of programs, through the real calls of the meeting.
 *
 *     if (enact_before(&meeting, &decision)) value = real call, of meeting.left at most;
 *     value = enact_after(&meeting, value, &error);
 *
 * A fault does what the kernel can do: an interrupted connect has begun, an interrupted close has
 * closed, a connection that is reported dead is dead, one that is reported aborted was there. Any
 * thread, any signal handler.
 */
#ifndef SOCKPROOF_FAULT_ENACT_H
#define SOCKPROOF_FAULT_ENACT_H

#include "fault/meeting.h"
#include "fault/plan.h"

/* Does what is done before the call: first the delays, whose whole time passes, whatever interrupts
   it; then what decides. meeting->left becomes what the call asks for, or less. False when the call
   is not to be made, as where an earlier fault has ended the connection. */
bool enact_before(struct meeting *meeting, const struct decision *decision);
/* Nothing has decided what becomes of the call, and some faults of the plan (bit i: fault i) wait
   for a byte further on: the transfer of a stream that has moved so many bytes ends where the first
   of them waits, as it would if no more had come; meeting->left says so. */
void enact_halt(struct meeting *meeting, const struct plan *plan, unsigned waiting, uint64_t moved);
/* The transfer of a stream ends after so many bytes, where a replay has its next fault; 0: there is
   none. */
void enact_stop(struct meeting *meeting, uint64_t left);
/* The call, which does not block, finds nothing, and is not to be made: false. */
bool enact_starve(struct meeting *meeting);
/* The real call has returned value, with *error as errno (when it was not made value is of no
   account): what the caller gets in its place, and errno in *error; 0: as it was before the call.
 */
int64_t enact_after(struct meeting *meeting, int64_t value, int *error);

#endif
