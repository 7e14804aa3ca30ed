/* SPDX-License-Identifier: MIT */
/*
 * A liar: a stack that wraps the real one and misbehaves in exactly one way. A suite that passes
 * on a liar has not looked. The lies are operators (wrong errno, result off by one, lost, doubled,
 * swapped or damaged data, state kept, flag or option ignored, readiness wrongly told, …) applied
 * to the calls of the table that they can matter to; a name is "call/operator".
 *
 * A lie is the same in every run: nothing is left to chance.
 */
#ifndef SOCKPROOF_LIAR_LIAR_H
#define SOCKPROOF_LIAR_LIAR_H

#include "stack/stack.h"

/* The table that tells that lie, and no other; NULL when there is no such lie. A process tells one
   lie: a second call changes what the first one's table does. Static storage. */
const struct stack *liar_stack(const char *lie);
/* The names of all lies; NULL terminated. Static storage. Not thread-safe on the first call. */
const char *const *liar_names(void);
/* What the lie is, in a few words that follow "the call"; NULL when there is no such lie. */
const char *liar_says(const char *lie);

#endif
