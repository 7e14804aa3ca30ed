/* SPDX-License-Identifier: MIT */
#include "engine/jobs.h"

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void jobs_open(struct jobs *jobs, const struct suite *suite, size_t most)
{
    *jobs = (struct jobs){.suite = suite, .all = arena_must(calloc(most + 1, sizeof *jobs->all))};
}

void jobs_free(struct jobs *jobs)
{
    for (size_t i = 0; i < jobs->count && jobs->all != NULL; i++) {
        json_decref(jobs->all[i].first);
        json_decref(jobs->all[i].likeness);
    }
    free(jobs->all);
    jobs->all = NULL;
}

struct job *jobs_add(struct jobs *jobs, struct job job)
{
    jobs->all[jobs->count] = job;
    return &jobs->all[jobs->count++];
}

static bool can_be_given(const struct job *job, bool on_wire)
{
    return !job->given && !job->done && !job->in_guest && job->on_wire == on_wire;
}

struct job *jobs_next(struct jobs *jobs, int candidate, bool on_wire)
{
    size_t *at = &jobs->next[candidate][on_wire];
    while (*at < jobs->count &&
           (jobs->all[*at].candidate != candidate || !can_be_given(&jobs->all[*at], on_wire)))
        (*at)++;
    struct job *job = *at < jobs->count ? &jobs->all[(*at)++] : NULL;
    if (job != NULL)
        job->given = true;
    return job;
}

struct job *jobs_next_again(struct jobs *jobs)
{
    struct job *found = NULL;
    for (size_t i = 0; i < jobs->count && found == NULL; i++)
        if (jobs->all[i].waits && !jobs->all[i].done)
            found = &jobs->all[i];
    if (found != NULL) {
        found->waits = false;
        found->tries++;
    }
    return found;
}

void jobs_put_back(struct jobs *jobs, struct job *job)
{
    size_t place = (size_t)(job - jobs->all);
    size_t *at = &jobs->next[job->candidate][job->on_wire];
    *at = place < *at ? place : *at;
    job->given = false;
}

struct job *jobs_next_anywhere(struct jobs *jobs, bool on_wire)
{
    struct job *found = NULL;
    for (size_t i = 0; i < jobs->count && found == NULL; i++)
        if (can_be_given(&jobs->all[i], on_wire))
            found = &jobs->all[i];
    if (found != NULL)
        found->given = true;
    return found;
}

size_t jobs_waiting(const struct jobs *jobs, bool on_wire)
{
    size_t count = 0;
    for (size_t i = 0; i < jobs->count; i++)
        count += !jobs->all[i].done && jobs->all[i].on_wire == on_wire && !jobs->all[i].in_guest;
    return count;
}

bool jobs_left(const struct jobs *jobs, int candidate)
{
    size_t i = 0;
    while (i < jobs->count && (jobs->all[i].candidate != candidate || jobs->all[i].done))
        i++;
    return i < jobs->count;
}

struct job *jobs_find(const struct jobs *jobs, int candidate, const json_t *result)
{
    const char *id = json_string_value(json_object_get(result, "id"));
    json_int_t repeat = json_integer_value(json_object_get(result, "repeat"));
    struct job *found = NULL;
    for (size_t i = 0; i < jobs->count && found == NULL && id != NULL; i++) {
        struct job *job = &jobs->all[i];
        if (job->candidate == candidate && !job->done && job->repeat == repeat &&
            strcmp(jobs_variant(jobs, job)->id, id) == 0)
            found = job;
    }
    return found;
}

char *jobs_selection(const struct jobs *jobs, int candidate)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = arena_must(open_memstream(&text, &size));
    const char *file = "";
    for (size_t i = 0; i < jobs->count; i++) {
        const struct job *job = &jobs->all[i];
        const struct variant *variant = jobs_variant(jobs, job);
        if (job->candidate != candidate || job->done || job->repeat > 0)
            continue;
        if (strcmp(file, variant->file->path) != 0)
            fprintf(out, "@%s\n", variant->file->path);
        file = variant->file->path;
        fprintf(out, "%s\n", variant->id);
    }
    if (fclose(out) != 0)
        arena_must(NULL);
    return text;
}

const struct variant *jobs_variant(const struct jobs *jobs, const struct job *job)
{
    return jobs->suite->variants[job->variant];
}
