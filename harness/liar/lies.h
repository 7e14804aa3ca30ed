/* SPDX-License-Identifier: MIT */
/*
 * All the lies that there are, of every liar, and who tells them.
 */
#ifndef SOCKPROOF_LIAR_LIES_H
#define SOCKPROOF_LIAR_LIES_H

#include "stack/stack.h"

/* Visits every lie with its name and what it is, in a few words. */
void lies_each(void (*visit)(const char *name, const char *says));
/* True when there is such a lie, told by a stack or by the wire (packet_lie.h). */
bool lies_know(const char *lie);
/* True for the name of a stack that can be told to lie. */
bool lies_can(const char *stack);
/* The table that tells that lie in the place of the stack of that name; NULL when it is not that
   stack's to tell. Static storage; a process tells one lie. */
const struct stack *lies_stack(const char *stack, const char *lie);

#endif
