/* SPDX-License-Identifier: MIT */
#include "stack/relayed.h"

#include "stack/linux.h"

#include <stdio.h>

/* The table is the first member. */
static const struct relayed *of(const struct stack *stack)
{
    return (const struct relayed *)stack;
}

static bool speaks(const struct stack *stack, int protocol)
{
    return protocol != IPPROTO_SCTP || of(stack)->sctp;
}

static const char *version(const struct stack *stack)
{
    return of(stack)->version;
}

void relayed_make(struct relayed *relayed, const char *name, const char *command,
                  const struct relayed_about *about)
{
    relayed->stack = stack_linux;
    relayed->stack.name = name;
    relayed->stack.command = command;
    relayed->stack.speaks = speaks;
    relayed->stack.version = version;
    relayed->stack.alone = about->alone;
    relayed->sctp = about->sctp;
    snprintf(relayed->version, sizeof relayed->version, "%s", about->version);
}
