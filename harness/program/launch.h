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
    int memory;         /* of the control file, which has no name */
    const char *note;   /* what to know of the program all the same; NULL or empty: nothing */
    const char *object; /* of the interposer; NULL: none stands before the program */
    int netns;          /* of the host that it runs on, setns(2); -1: here */
    double timeout;     /* seconds until the program is killed; 0: never */
    /* What is done until fd is readable, which says that the program has ended or something of what
       it left, or for at most so many seconds (0: no end); true when it is. NULL: nothing. */
    bool (*await)(void *context, int fd, double seconds);
    void *context;
    bool ends_left; /* what outlives the program is ended with it; else it is followed to its end,
                       or the timeout's */
    bool quiet;     /* that it is followed is not said on stderr */
    bool silent;    /* what the program does not catch is not passed on: it has its own group */
};

#define LAUNCH_LEFT 8

/* A process that outlived the program that it came from. */
struct left {
    int pid;
    int status; /* of waitpid(2), when a signal that is not ours ended it; else 0 */
    char name[16];
};

/* How a program ended. */
struct ending {
    bool timed_out;
    int status; /* of waitpid(2) */
    double seconds;
    struct left left[LAUNCH_LEFT];
    int left_count;
    bool left_ended; /* they were ended by us */
};

/* Makes the control file and maps it, zeroed; NULL with errno. Without a path it has no name, and
 *memory is its descriptor; nothing of it is left when all who have it are gone. */
struct control *launch_control(const char *path, int *memory);
/* Unmaps it. */
void launch_close(struct control *control, int memory);
/* Where the interposer lies: beside the engine, by a name that LD_PRELOAD takes; good as long as
   this process lives. False when it is not there. */
bool launch_object(char *out, size_t size);
/* Runs argv (NULL terminated; found in PATH) and waits for its end, and for that of what it leaves
   behind. Ctrl-C and the like go to the program alone meanwhile; when we are killed, all of them
   are. 0, or an errno when it could not be started. One at a time. */
int launch_run(const struct launch *launch, char *const *argv, struct ending *ending);

#endif
