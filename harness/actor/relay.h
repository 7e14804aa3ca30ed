/* SPDX-License-Identifier: MIT */
/*
 * A relay: an ordinary actor elsewhere, in a sandbox, an emulator, on another machine. It is driven
 * over its standard input and output by who stands in for it (standin.h), has a memory of its own
 * in the place of the worker's, and an actor in a process below it.
 */
#ifndef SOCKPROOF_ACTOR_RELAY_H
#define SOCKPROOF_ACTOR_RELAY_H

/* Greets, and does what comes on standard input until it ends. The exit status of its process: 0,
   or 1 with a line on standard error when what came is not to be understood. Single-threaded. */
int relay_serve(void);

#endif
