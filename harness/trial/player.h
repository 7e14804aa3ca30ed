/* SPDX-License-Identifier: MIT */
/*
 * A player: a member of the cast whom a case needs, ready to act.
 */
#ifndef SOCKPROOF_TRIAL_PLAYER_H
#define SOCKPROOF_TRIAL_PLAYER_H

#include "trial/state.h"

/* The member called name, running and watched by the stage's epoll, its faults armed when the
   case's are; NULL with the trial broken. */
struct member *player(struct trial *trial, const char *name);

#endif
