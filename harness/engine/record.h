/*
 * The record: what a run leaves behind, results.jsonl, events.jsonl and run.json. One writer, the
 * supervisor; a line is written when its variant has ended, so that what was found survives
 * whatever comes later.
 */
#ifndef SOCKPROOF_ENGINE_RECORD_H
#define SOCKPROOF_ENGINE_RECORD_H

#include "case/casefile.h"
#include "engine/config.h"
#include "engine/settings.h"
#include "engine/suite.h"
#include "observe/event.h"
#include "run/trial.h"
#include "stack/stack.h"

struct record {
    const struct config *config;
    const struct settings *settings;
    const struct suite *suite; /* what is to run; NULL keeps the manifest out of run.json */
    char stack[64];            /* its name, and how it was told to lie */
    const char *version;       /* of the stack: the kernel's release */
    const char *no_wire;       /* why there is no wire here, or NULL */
    int results, events, folder;
    uint64_t events_size, results_size;
    bool damaged; /* something could not be written; said once on stderr */
    size_t count[VERDICT_COUNT];
    uint64_t began_us;
};

/* Makes the report folder and its files. False with a message on stderr. selected is the number of
   results to come. */
bool record_open(struct record *record, size_t selected);
/* Completes a result (stolen: verdict, reason and whatever the trial knows; absent members get
   their empty forms), holds it against the baseline (unless the
   stack was told to lie: what a liar does is no deviation), and writes it and its events (report
   may be NULL) to the files and to standard output. stack: what it was judged on; on_wire: where it
   ran. Returns the verdict. */
enum verdict record_add(struct record *record, const struct variant *variant,
                        const struct stack *stack, int repeat, bool on_wire, json_t *result,
                        const struct report *report);
/* Completes run.json and closes. interrupted: the run did not get to its end. */
void record_close(struct record *record, bool interrupted, size_t selected);
/* The status that the counts mean. */
enum status record_status(const struct record *record, bool interrupted);

#endif
