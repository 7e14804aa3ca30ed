/* SPDX-License-Identifier: MIT */
/*
 * The log of a program's run under faults, as JSON lines: the plan, each event in the order of its
 * time, the end. It is itself a plan: a run that replays it has the same faults at the same
 * chances.
 */
#ifndef SOCKPROOF_PROGRAM_FIRELOG_H
#define SOCKPROOF_PROGRAM_FIRELOG_H

#include "program/faultplan.h"
#include "program/launch.h"

#define FIRELOG_SCHEMA 1

/* A fault of the wire that fired. */
struct wire_firing {
    struct wire_firing *next; /* in the order of their time; NULL: the last */
    uint64_t at_ns;           /* CLOCK_MONOTONIC */
    size_t fault;             /* index in the plan */
    const char *from;         /* "client", "server" */
    uint64_t identity, counter, size;
    uint64_t stream;        /* that its bytes are of; 0: it has none that are numbered */
    uint64_t offset, again; /* of the first of them, and how often that was on the wire before */
    char packet[192];       /* in a line for people */
};

/* Writes what control holds, and what fired on the wire (NULL: nothing), to path; unlisted: how
   often it did besides, which is said. 0, or -1 with errno. */
int firelog_write(const char *path, const struct control *control, const struct faultplan *plan,
                  const struct wire_firing *firings, uint64_t unlisted, char *const *argv,
                  const struct ending *ending);
/* Reads path into plan, and what fired into control. False after a message on err. */
bool firelog_read(const char *path, struct faultplan *plan, struct control *control, FILE *err);
/* "fired", "reached", …; static storage. */
const char *firelog_kind(enum record_kind kind);

#endif
