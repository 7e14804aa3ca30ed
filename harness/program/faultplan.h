/*
 * A fault plan for a program: what the command line, a plan file or the log of an earlier run says,
 * checked, as the interposer takes it.
 */
#ifndef SOCKPROOF_PROGRAM_FAULTPLAN_H
#define SOCKPROOF_PROGRAM_FAULTPLAN_H

#include "preload/control.h"

#include <stdio.h>

#define FAULT_TEXT 160

struct faultplan {
    struct plan plan;
    uint32_t at_point[POINT_COUNT];
    uint32_t at_group[GROUP_POINTS];
    uint64_t after[FAULT_MAX];        /* bytes at which a fault waits; 0: at none */
    char text[FAULT_MAX][FAULT_TEXT]; /* each fault as the command line would say it */
    bool lenient;                     /* errors that POSIX allows are taken too */
};

/* Adds "CALL ACTION [ARGUMENT] [TRIGGER]", as in "send errno EINTR every 3". False after a message
   on err when it makes no sense. */
bool faultplan_add_text(struct faultplan *plan, const char *text, FILE *err);
/* Adds the faults of a plan file. False after messages on err. */
bool faultplan_add_file(struct faultplan *plan, const char *path, FILE *err);

#endif
