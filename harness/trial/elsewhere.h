/* SPDX-License-Identifier: MIT */
/*
 * Elsewhere: actors behind the command of a stack (actor/standin.h). Nobody here sees the threads
 * that do their calls: all that the command has started is looked at, and the relay is asked.
 */
#ifndef SOCKPROOF_TRIAL_ELSEWHERE_H
#define SOCKPROOF_TRIAL_ELSEWHERE_H

#include "trial/state.h"

/* Waits until the member's relay has begun. False, with the trial broken, when it does not; true
   where actors are not elsewhere. */
bool elsewhere_begun(struct trial *trial, struct member *member);
/* True when there was a moment at which all that the command has started slept, and all calls that
   are open slept in theirs. Else trial->calls.awake is who was awake, where it was a process. */
bool elsewhere_still(struct trial *trial);
/* True when the call slept as its relay was asked last. */
bool elsewhere_slept(const struct trial *trial, const struct pending *pending);

/* Who was awake when one looked first; {0} in the beginning. */
struct spin {
    pid_t pid;
    uint64_t from_ns;
};
/* True, with the trial broken, when what was awake all the time has used so much of a processor
   that it will never sleep: how busy the machine is changes nothing. */
bool elsewhere_spins(struct trial *trial, struct spin *spin);

#endif
