/*
 * The record: what a run leaves behind, results.jsonl, events.jsonl and run.json. One writer, the
 * supervisor; a line is written when its variant has ended, so that what was found survives
 * whatever comes later.
 */
#ifndef SOCKPROOF_ENGINE_RECORD_H
#define SOCKPROOF_ENGINE_RECORD_H

#include "case/casefile.h"
#include "engine/candidate.h"
#include "engine/config.h"
#include "engine/stream.h"
#include "engine/suite.h"
#include "observe/event.h"
#include "trial/verdict.h"

struct record {
    const struct config *config;
    struct candidate *candidates; /* config->stack_count of them */
    const struct suite *suite;    /* what is to run; NULL keeps the manifest out of run.json */
    const char *no_wire;          /* why there is no wire here, or NULL */
    int results, events, folder;  /* -1: not written */
    int stream;                   /* to the engine outside of the guest; -1: none */
    uint64_t events_size, results_size;
    bool damaged; /* something could not be written; said once on stderr */
};

/* Where and how often a variant ran, and on which stack. */
struct ran {
    struct candidate *candidate;
    const struct variant *variant;
    int repeat;
    bool on_wire;
};

/* Makes the report folder and its files, or opens the stream. False with a message on stderr.
   selected is the number of results to come. */
bool record_open(struct record *record, size_t selected);
/* Completes a result (stolen: verdict, reason and whatever the trial knows; absent members get
   their empty forms), holds it against the baseline (unless the stack was told to lie: what a liar
   does is no deviation), and writes it and its events (report may be NULL) to the files and to
   standard output, or into the stream. Returns the verdict. */
enum verdict record_add(struct record *record, const struct ran *ran, json_t *result,
                        const struct report *report);
/* The same for what a guest's engine has completed, except for what is known only out here. */
enum verdict record_take(struct record *record, const struct ran *ran, const struct frame *frame);
/* Completes run.json and closes. interrupted: the run did not get to its end. */
void record_close(struct record *record, bool interrupted, size_t selected);
/* The status that the counts mean. */
enum status record_status(const struct record *record, bool interrupted);

#endif
