/* SPDX-License-Identifier: MIT */
/*
 * Lineage: who a process and a thread are, by where they stand below the first program, not by
 * numbers that change from run to run: process "0.2" is the second child of process "0", thread
 * "0.1" the first that the main thread made.
 */
#ifndef SOCKPROOF_PRELOAD_LINEAGE_H
#define SOCKPROOF_PRELOAD_LINEAGE_H

#include "preload/control.h"

#include <stdbool.h>

/* One thread's. Its owner alone changes it. */
struct lineage {
    char text[LINEAGE];
    uint64_t hash; /* 0: not known yet */
    uint32_t threads, sockets;
    uint32_t asked[POINT_COUNT];
};

/* Finds out who this process is, and writes it down in control. began is called in every process
   that is forked from now on, once it has its name. Before main. */
void lineage_open(struct control *control, void (*began)(void));
/* A fork that no handler of pthread_atfork sees: before it, and in the child. Any signal handler.
 */
void lineage_forks(void);
void lineage_forked(void);
/* The process is about to execute what lies at that path, and is called after it if that does not
   tell us itself; NULL: it did not come to that. Any signal handler, and the child of a vfork, of
   which nothing is known. */
void lineage_executes(const char *path);
/* True in a process that runs in this one's memory, or is not known yet: the child of a vfork. */
bool lineage_borrowed(void);
/* This thread's, made when it has none. */
struct lineage *lineage_mine(void);
/* This process's name. */
const char *lineage_process(void);
/* The hash of this process's name. */
uint64_t lineage_process_hash(void);
/* A name for the thread that the caller is about to make. */
void lineage_child(char out[LINEAGE]);
/* Gives the calling thread its name, before it does anything. */
void lineage_name(const char *name);

#endif
