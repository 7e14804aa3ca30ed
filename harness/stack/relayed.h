/* SPDX-License-Identifier: MIT */
/*
 * A relayed stack: the sockets of another system, whose actors are relays behind a command. What it
 * has is what Linux has; its calls are made there, and those of this table by nobody.
 */
#ifndef SOCKPROOF_STACK_RELAYED_H
#define SOCKPROOF_STACK_RELAYED_H

#include "stack/stack.h"

struct relayed {
    struct stack stack;
    bool sctp; /* its kernel has it */
    char version[80];
};

/* What its relay says of its system. */
struct relayed_about {
    const char *version;
    bool sctp;  /* its kernel has it */
    bool alone; /* one relay has all of a host (stack.h) */
};

/* Makes the stack of that name behind the command; both must live as long. */
void relayed_make(struct relayed *relayed, const char *name, const char *command,
                  const struct relayed_about *about);

#endif
