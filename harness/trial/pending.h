/* SPDX-License-Identifier: MIT */
/*
 * A pending call: one that an actor was told to do and that has not been examined yet.
 */
#ifndef SOCKPROOF_TRIAL_PENDING_H
#define SOCKPROOF_TRIAL_PENDING_H

#include "trial/state.h"

/* A free slot for a call of member; *call is empty (fd -1, no limit). NULL with the trial broken
   when too many calls are open. */
struct pending *pending_new(struct trial *trial, struct member *member, struct call **call);
/* Hands the call to its actor. False, with the trial broken, when the actor is gone. */
bool pending_dispatch(struct trial *trial, struct pending *pending);
/* The call in its slot. */
struct call *pending_call(const struct trial *trial, const struct pending *pending);
/* The pattern of what its socket sends; one of nobody when it has no socket. */
struct pattern *pending_sends(struct pending *pending);
/* The started call of that name, ended or not; NULL when there is none. */
struct pending *pending_find(struct trial *trial, const char *name);
/* Where its socket is in packets: of a connect the port that it asked for. */
struct ports_of pending_ports(const struct trial *trial, const struct pending *pending);
/* Frees the entry of an examined call. */
void pending_forget(struct trial *trial, struct pending *pending);
/* The case is over: gives back what its calls, open ones too, still keep. */
void pending_end(struct trial *trial);

#endif
