/* SPDX-License-Identifier: MIT */
/*
 * The table of a plug-in (sockproof/stack.h) in the process that has loaded it, and the calls that
 * lead there. A process loads one.
 */
#ifndef SOCKPROOF_STACK_PLUGGED_H
#define SOCKPROOF_STACK_PLUGGED_H

#include "include/sockproof/stack.h"
#include "stack/stack.h"

/* Loads the file and reads its table into *table: what it does not have is NULL. False with the
   reason in why, of size bytes: no such file, another machine or ABI, something missing. Code of
   the file runs: never in a process that must go on whatever it does. */
bool plugged_load(struct sockproof_stack *table, const char *file, char *why, size_t size);
/* Which of the calls that may be missing the table has, a bit each. */
uint32_t plugged_has(const struct sockproof_stack *table);
/* Fills in the calls of a stack of which plugged_has says has. They may only be made behind
   plugged_aim; any thread. Where the table says that more bytes were received than there was room
   for, they end the process with a message. */
void plugged_fill(struct stack *stack, uint32_t has);
/* The table that the calls lead to from now on, in this process; copied. */
void plugged_aim(const struct sockproof_stack *table);

#endif
