/* SPDX-License-Identifier: MIT */
/*
 * Settling: nothing is on its way any more. Before every step the wire's taps are empty, every
 * open call has ended or sleeps, no packet waits in the kernel, and the wire is still empty.
 * There is no pause anywhere; deadlines are upper bounds.
 */
#ifndef SOCKPROOF_TRIAL_SETTLE_H
#define SOCKPROOF_TRIAL_SETTLE_H

#include "trial/state.h"

/* Carries what waits on the wire and takes in calls that have ended. Returns how much moved. */
int settle_pump(struct trial *trial);
/* Settles. False, with the trial broken, when it does not within a generous bound or an actor died.
 */
bool settle(struct trial *trial);
/* When a wait is over. Time is what the case lives through (pulse.h) for a kernel; for a stack on
   virtual time it is that, and real_us bounds it in processor time: how busy the machine is changes
   nothing. */
struct until {
    uint64_t virtual_us, real_us;
};
/* The moment that is us from now. */
struct until settle_until(struct trial *trial, uint64_t us);
/* True when that moment has come. */
bool settle_over(struct trial *trial, const struct until *until);
/* Waits until the call has ended, serving the wire meanwhile; at most deadline_us. False when the
   time is over or its actor died (then the trial is broken). */
bool settle_wait(struct trial *trial, struct pending *pending, uint64_t deadline_us);
/* Waits until a packet may have come or a call may have ended, or that moment has. */
void settle_idle(struct trial *trial, const struct until *until);
/* Virtual time: when nothing moves any more, goes on to what the next timers do, but not beyond
   that moment. False when the stack's time is the machine's own: the caller waits. */
bool settle_advance(struct trial *trial, const struct until *until);
/* True when the call's thread sleeps in its system call; on a stack in userspace, when it sleeps
   anywhere: asked after the trial has settled. */
bool settle_blocked(const struct trial *trial, const struct pending *pending);

#endif
