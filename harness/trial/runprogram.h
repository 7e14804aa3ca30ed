/* SPDX-License-Identifier: MIT */
/*
 * A program of a case, on the worker's side: what it is told, that it is ready before the next
 * step, the faults that are about it, and its end.
 */
#ifndef SOCKPROOF_TRIAL_RUNPROGRAM_H
#define SOCKPROOF_TRIAL_RUNPROGRAM_H

#include "trial/state.h"

/* Waits until the program of a started call is ready, at most so long; the trial is broken when it
   ends before. */
void runprogram_await(struct trial *trial, const struct pending *pending, uint64_t deadline_us);
/* The name, without its folder, of the first program that the case runs as that actor, or NULL when
   it runs none. On the trial's arena. */
const char *runprogram_name(struct trial *trial, const char *actor);
/* Takes what the case's programs have done since the last time into the plan and the log: the
   faults that fired. May be called while they run. */
void runprogram_account(struct trial *trial);
/* What programs wrote over in their control files is made sound, for what reads them at the end. */
void runprogram_seal(struct trial *trial);
/* A note for each program that these executed and no library could be put in front of: a fault that
   was to meet its calls met nothing. Once, at the end. */
void runprogram_unseen(struct trial *trial);
/* An event for each fault point that a program has reached, with how often each fault that may be
   tried there would have fitted. The programs were watched for that: stage->recording. */
void runprogram_reached(struct trial *trial);
/* True when a fault has fired after which a program of the case may end with an error. Accounts
   first. */
bool runprogram_may_err(struct trial *trial);
/* True when the program of an ended call gave a clean error (it ended by itself with another status
   than 0) and a fault of the case that has fired allows that; false for any other call. Accounts
   first. */
bool runprogram_excused(struct trial *trial, const struct pending *pending);
/* A program that ended by itself, and of which no step says so, has not crashed. */
void runprogram_judge(struct trial *trial);
/* Takes back a failure of a scripted step when a program of the case, whose end is awaited for
   that, gave a clean error after a fault that allows it: what its peer then misses is no other
   finding. */
void runprogram_pardon(struct trial *trial);
/* The call has ended: if it was a program's, its process group was killed with it (run of
   verb.def), and whoever of that is still there is on its way out. */
void runprogram_ended(struct trial *trial, const struct call *call);
/* Kills what still runs, and forgets the control files. */
void runprogram_clean(struct trial *trial);

#endif
