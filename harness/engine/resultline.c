/* SPDX-License-Identifier: MIT */
#include "engine/resultline.h"

#include "engine/known.h"
#include "stack/plugin.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { RESULT_SCHEMA = 1 };

static json_t *cites_json(const struct variant *variant)
{
    json_t *list = json_array();
    for (size_t i = 0; i < variant->file->cite_count; i++)
        json_array_append_new(list, json_string(variant->file->cites[i].id));
    return list;
}

/* The programs that the case lists. */
static json_t *programs_json(const struct casefile *file)
{
    const struct node *one = file->programs != NULL ? file->programs->first : NULL;
    json_t *list = json_array();
    for (; one != NULL; one = one->next)
        json_array_append_new(list, json_string(one->text));
    return list;
}

/* A command within single quotes of a shell. */
static void quote(const char *command, char *text, size_t size)
{
    size_t used = 0;
    for (; *command != '\0' && used + 5 < size; command++)
        used +=
            (size_t)snprintf(text + used, size - used, *command == '\'' ? "'\\''" : "%c", *command);
    text[used] = '\0';
}

/* Quoted for a shell: an id holds brackets. */
json_t *resultline_reproduce(const struct run *run, const struct ran *ran)
{
    const struct config *config = run->config;
    const struct variant *variant = ran->variant;
    const char *name = ran->candidate->name;
    char slow[32] = "";
    char command[PATH_MAX] = "";
    char stack[PATH_MAX + 1200] = "";
    if (config->lie != NULL)
        return json_sprintf("sockproof-engine run --lie %s --seed %llu %s", config->lie,
                            (unsigned long long)config->seed, variant->file->path);
    if (config->slow_factor != 1)
        snprintf(slow, sizeof slow, " --slow-factor %g", config->slow_factor);
    if (ran->candidate->relayed != NULL)
        quote(ran->candidate->stack->command, command, sizeof command);
    const struct plugin *plugin = ran->candidate->plugin;
    if (plugin != NULL)
        snprintf(stack, sizeof stack, " --stack '%s=%s:%s%s%s'", name, plugin->way, plugin->file,
                 plugin->argument[0] != '\0' ? "," : "", plugin->argument);
    else if (ran->candidate->relayed != NULL)
        snprintf(stack, sizeof stack, " --stack '%s=exec:%s'", name, command);
    else if (ran->candidate->far != NULL)
        snprintf(stack, sizeof stack, " --stack '%s=ssh:%s'", name, ran->candidate->far);
    else if (strcmp(name, "linux") != 0)
        snprintf(stack, sizeof stack, " --stack %s", name);
    /* The front door finds an id below its own cases/; any other file by its path. */
    bool in_suite = strncmp(variant->file->path, "cases/", strlen("cases/")) == 0;
    return json_sprintf(
        "./sockproof run '%s' --seed %llu%s%s%s", in_suite ? variant->id : variant->file->path,
        (unsigned long long)config->seed, ran->on_wire ? "" : " --place loopback", stack, slow);
}

/* Which variant it was. */
static json_t *name_json(const struct ran *ran)
{
    const struct variant *variant = ran->variant;
    const struct casefile *file = variant->file;
    return json_pack("{s:i, s:s, s:s, s:s, s:i, s:s, s:i, s:s}", "schema", RESULT_SCHEMA, "id",
                     variant->id, "case", file->id, "variant", variant->name, "repeat", ran->repeat,
                     "file", file->path, "line",
                     variant->step_count > 0 ? file->title_mark.line : 1, "title", file->title);
}

/* Where it ran, and what it is about. */
static json_t *place_json(const struct ran *ran)
{
    const struct casefile *file = ran->variant->file;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "stack", ran->candidate->shown, "place",
                     ran->on_wire ? "wire" : "loopback", "transport",
                     transport_name(file->transport), "family",
                     ran->variant->family == AF_INET ? "inet" : "inet6", "subject",
                     subject_name(file->subject), "cites", cites_json(ran->variant));
}

static json_t *empty_json(void)
{
    return json_pack("{s:s, s:s, s:i, s:[], s:{}, s:{}, s:[], s:n, s:n}", "verdict", "broken",
                     "reason", "", "duration_us", 0, "faults", "delivery", "ordering", "errors",
                     "failure", "capture");
}

json_t *resultline_json(const struct run *run, const struct ran *ran, json_t *found)
{
    json_t *line = name_json(ran);
    json_object_update_new(line, place_json(ran));
    if (ran->variant->file->subject == SUBJECT_PROGRAM)
        json_object_set_new(line, "programs", programs_json(ran->variant->file));
    json_object_set_new(line, "seed", json_integer((json_int_t)run->config->seed));
    json_object_set_new(line, "reproduce", resultline_reproduce(run, ran));
    json_object_update_missing_new(line, found);
    json_object_update_missing_new(line, empty_json());
    resultline_reasoned(line);
    return line;
}

void resultline_reasoned(json_t *line)
{
    enum verdict verdict = resultline_verdict(line);
    const char *reason = json_string_value(json_object_get(line, "reason"));
    if (verdict == VERDICT_PASS || (reason != NULL && reason[0] != '\0'))
        return;
    json_object_set_new(line, "verdict", json_string(verdict_name(VERDICT_BROKEN)));
    json_object_set_new(line, "reason",
                        json_string("what came of it could not be read, or gave no reason: this is "
                                    "a fault of sockproof, or of memory that was written over"));
}

void resultline_against_baseline(const struct ran *ran, json_t *line)
{
    const struct candidate *candidate = ran->candidate;
    struct arena *arena = arena_new();
    const struct excuses excuses =
        baseline_excuses(&candidate->settings.baseline, ran->variant->file->id, ran->variant->id,
                         candidate->version, arena);
    known_judge(&excuses, candidate->name, candidate->version, line);
    arena_free(arena);
}

enum verdict resultline_verdict(const json_t *line)
{
    const char *name = json_string_value(json_object_get(line, "verdict"));
    enum verdict found = VERDICT_BROKEN;
    for (int verdict = 0; verdict < VERDICT_COUNT; verdict++)
        if (name != NULL && strcmp(verdict_name((enum verdict)verdict), name) == 0)
            found = (enum verdict)verdict;
    return found;
}
