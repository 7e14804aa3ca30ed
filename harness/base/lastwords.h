/* SPDX-License-Identifier: MIT */
/*
 * The last words of a process: what it printed, kept in a pipe that never makes it wait. When the
 * pipe is full, what it prints besides is lost.
 */
#ifndef SOCKPROOF_BASE_LASTWORDS_H
#define SOCKPROOF_BASE_LASTWORDS_H

#include <stdbool.h>
#include <stddef.h>

/* A pipe(7) for them: ends[0] to take them from, ends[1] for lastwords_to. False with errno. The
   caller closes both. */
bool lastwords_pipe(int ends[2]);
/* In the process: what it prints from now on, to standard output or error, goes to that end. */
void lastwords_to(int end);
/* Takes what is there and puts the last line of it that holds something into text, of size bytes:
   printable, cut at its end; "" when there is none. Does not wait. */
void lastwords_take(int end, char *text, size_t size);

#endif
