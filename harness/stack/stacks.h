/* SPDX-License-Identifier: MIT */
/*
 * The stacks of this build, by name.
 */
#ifndef SOCKPROOF_STACK_STACKS_H
#define SOCKPROOF_STACK_STACKS_H

#include "stack/stack.h"

/* The stack of that name, or NULL. Static storage. */
const struct stack *stacks_find(const char *name);
/* The names of all of them; NULL terminated. Static storage. */
const char *const *stacks_names(void);

#endif
