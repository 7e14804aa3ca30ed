/*
 * What a stack lacks: the calls of the table that it does not have.
 */
#ifndef SOCKPROOF_TRIAL_UNSUPPORTED_H
#define SOCKPROOF_TRIAL_UNSUPPORTED_H

#include "case/casefile.h"
#include "stack/stack.h"

/* The first verb of the variant's steps that the stack cannot carry out, or NULL. Static storage.
 */
const char *unsupported_verb(const struct stack *stack, const struct variant *variant);
/* The first socket option, command of fcntl or ioctl, flag of a call or family in the variant's
   steps that the stack does not have, or NULL; "control data" where its messages carry none. Owned
   by the variant. */
const char *unsupported_name(const struct stack *stack, const struct variant *variant);
/* Why the stack cannot carry out the variant's cast, or NULL. Static storage. */
const char *unsupported_room(const struct stack *stack, const struct variant *variant);
/* The protocol of the variant's transport, as a stack's speaks takes it. */
int unsupported_protocol(const struct variant *variant);

#endif
