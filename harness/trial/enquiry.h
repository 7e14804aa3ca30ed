/* SPDX-License-Identifier: MIT */
/*
 * An enquiry: what a stack behind a command is, asked before a run by starting the command once, on
 * hosts that are made for it and then end.
 */
#ifndef SOCKPROOF_TRIAL_ENQUIRY_H
#define SOCKPROOF_TRIAL_ENQUIRY_H

#include "actor/greeting.h"
#include "wire/profile.h"

/* Fills in the greeting of the relay that the command starts. False with a sentence in why, of size
   bytes: also where no hosts can be made, for the command is started nowhere else. Takes little
   more than TETHER_BEGIN_MS. From a process without threads. */
bool enquiry(const char *command, const struct profile *profile, struct greeting *greeting,
             char *why, size_t size);

#endif
