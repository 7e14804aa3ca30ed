/* SPDX-License-Identifier: MIT */
/*
 * A keeper: the process between us and a program. It is the parent of the program and takes in
 * whoever is left behind by its own parent, so that a daemon that forks away stays known; and when
 * we die, however that happens, it ends all of them.
 */
#ifndef SOCKPROOF_PROGRAM_KEEPER_H
#define SOCKPROOF_PROGRAM_KEEPER_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* Something that the keeper tells. */
struct news {
    enum news_kind {
        NEWS_STARTED, /* pid: the program; -1: there is none, and status is the errno */
        NEWS_ENDED,   /* the program; status */
        NEWS_LEFT,    /* pid and name: one that outlived the program, soon after its end */
        NEWS_KILLED /* pid and status: a signal, not ours, ended one whose parent had ended without
                       waiting for it, before the program's end or behind it */
    } kind;
    int pid, status; /* as waitpid(2) has it */
    char name[16];
};

/* What the forked program does, which does not return; parent: the keeper. */
typedef void keeper_program(const void *context, pid_t parent);

struct keeper {
    pid_t pid;
    int ask, hear; /* pipes to it and from it */
};

/* Forks the keeper, which forks the program: there become(context, parent) is called, parent being
   the keeper, and does not return. The program has the signals blocked that are blocked now. spare:
   a descriptor that the program alone keeps; -1: none. 0, or -1 with errno. */
int keeper_start(struct keeper *keeper, keeper_program *become, const void *context, int spare);
/* The next news, once hear is readable; false when there will be none any more. */
bool keeper_hear(struct keeper *keeper, struct news *news);
/* Sends a signal to what is below the keeper and has lost its parent, or is the program; SIGKILL
   has all killed, as keeper_end does. Any signal handler. */
void keeper_signal(const struct keeper *keeper, int number);
/* Has all killed that is below the keeper; what there is to hear is still heard. */
void keeper_end(struct keeper *keeper);
/* The same, and waits for the keeper's end. Accepts one whose children have all ended. */
void keeper_close(struct keeper *keeper);

#endif
