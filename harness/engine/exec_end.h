/* SPDX-License-Identifier: MIT */
/*
 * The end of `exec`: what is said of a program that ran under faults, and the exit status.
 */
#ifndef SOCKPROOF_ENGINE_EXEC_END_H
#define SOCKPROOF_ENGINE_EXEC_END_H

#include "engine/exec_wire.h"
#include "program/launch.h"

/* Our own exit statuses are those of env(1), nohup(1) and timeout(1); all others are the program's.
 */
enum { EXEC_TIMED_OUT = 124, EXEC_TROUBLE = 125, EXEC_REFUSED = 126, EXEC_MISSING = 127 };

/* Says on stderr which faults fired and why one did not, what was not under faults, how the program
   was ended, and how to do the same again; with --quiet, only what did not fire and why. wired:
   what was around the program, or NULL; log: the log of the firings, as the user would name it. */
void exec_end_say(const struct config *config, const struct launch *launch,
                  const struct faultplan *plan, const struct wired *wired,
                  const struct ending *ending, const char *log);
/* The exit status that an ending means. */
int exec_end_status(const struct ending *ending);
/* How many faults of the plan never fired. */
unsigned exec_end_idle(const struct control *control, const struct faultplan *plan);
/* The exit status of --must-fire: 1, said on stderr, when a fault never fired, unless the time was
   over; else status. */
int exec_end_must_fire(const struct control *control, const struct faultplan *plan, int status);

#endif
