/* SPDX-License-Identifier: MIT */
/*
 * A line of a result: one line of results.jsonl (fixtures/result.schema.json), as JSON.
 */
#ifndef SOCKPROOF_ENGINE_RESULTLINE_H
#define SOCKPROOF_ENGINE_RESULTLINE_H

#include "engine/run.h"
#include "trial/verdict.h"

/* Where and how often a variant ran, and on which stack. */
struct ran {
    struct candidate *candidate;
    const struct variant *variant;
    int repeat;
    bool on_wire;
};

/* The whole line: what is known of a variant that ran, what was found (stolen: verdict, reason and
   whatever the trial knows), and the empty forms of what was not. Its events are not in it. New. */
json_t *resultline_json(const struct run *run, const struct ran *ran, json_t *found);
/* A line whose verdict is no pass and that gives no reason is broken, for that reason. */
void resultline_reasoned(json_t *line);
/* The command that does the same again. New. */
json_t *resultline_reproduce(const struct run *run, const struct ran *ran);
/* Holds the line against what the baseline knows of its variant. */
void resultline_against_baseline(const struct ran *ran, json_t *line);
/* The verdict of the line; broken when it names none that there is. */
enum verdict resultline_verdict(const json_t *line);

#endif
