/* SPDX-License-Identifier: MIT */
/*
 * The record: what a run leaves behind, results.jsonl, events.jsonl and run.json. One writer, the
 * supervisor; a line is written when its variant has ended, so that what was found survives
 * whatever comes later.
 *
 * In a guest nothing is kept: results, events and captures go into the stream to the engine
 * outside.
 */
#ifndef SOCKPROOF_ENGINE_RECORD_H
#define SOCKPROOF_ENGINE_RECORD_H

#include "engine/earlier.h"
#include "engine/linefile.h"
#include "engine/resultline.h"
#include "engine/stream.h"
#include "observe/event.h"

struct record {
    const struct run *run; /* borrowed */
    int folder;            /* of the report; -1: not open */
    struct linefile results, events;
    json_t *earlier; /* what an engine before this one has judged; NULL: there was none */
    int stream;      /* to the engine outside of the guest; -1: none */
    bool damaged;    /* something could not be written; said once on stderr */
};

/* Makes the report folder and its files, or opens the stream. False with a message on stderr. */
bool record_open(struct record *record, const struct run *run);
/* Completes a result (stolen: verdict, reason and whatever the trial knows), holds it against the
   baseline, and writes it and its events (report may be NULL) to the files and to standard output,
   or into the stream. Returns the verdict. */
enum verdict record_add(struct record *record, const struct ran *ran, json_t *result,
                        const struct report *report);
/* The verdict that record_add would give the result, which stays the caller's. */
enum verdict record_foresee(const struct record *record, const struct ran *ran,
                            const json_t *result);
/* Removes the capture of a result that is not to be said. */
void record_forget(const struct record *record, const json_t *result);
/* The same for what a guest's engine has completed, except for what is known only out here. */
enum verdict record_take(struct record *record, const struct ran *ran, const struct frame *frame);
/* Whether there is a result already of what is to run, by an engine before this one; it is counted
   then. Its verdict is in *verdict. */
bool record_has(const struct record *record, const struct ran *ran, enum verdict *verdict);
/* Completes run.json and closes. interrupted: the run did not get to its end. */
void record_close(struct record *record, bool interrupted);

#endif
