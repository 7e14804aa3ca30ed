/* SPDX-License-Identifier: MIT */
/*
 * What a folder of packetdrill scripts needs that there is not: how many of them run, how many are
 * skipped, and for what.
 */
#ifndef SOCKPROOF_ENGINE_CONSTRUCTS_H
#define SOCKPROOF_ENGINE_CONSTRUCTS_H

#include "engine/suite.h"

#include <stdio.h>

/* Prints it to out, the constructs that most scripts need first, each with the place where it
   stands first. Nothing where the suite has no script. */
void constructs_print(const struct suite *suite, FILE *out);

#endif
