/* SPDX-License-Identifier: MIT */
/*
 * A place: what a run of `exec` has for itself, so that others may run beside it: the folder of its
 * report, and where its words ask for them a scratch folder and a port.
 */
#ifndef SOCKPROOF_ENGINE_EXEC_PLACE_H
#define SOCKPROOF_ENGINE_EXEC_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct lodging {
    char scratch[64]; /* empty: none was asked for */
    int port;         /* 0: none was asked for */
    int lock;         /* a socket whose name says that the port is taken; -1: none */
    char **words;     /* the place's own; NULL: none was asked for */
};

/* Makes what the words ask for by {scratch} and {port}; SOCKPROOF_SCRATCH and SOCKPROOF_PORT say
   the same to the program. words are borrowed. The caller closes. False after a message. */
bool exec_place_open(struct lodging *place, char *const *words);
/* The words with the place's own in them. */
char *const *exec_place_words(const struct lodging *place, char *const *words);
/* Removes the scratch folder and all in it, and gives the port back. */
void exec_place_close(struct lodging *place);

/* Makes the folder of a report, or one beside it whose name ends with a number when another run
   writes that one, and keeps it from others as long as *lock is open. resolved: its path from the
   root; shown: as the user would name it. False after a message. */
bool exec_place_report(const char *report, char resolved[PATH_MAX], char shown[PATH_MAX],
                       int *lock);

#endif
