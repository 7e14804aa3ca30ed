/* SPDX-License-Identifier: MIT */
/*
 * A binary: what stands behind the name of a program, and whether the interposer can reach its
 * calls.
 */
#ifndef SOCKPROOF_PROGRAM_BINARY_H
#define SOCKPROOF_PROGRAM_BINARY_H

#include <limits.h>
#include <stdbool.h>

struct binary {
    char path[PATH_MAX];
    char why[PATH_MAX + 256]; /* why the program cannot be put under faults; empty: it can */
    char note[256];           /* what to know all the same; empty: nothing */
    bool missing;             /* there is no such program */
};

/* Finds name as execvp(3) would and looks at it, and at the interpreter of a script. */
void binary_look(struct binary *binary, const char *name);

#endif
