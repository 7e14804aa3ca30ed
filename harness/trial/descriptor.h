/* SPDX-License-Identifier: MIT */
/*
 * Descriptors, by the names that a case gives them; and groups of many that have one name.
 */
#ifndef SOCKPROOF_TRIAL_DESCRIPTOR_H
#define SOCKPROOF_TRIAL_DESCRIPTOR_H

#include "trial/state.h"

/* The descriptor that member calls name, the first of a group of that name, or NULL. */
struct descriptor *descriptor_find(struct trial *trial, const struct member *member,
                                   const char *name);
/* Gives name to a new descriptor of member, replacing an older one of that name. NULL with the
   trial broken when there are too many. */
struct descriptor *descriptor_add(struct trial *trial, const struct member *member,
                                  const char *name, int fd, int type);
/* A step's call gave a new descriptor of that type: it gets the name that the step gives it, and is
   the call's from now on. NULL as descriptor_add. */
struct descriptor *descriptor_made(struct trial *trial, struct pending *pending, int type);
/* The same of another number of the socket that the call worked on. */
void descriptor_doubled(struct trial *trial, struct pending *pending);
/* What has become of the descriptor's socket is true of all its other descriptors. */
void descriptor_share(struct trial *trial, const struct descriptor *one);
/* The step names a descriptor that is not there. Where the call that makes it is still open, or has
   failed and nobody has asked, that is a failure; else the trial is broken. */
void descriptor_missing(struct trial *trial, const struct member *member, const char *name);
/* The group of that name, or NULL. */
struct group *descriptor_group(struct trial *trial, const struct member *member, const char *name);

#endif
