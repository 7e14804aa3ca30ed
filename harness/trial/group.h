/* SPDX-License-Identifier: MIT */
/*
 * A group: many sockets of one actor that a step treats alike: the actor 'clients' is a process
 * with as many sockets as the case has clients, and 'each: clients' is the server's socket for
 * each.
 */
#ifndef SOCKPROOF_TRIAL_GROUP_H
#define SOCKPROOF_TRIAL_GROUP_H

#include "trial/state.h"

/* True when the step is about a group: its actor is clients, or it says each. */
bool group_meant(const struct step *step);
/* Gives the actor 'clients' its sockets, as many as the case says: of streams, of that protocol
   (IPPROTO_*; 0: TCP). False with the trial broken. */
bool group_make(struct trial *trial, int protocol);
/* Carries out a step on every socket of its group, and judges each; deadline_us is for all of them.
 */
void group_run(struct trial *trial, const struct step *step, uint64_t deadline_us);
/* Judges a started call on a group that has ended, by the expectations of step. */
void group_done(struct trial *trial, const struct step *step, struct pending *pending);

#endif
