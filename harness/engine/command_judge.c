/* SPDX-License-Identifier: MIT */
/* Judges a recorded run again, by its events alone, and says where the verdict is another. */
#include "engine/commands.h"

#include "engine/again.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_record(const char *folder, const char *name)
{
    char *path = NULL;
    FILE *file = asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : fopen(path, "re");
    if (file == NULL)
        fprintf(stderr, "sockproof: %s/%s: %s\n", folder, name, strerror(errno));
    free(path);
    return file;
}

/* The texts of the case files, from run.json; NULL when there is none that can be read. */
static json_t *read_sources(const char *folder)
{
    FILE *run = open_record(folder, "run.json");
    json_error_t error = {.text = ""};
    json_t *json = run != NULL ? json_loadf(run, 0, &error) : NULL;
    json_t *sources = NULL;
    if (run != NULL && json == NULL)
        fprintf(stderr, "sockproof: %s/run.json: %s\n", folder, error.text);
    if (json != NULL)
        sources = json_deep_copy(json_object_get(json, "sources"));
    if (json != NULL && sources == NULL)
        sources = json_object();
    if (run != NULL)
        fclose(run);
    json_decref(json);
    return sources;
}

static enum status status_of(const struct again *again)
{
    enum status status = STATUS_NOTHING;
    if (again->same + again->differ > 0)
        status = again->differ > 0 ? STATUS_FAIL : STATUS_GOOD;
    printf("judged again: %zu variants as before, %zu otherwise; %zu have nothing to judge\n",
           again->same, again->differ, again->not_judged);
    return status;
}

enum status command_judge(const struct config *config)
{
    const char *folder = config->path_count > 0 ? config->paths[0] : config->report;
    json_t *sources = read_sources(folder);
    FILE *results = sources != NULL ? open_record(folder, "results.jsonl") : NULL;
    FILE *events = results != NULL ? open_record(folder, "events.jsonl") : NULL;
    enum status status = STATUS_BROKEN;
    if (events != NULL) {
        const struct again again = again_judge(sources, results, events, stdout);
        status = status_of(&again);
        fclose(events);
    }
    if (results != NULL)
        fclose(results);
    json_decref(sources);
    return status;
}
