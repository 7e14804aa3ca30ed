/* SPDX-License-Identifier: MIT */
/*
 * An entry of the log: what a program under faults writes into the control file. Nothing here
 * allocates, locks or waits: any thread, any signal handler, a fork's child.
 */
#ifndef SOCKPROOF_PRELOAD_ENTRY_H
#define SOCKPROOF_PRELOAD_ENTRY_H

#include "preload/control.h"

#include <signal.h>

/* Where entries go from now on. */
void entry_open(struct control *control);
/* Writes one: its kind, point, fault, fd, … are the caller's; time and lineage are added. errno
   stays. */
void entry_write(const struct control_record *record);
/* The two halves of that: adds time and lineage, which asks the kernel who this is, and puts the
   entry into the log, which asks for nothing. errno stays. */
void entry_prepare(struct control_record *record);
void entry_put(const struct control_record *record);
/* A signal has ended a child that was waited for; pid 0: which is not known. errno stays. */
void entry_death(int32_t pid, int number);
/* The same of what waitid(2) told, with those options: who leaves the status (WNOWAIT) asks again,
   or somebody else does. */
void entry_waited(const siginfo_t *told, int options);
/* A process begins. */
void entry_process(void);

#endif
