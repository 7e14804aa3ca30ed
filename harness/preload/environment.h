/* SPDX-License-Identifier: MIT */
/*
 * An environment for a program that is about to be executed: the given one, with the interposer and
 * its control file in it, whatever the program that executes it did to its own.
 *
 * Only system calls are made: it may run between vfork and exec, and in a signal handler.
 */
#ifndef SOCKPROOF_PRELOAD_ENVIRONMENT_H
#define SOCKPROOF_PRELOAD_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/* Notes by which name LD_PRELOAD has us. Before main; list, as LD_PRELOAD has it, may be NULL. */
void environment_open(const char *list);
/* The path that we were loaded from. Static storage. */
const char *environment_object(void);
/* How many words, and bytes of text, environment_make needs at most. envp may be NULL. */
size_t environment_words(char *const *envp);
size_t environment_bytes(char *const *envp);
/* The environment with us in it, or without any name of ours where we cannot be opened from where
   this process is, so that no loader complains: envp itself when it is so already, else words,
   which share the texts of envp. */
char *const *environment_make(char *const *envp, char **words, char *texts);
/* True when a program that is given this environment loads us. */
bool environment_has_us(char *const *envp);
/* True when this process can open us: by our path, or by the descriptor that was handed over. */
bool environment_reaches_us(void);
/* The value of a name; NULL: none. */
const char *environment_value(char *const *envp, const char *name);

#endif
