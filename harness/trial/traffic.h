/* SPDX-License-Identifier: MIT */
/*
 * The traffic of a case: what the worker's wire does for it: which packets are the case's own,
 * which faults meet them, and what is remembered of them.
 */
#ifndef SOCKPROOF_TRIAL_TRAFFIC_H
#define SOCKPROOF_TRIAL_TRAFFIC_H

#include "trial/state.h"

/* The hooks for the stage's wire. They act for the trial that traffic_begin named last; without one
   every packet passes unseen. */
struct wire_hooks traffic_hooks(struct stage *stage);
void traffic_begin(struct trial *trial);
void traffic_end(struct trial *trial);
/* The name below the report folder of a variant's capture on a stack: "capture/ID.pcapng" on linux,
   "capture/ID@STACK.pcapng" on another; slashes become points, but for one that is the first and
   becomes "_", so that the file is not hidden; colons become dashes. */
void capture_name(char *name, size_t size, const char *variant_id, const char *stack);
/* The pcapng of the case's packets at path. 0, or -1 with errno. */
int traffic_save(const struct trial *trial, const char *path);

#endif
