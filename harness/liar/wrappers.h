/* SPDX-License-Identifier: MIT */
/*
 * The wrappers around the calls of a stack, one file for each family of calls. No business of
 * anybody outside of this folder.
 */
#ifndef SOCKPROOF_LIAR_WRAPPERS_H
#define SOCKPROOF_LIAR_WRAPPERS_H

#include "stack/stack.h"

/* Each replaces its calls of the table by ones that tell the lie of this process (told.h), if it is
   about them. */
void liar_fill_sockets(struct stack *stack);
void liar_fill_sending(struct stack *stack);
void liar_fill_receiving(struct stack *stack);
void liar_fill_options(struct stack *stack);
void liar_fill_readiness(struct stack *stack);
void liar_fill_many(struct stack *stack);

#endif
