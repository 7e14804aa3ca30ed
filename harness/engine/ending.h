/* SPDX-License-Identifier: MIT */
/*
 * The end of a run from outside: SIGINT and SIGTERM interrupt it; SIGUSR1 says that enough is
 * known, as after a failure with -x. Or the end of who started the engine.
 */
#ifndef SOCKPROOF_ENGINE_ENDING_H
#define SOCKPROOF_ENGINE_ENDING_H

#include <stdbool.h>

/* Who starts the engine, and does not want it to outlive him, puts his process id there. */
#define CALLER_VARIABLE "SOCKPROOF_CALLER"

/* From here on SIGINT ends the process with a sentence and STATUS_INTERRUPTED, one that was blocked
   until now as well. Where it is ignored it stays so. */
void ending_at_once(void);
/* Takes that back, in a process that was made since. */
void ending_by_default(void);
/* Blocks the signals that end a run: they wait for ending_open. */
void ending_hold(void);
/* Blocks these signals in this process, and in those that it makes. A descriptor that can be read
   when one has come, or -1. The caller closes. */
int ending_open(void);
/* Takes the signal that has come; what it means for a variant that did not run. */
const char *ending_reason(int signals);
/* From now on this process gets that signal when its caller ends, however he ends: prctl(2),
   PR_SET_PDEATHSIG. Nothing is done where no caller asks for it. False when he has gone already.
   Before there are threads. */
bool ending_with_caller(int number);

#endif
