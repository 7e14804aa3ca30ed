/* SPDX-License-Identifier: MIT */
/*
 * The work of a run of the sample suite, on one candidate and unconfined. For the tests of this
 * room only, which include it once each.
 */
#ifndef SOCKPROOF_ENGINE_SAMPLEWORK_H
#define SOCKPROOF_ENGINE_SAMPLEWORK_H

#include "engine/sample.h"
#include "engine/work.h"

#include <criterion/redirect.h>

static struct suite suite;
static struct config config;
static struct candidate candidate;
static const struct confinement unconfined;
static struct run run;
static struct record record;
static struct work work;

/* Begins it as that configuration says, less the report folder, which is the sample's. */
static inline void samplework_begin(struct config configured, struct candidate on)
{
    suite = sample_suite();
    suite.catalogue = catalogue_load(SOURCE_DIR "/fixtures/catalogue", stderr);
    config = configured;
    config.report = sample_folder();
    candidate = on;
    candidate.settings.profile.version = "1";
    run = (struct run){&config, &candidate, &suite, NULL, NULL, &unconfined};
    cr_redirect_stdout(); /* results go there as well */
    cr_assert(record_open(&record, &run));
    work_open(&work, &run, &record);
}

static inline void samplework_end(void)
{
    work_close(&work, "over");
    record_close(&record, false);
    suite_free(&suite);
    sample_remove();
}

#endif
