/* SPDX-License-Identifier: MIT */
/*
 * An entry of the log: what a program under faults writes into the control file. Nothing here
 * allocates, locks or waits: any thread, any signal handler, a fork's child.
 */
#ifndef SOCKPROOF_PRELOAD_ENTRY_H
#define SOCKPROOF_PRELOAD_ENTRY_H

#include "preload/control.h"

/* Where entries go from now on. */
void entry_open(struct control *control);
/* Writes one: its kind, point, fault, fd, … are the caller's; time and lineage are added. errno
   stays. */
void entry_write(const struct control_record *record);
/* The two halves of that: adds time and lineage, which asks the kernel who this is, and puts the
   entry into the log, which asks for nothing. errno stays. */
void entry_prepare(struct control_record *record);
void entry_put(const struct control_record *record);
/* A process begins. */
void entry_process(void);

#endif
