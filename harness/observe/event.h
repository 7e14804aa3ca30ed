/* SPDX-License-Identifier: MIT */
/*
 * The event log: what happened in one case, as JSON lines in memory that outlives the worker.
 *
 * The supervisor maps the report of each worker before it forks, so that the evidence of a
 * case survives whatever happens to its worker. The worker alone appends; the supervisor reads
 * once the case has ended or the worker has died.
 */
#ifndef SOCKPROOF_OBSERVE_EVENT_H
#define SOCKPROOF_OBSERVE_EVENT_H

#include "base/lack.h"
#include "packet/compact.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define REPORT_SIZE ((size_t)1 << 26)
#define EVENT_SCHEMA 1

/* Shared by the supervisor and one worker. */
struct report {
    _Atomic uint64_t used;    /* bytes of whole lines in text */
    _Atomic uint32_t count;   /* events in text */
    _Atomic uint32_t dropped; /* events that found no room */
    _Atomic int step;         /* being carried out; 0 in set-up */
    char lack[LACK_TEXT];     /* why the worker ended itself (lack.h); "": it did not */
    char text[];
};

/* A report for one worker; NULL with errno. */
struct report *report_new(void);
/* In the worker: it is withheld from actors (withheld.h). Code that is not ours runs in some of
   these processes, and would write the record of its own case. */
void report_keep(struct report *report);
/* In the worker: the report of another one is nothing to it, nor to what it makes. */
void report_drop(struct report *report);

struct event_log {
    struct report *report;
    const char *case_id; /* the variant's */
    uint64_t start_ns;   /* CLOCK_MONOTONIC of time 0 */
    uint64_t skipped_us; /* by which virtual time is ahead */
    bool muted;          /* events are not kept: one of many alike */
};

/* Empties the report and begins the log of a case. */
void log_begin(struct event_log *log, struct report *report, const char *case_id);
/* Microseconds since the log began, those that virtual time skipped included. */
uint64_t log_now_us(const struct event_log *log);
/* Appends an event; members (a JSON object, stolen) are added to the common ones, whose names they
   do not have: schema, case, n, t_us, type, actor, step (0: none), text. at_us is the event's time.
   One whose text is no UTF-8 is dropped, and counted as such. */
void log_add(struct event_log *log, uint64_t at_us, const char *type, const char *actor, int step,
             const char *text, json_t *members);

/* A member that is written where it stands; what goes to write as it is. */
struct written {
    const char *key;
    void (*write)(struct compact *text, const void *what);
    const void *what;
};

/* The same, with one member more, which is none of the others; key needs no escape, and what is
   written is JSON. */
void log_add_written(struct event_log *log, uint64_t at_us, const char *type, const char *actor,
                     int step, const char *text, json_t *members, const struct written *written);

#endif
