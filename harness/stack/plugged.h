/* SPDX-License-Identifier: MIT */
/*
 * The table of a plug-in (sockproof/stack.h) in the process that has loaded it, and the calls that
 * lead there. A process loads one.
 */
#ifndef SOCKPROOF_STACK_PLUGGED_H
#define SOCKPROOF_STACK_PLUGGED_H

#include "include/sockproof/stack.h"
#include "stack/stack.h"

/* Loads the file and reads its table into *table: what it does not have is NULL. What the file
   calls is its own first (dlopen(3), RTLD_DEEPBIND): the engine's lwIP does not take the place of
   another. False with the reason in why, of size bytes: no such file, another machine or ABI,
   something missing, a library of its own that could not be loaded (shadowed.h). Code of the file
   runs: never in a process that must go on whatever it does. */
bool plugged_load(struct sockproof_stack *table, const char *file, char *why, size_t size);
/* Which of the calls that may be missing the table has, a bit each. */
uint32_t plugged_has(const struct sockproof_stack *table);
/* What a table says of its stack: those of its members that are no calls, and what plugged_has
 * says.
 */
struct plugged_about {
    uint32_t speaks, traits, has;
    int recovery;
    const char *const *names;
};
/* Fills in how a stack lives and its calls. They may only be made behind plugged_begin; any thread.
   Where the table says that more bytes were received than there was room for, they end the process
   with a message. */
void plugged_fill(struct stack *stack, const struct plugged_about *about);
/* Whether what a table says of that includes a protocol (IPPROTO_TCP, _UDP, _RAW, _ICMP). */
bool plugged_speaks(uint32_t speaks, int protocol);
/* Begins the stack of a table in this process, with the argument, which must live as long: the
   calls lead there from now on. False with the reason in why, of size bytes. Once in a process. */
bool plugged_begin(const struct sockproof_stack *table, const struct stack_world *world,
                   const char *argument, char *why, size_t size);

#endif
