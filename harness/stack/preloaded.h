/* SPDX-License-Identifier: MIT */
/*
 * A stack that comes as a library for LD_PRELOAD: its functions have the names of socket calls, or
 * those names behind a prefix. It is loaded in the actor's process alone, behind everybody else's
 * back: only the calls of a case go there.
 */
#ifndef SOCKPROOF_STACK_PRELOADED_H
#define SOCKPROOF_STACK_PRELOADED_H

#include "include/sockproof/stack.h"

#include <stdbool.h>

/* Loads the file (dlopen(3), RTLD_DEEPBIND: what it calls itself is its own, then its libraries')
   and makes the table of its functions. Without a prefix ("") what it lacks is the C library's, as
   for a program that it is preloaded into; with one that is missing. The rest of the table says
   that it uses the kernel's addresses and has all options; what it speaks is for preloaded_speaks.
   False with the reason in why, of size bytes. Code of the file runs. Once in a process. */
bool preloaded_load(struct sockproof_stack *table, const char *file, const char *prefix, char *why,
                    size_t size);
/* What it speaks (enum sockproof_speaks), found out by making a socket of each kind. 0 with errno
   when it makes none. The process should end thereafter: the sockets stay open, for in some
   libraries closing waits. */
uint32_t preloaded_speaks(const struct sockproof_stack *table);

#endif
