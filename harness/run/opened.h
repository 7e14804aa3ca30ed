/*
 * An opened call: one that an actor was told to do and that has not been examined yet.
 */
#ifndef SOCKPROOF_RUN_OPENED_H
#define SOCKPROOF_RUN_OPENED_H

#include "run/trial.h"

/* A free slot for a call of member; *call is empty (fd -1, no limit). NULL with the trial broken
   when too many calls are open. */
struct opened *opened_new(struct trial *trial, struct member *member, struct call **call);
/* Hands the call to its actor. False, with the trial broken, when the actor is gone. */
bool opened_dispatch(struct trial *trial, struct opened *opened);
/* The call in its slot. */
struct call *opened_call(const struct trial *trial, const struct opened *opened);
/* The pattern of what its socket sends; one of nobody when it has no socket. */
struct pattern *opened_sends(struct opened *opened);
/* The started call of that name, ended or not; NULL when there is none. */
struct opened *opened_find(struct trial *trial, const char *name);
/* Takes an ended call into the account: ledger, descriptors, errors, events. Once. */
void opened_examine(struct trial *trial, struct opened *opened);
/* Frees the entry of an examined call. */
void opened_forget(struct trial *trial, struct opened *opened);
/* Dispatches, waits until it has ended (at most deadline_us from now) and examines it. False when
   it has not ended; the caller says what that means. */
bool opened_finish(struct trial *trial, struct opened *opened, uint64_t deadline_us);

/* The descriptor that member calls name, or NULL. */
struct descriptor *descriptor_find(struct trial *trial, const struct member *member,
                                   const char *name);
/* Gives name to a new descriptor of member, replacing an older one of that name. */
struct descriptor *descriptor_add(struct trial *trial, const struct member *member,
                                  const char *name, int fd, int type);

#endif
