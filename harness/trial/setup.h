/* SPDX-License-Identifier: MIT */
/*
 * Set-up and clean-up: the sockets that a case finds when its first step begins, and the state
 * that it leaves to the next.
 */
#ifndef SOCKPROOF_TRIAL_SETUP_H
#define SOCKPROOF_TRIAL_SETUP_H

#include "trial/state.h"

/* Makes what the variant's setup says. False with the trial broken when it cannot be made. */
bool setup_make(struct trial *trial);
/* The type of the sockets that it makes for a transport (socket(2)). */
int setup_socket_type(enum transport transport);
/* Closes all that the case pending, ends actors that it changed or left in a call, drains the wire.
 */
void setup_clean(struct trial *trial);

#endif
