/* SPDX-License-Identifier: MIT */
/*
 * The holder of a run on a far machine: who asked for it is at the other end of standard input, and
 * says something now and then. When he says no more, because he or the connection is gone, nobody
 * wants the run, and it ends.
 */
#ifndef SOCKPROOF_ENGINE_HOLDER_H
#define SOCKPROOF_ENGINE_HOLDER_H

#include <stdbool.h>
#include <sys/types.h>

/* Makes a process that hears standard input and ends the caller when that ends, or brings nothing
   for so many seconds: as an interrupt (SIGTERM), and HOLDER_KILLS_S later whatever it does. It
   ends with the caller. False with errno. Before there are other children, and threads. */
bool holder_begin(int seconds);
enum { HOLDER_KILLS_S = 5 };

#endif
