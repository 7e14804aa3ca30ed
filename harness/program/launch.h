/* SPDX-License-Identifier: MIT */
/*
 * A launch: a program run with the interposer in front of its C library, from the making of the
 * control file to the program's end.
 */
#ifndef SOCKPROOF_PROGRAM_LAUNCH_H
#define SOCKPROOF_PROGRAM_LAUNCH_H

#include "preload/control.h"

#include <stdbool.h>
#include <stddef.h>

struct launch {
    struct control *control;
    const char *path;   /* of the control file */
    const char *object; /* of the interposer; NULL: none stands before the program */
    int netns;          /* of the host that it runs on, setns(2); -1: here */
    double timeout;     /* seconds until the program is killed; 0: never */
    /* What is done until pidfd says that the program has ended, or for at most so many seconds (0:
       no end); true when it has. NULL: nothing. */
    bool (*await)(void *context, int pidfd, double seconds);
    void *context;
    bool silent; /* what the program does not catch is not passed on: it has its own group */
};

/* How a program ended. */
struct ending {
    bool timed_out;
    int status; /* of waitpid(2) */
    double seconds;
};

/* Makes the control file and maps it, zeroed. NULL with errno. */
struct control *launch_control(const char *path);
/* Unmaps it and removes the file. */
void launch_close(struct control *control, const char *path);
/* Where the interposer lies: beside the engine, by a name that LD_PRELOAD takes; good as long as
   this process lives. False when it is not there. */
bool launch_object(char *out, size_t size);
/* Runs argv (NULL terminated; found in PATH) and waits for its end. Ctrl-C and the like go to the
   program alone meanwhile. 0, or an errno when it could not be started. One at a time. */
int launch_run(const struct launch *launch, char *const *argv, struct ending *ending);

#endif
