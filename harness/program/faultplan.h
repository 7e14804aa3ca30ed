/* SPDX-License-Identifier: MIT */
/*
 * A fault plan for a program: what the command line, a plan file or the log of an earlier run says,
 * checked, as the interposer takes it; and what it says of packets, for the wire between two hosts.
 */
#ifndef SOCKPROOF_PROGRAM_FAULTPLAN_H
#define SOCKPROOF_PROGRAM_FAULTPLAN_H

#include "case/node.h"
#include "preload/control.h"

#include <stdio.h>

#define FAULT_TEXT 512

struct faultplan {
    struct plan plan;
    struct selector select[FAULT_MAX];  /* the calls that each fault is about */
    char text[FAULT_MAX][FAULT_TEXT];   /* each fault as the command line would say it */
    bool lenient;                       /* errors that POSIX allows are taken too */
    unsigned wire;                      /* bit i: fault i is one of the wire */
    bool loses;                         /* one of these loses packets that must be sent again */
    const struct node *when[FAULT_MAX]; /* what a fault of the wire looks for; NULL: every packet */
    struct arena *arena;                /* owns these; NULL while there is none */
};

/* Adds "CALL ACTION [ARGUMENT] [TRIGGER]", as in "send errno EINTR every 3", "wire ACTION [PACKET]
   [from SIDE] [TRIGGER]", as in "wire drop data nth 3 from server", or a fault as a plan file has
   it, in braces. False after a message on err when it makes no sense. */
bool faultplan_add_text(struct faultplan *plan, const char *text, FILE *err);
/* Adds the faults of a plan file. False after messages on err. */
bool faultplan_add_file(struct faultplan *plan, const char *path, FILE *err);
/* Frees what the plan owns. */
void faultplan_free(struct faultplan *plan);

#endif
