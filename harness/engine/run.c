/* SPDX-License-Identifier: MIT */
#include "engine/run.h"

#include "engine/manifest.h"
#include "stack/plugin.h"

#include <gnu/libc-version.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { RUN_SCHEMA = 1 };

size_t run_results(const struct run *run)
{
    const struct config *config = run->config;
    size_t count = 0;
    if (!config->stack_given)
        return run->suite->variant_count * (size_t)config->repeat;
    for (int stack = 0; stack < config->stack_count; stack++)
        for (size_t variant = 0; variant < run->suite->variant_count; variant++)
            count += suite_wants(run->suite, variant, stack) ? (size_t)config->repeat : 0;
    return count;
}

static void sum(const struct run *run, size_t *count)
{
    memset(count, 0, VERDICT_COUNT * sizeof *count);
    for (int i = 0; i < run->config->stack_count; i++)
        for (int verdict = 0; verdict < VERDICT_COUNT; verdict++)
            count[verdict] += run->candidates[i].count[verdict];
}

/* --- run.json ----------------------------------------------------------------------------------
 */

static json_t *profile_json(const struct profile *profile)
{
    json_t *values = json_object();
    for (size_t i = 0; i < profile->count; i++)
        json_object_set_new(values, profile->entries[i].key,
                            json_string(profile->entries[i].value));
    return values;
}

static json_t *totals_json(const size_t *count)
{
    json_t *totals = json_object();
    for (int verdict = 0; verdict < VERDICT_COUNT; verdict++)
        json_object_set_new(totals, verdict_name((enum verdict)verdict),
                            json_integer((json_int_t)count[verdict]));
    return totals;
}

/* Whose stack it was: the file as it was when it was asked what it has. */
static json_t *plugin_json(const struct plugin *plugin)
{
    return json_pack("{s:s, s:s, s:s, s:o}", "way", plugin->way, "file", plugin->file, "argument",
                     plugin->argument, "hash",
                     json_sprintf("%016llx", (unsigned long long)plugin->hash));
}

/* Name, version and totals of each. */
static json_t *stacks_json(const struct run *run)
{
    json_t *list = json_array();
    for (int i = 0; i < run->config->stack_count; i++) {
        const struct candidate *one = &run->candidates[i];
        size_t results = 0;
        for (int verdict = 0; verdict < VERDICT_COUNT; verdict++)
            results += one->count[verdict];
        if (results == 0 && !run->config->stack_given && i > 0)
            continue; /* nothing fell to it */
        json_t *entry = json_pack("{s:s, s:s, s:o}", "stack", one->shown, "version", one->version,
                                  "totals", totals_json(one->count));
        if (one->plugin != NULL)
            json_object_set_new(entry, "plugin", plugin_json(one->plugin));
        if (one->relayed != NULL)
            json_object_set_new(entry, "command", json_string(one->stack->command));
        if (one->far != NULL)
            json_object_set_new(entry, "far", json_string(one->far));
        json_array_append_new(list, entry);
    }
    return list;
}

/* What --stack asked for; nothing when the choice was left to the engine. */
static json_t *asked_json(const struct config *config)
{
    json_t *names = json_array();
    for (int i = 0; config->stack_given && i < config->stack_count; i++)
        json_array_append_new(names, json_string(config->stacks[i]));
    return names;
}

/* The variants that are to have a result, "ID@STACK" where several stacks were asked for: so a
   reader knows which are missing. */
static json_t *variants_json(const struct run *run)
{
    json_t *names = json_array();
    int several = run->config->stack_given ? run->config->stack_count : 1;
    for (size_t i = 0; i < run->suite->variant_count; i++)
        for (int stack = 0; stack < several; stack++)
            if (several == 1)
                json_array_append_new(names, json_string(run->suite->variants[i]->id));
            else if (suite_wants(run->suite, i, stack))
                json_array_append_new(names, json_sprintf("%s@%s", run->suite->variants[i]->id,
                                                          run->candidates[stack].shown));
    return names;
}

static json_t *tested_json(const struct run *run)
{
    return json_pack("{s:i, s:s, s:s, s:s, s:o}", "schema", RUN_SCHEMA, "sockproof",
                     SOCKPROOF_VERSION, "stack", run->candidates[0].shown, "stack_version",
                     run->candidates[0].version, "stacks", stacks_json(run));
}

static json_t *machine_json(void)
{
    struct utsname system;
    uname(&system);
    return json_pack("{s:s, s:s, s:s, s:I}", "kernel", system.release, "libc",
                     gnu_get_libc_version(), "machine", system.machine, "processors",
                     (json_int_t)sysconf(_SC_NPROCESSORS_ONLN));
}

static json_t *choices_json(const struct run *run)
{
    const struct config *config = run->config;
    const struct confinement *confined = run->confinement;
    const char *root = confined->stays_root;
    return json_pack("{s:I, s:i, s:f, s:s, s:s*, s:s*, s:s*, s:o, s:s*}", "seed",
                     (json_int_t)config->seed, "repeat", config->repeat, "slow_factor",
                     config->slow_factor, "place", run->no_wire == NULL ? "wire" : "loopback",
                     "no_wire", run->no_wire, "unconfined", confined->able ? NULL : confined->why,
                     "root_outside", confined->able && root[0] != '\0' ? root : NULL,
                     "stacks_asked", asked_json(config), "lie", config->lie);
}

static json_t *outcome_json(const struct run *run, bool complete)
{
    size_t count[VERDICT_COUNT];
    sum(run, count);
    return json_pack("{s:o, s:I, s:b}", "totals", totals_json(count), "selected",
                     (json_int_t)run_results(run), "complete", complete);
}

static json_t *subject_json(const struct run *run)
{
    const struct profile *profile = &run->candidates[0].settings.profile;
    return json_pack("{s:s, s:o, s:o}", "host_profile_version", profile->version, "host_profile",
                     profile_json(profile), "variants", variants_json(run));
}

json_t *run_json(const struct run *run, bool complete)
{
    json_t *whole = json_object();
    json_t *const parts[] = {tested_json(run),  machine_json(),
                             choices_json(run), outcome_json(run, complete),
                             subject_json(run), manifest_json(run->suite)};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        json_object_update_new(whole, parts[i]);
    return whole;
}

/* --- the status --------------------------------------------------------------------------------
 */

enum status run_status(const struct run *run, bool interrupted, bool damaged)
{
    size_t count[VERDICT_COUNT];
    int most = run->config->max_skips;
    sum(run, count);
    size_t judged = count[VERDICT_PASS] + count[VERDICT_FAIL] + count[VERDICT_KNOWN];
    bool too_many = most >= 0 && count[VERDICT_SKIP] > (size_t)most;
    enum status status = STATUS_GOOD;
    if (interrupted)
        status = STATUS_INTERRUPTED;
    else if (count[VERDICT_FAIL] > 0)
        status = STATUS_FAIL;
    else if (count[VERDICT_BROKEN] > 0 || damaged)
        status = STATUS_BROKEN;
    else if (judged == 0 || too_many)
        status = STATUS_NOTHING;
    return status;
}
