/* SPDX-License-Identifier: MIT */
/*
 * The end of a run from outside: SIGINT and SIGTERM interrupt it; SIGUSR1 says that enough is
 * known, as after a failure with -x.
 */
#ifndef SOCKPROOF_ENGINE_ENDING_H
#define SOCKPROOF_ENGINE_ENDING_H

/* Blocks these signals in this process, and in those that it makes. A descriptor that can be read
   when one has come, or -1. The caller closes. */
int ending_open(void);
/* Takes the signal that has come; what it means for a variant that did not run. */
const char *ending_reason(int signals);

#endif
