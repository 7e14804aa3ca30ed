/* SPDX-License-Identifier: MIT */
/*
 * The fault points, as `exec --list-points` prints them.
 */
#ifndef SOCKPROOF_ENGINE_EXEC_POINTS_H
#define SOCKPROOF_ENGINE_EXEC_POINTS_H

#include "preload/control.h"

/* Prints the points that programs reach, with what may happen there: for people, or a line of JSON
   each: {"point":"recv","group":"receive","candidates":["errno ECONNRESET",…]}. */
void exec_points_print(bool json);
/* Prints the points that a program has reached, how often, and what fits there. */
void exec_points_print_hits(const struct control *control);

#endif
