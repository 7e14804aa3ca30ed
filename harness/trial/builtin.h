/* SPDX-License-Identifier: MIT */
/*
 * What the harness itself gives a name to, for the arguments of programs: $server_host,
 * $server_port, $server_authority, $scratch, $servers.
 */
#ifndef SOCKPROOF_TRIAL_BUILTIN_H
#define SOCKPROOF_TRIAL_BUILTIN_H

#include "trial/state.h"

/* The text that name stands for, on the trial's arena; NULL when it is no such name. $scratch makes
   the case's own folder when it is first asked for. */
const char *builtin_text(struct trial *trial, const char *name);
/* The case's own folder; NULL with the trial broken when it cannot be made. */
const char *builtin_scratch(struct trial *trial);
/* Removes the case's own folder and all that is in it. */
void builtin_clean(struct trial *trial);

#endif
