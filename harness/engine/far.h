/* SPDX-License-Identifier: MIT */
/*
 * Far: another machine, whose kernel is the stack. How to reach it is the driver's to know
 * (harness/driver far); a run there is a guest's (guest.h).
 */
#ifndef SOCKPROOF_ENGINE_FAR_H
#define SOCKPROOF_ENGINE_FAR_H

#include <stdbool.h>

/* Asks the machine that "HOST,…" reaches what it is, and has the driver say it in a line. False,
   with a message on stderr, when it cannot be reached or will not do. root is that of the house. */
bool far_try(const char *name, const char *far, const char *root);

#endif
