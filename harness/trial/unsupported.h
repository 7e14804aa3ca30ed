/* SPDX-License-Identifier: MIT */
/*
 * What a stack lacks: calls, names and room.
 */
#ifndef SOCKPROOF_TRIAL_UNSUPPORTED_H
#define SOCKPROOF_TRIAL_UNSUPPORTED_H

#include "case/case.h"
#include "stack/stack.h"

/* Why the stack cannot carry out the variant, if so: it does not have a call, or a socket option, a
   command of fcntl or ioctl, a flag or a family that the steps name, or its messages carry no
   control data, or it has no room for so many processes. The reason is put into text, of size
   bytes. */
struct skip unsupported_skip(const struct stack *stack, const struct variant *variant, char *text,
                             size_t size);
/* The protocol of the variant's transport, as a stack's speaks takes it. */
int unsupported_protocol(const struct variant *variant);

#endif
