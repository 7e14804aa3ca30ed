/* SPDX-License-Identifier: MIT */
/*
 * A child: a program that this one is about to execute, looked at beforehand. What no library can
 * be put in front of is written into the control file: its socket calls are not seen, and that is
 * to be said.
 *
 * Only system calls are made: it may run between vfork and exec, and in a signal handler.
 */
#ifndef SOCKPROOF_PRELOAD_CHILD_H
#define SOCKPROOF_PRELOAD_CHILD_H

#include "preload/control.h"

/* Names the control file. Before main. */
void child_open(struct control *control);
/* Looks at the file at path, below the folder dirfd (AT_FDCWD; an empty path is dirfd itself), that
   is to be executed with that environment. What stands for its row in the control file, or NULL
   when it can be seen or is known already. errno stays. */
struct control_unseen *child_look(int dirfd, const char *path, char *const *envp);
/* The same for a name that is looked for in PATH, as execvp(3) does. */
struct control_unseen *child_look_in_path(const char *name, char *const *envp);
/* This process becomes it: it is called after that file. errno stays. */
void child_executes(int dirfd, const char *path);
/* It was not executed after all. unseen may be NULL; errno stays. */
void child_failed(struct control_unseen *unseen);

#endif
