/* SPDX-License-Identifier: MIT */
#include "engine/commands.h"
#include "engine/constructs.h"
#include "engine/suite.h"

#include "case/manual.h"
#include "case/schema.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *cites(const struct casefile *file)
{
    json_t *list = json_array();
    for (size_t i = 0; i < file->cite_count; i++)
        json_array_append_new(list, json_string(file->cites[i].id));
    return list;
}

static const char *place_of(const struct variant *variant)
{
    return variant->needs_wire ? "wire" : place_name(variant->file->place);
}

static void print_json(const struct variant *variant)
{
    const struct casefile *file = variant->file;
    json_t *line = json_pack(
        "{s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:o, s:I, s:s?, s:s?}", "id",
        variant->id, "case", file->id, "variant", variant->name, "file", file->path, "line",
        file->title_mark.line, "title", file->title, "transport", transport_name(file->transport),
        "family", variant->family == AF_INET ? "inet" : "inet6", "subject",
        subject_name(file->subject), "place", place_of(variant), "cites", cites(file), "steps",
        (json_int_t)variant->step_count, "skip", variant->skip.reason, "skip_code",
        code_word(variant->skip.code));
    char *text = json_dumps(line, JSON_COMPACT);
    puts(text != NULL ? text : "");
    free(text);
    json_decref(line);
}

/* Of a script, whose title is its name, why it is skipped. */
static void print_line(const struct variant *variant)
{
    bool script = variant->file->script != NULL;
    bool skipped = script && variant->skip.code != CODE_NONE;
    printf("%-56s %s%s\n", variant->id, skipped ? "skip: " : "",
           skipped  ? variant->skip.reason
           : script ? ""
                    : variant->file->title);
}

enum status command_list(const struct config *config)
{
    struct suite suite;
    bool loaded = suite_load(&suite, config, config->path_count, config->paths);
    for (size_t i = 0; loaded && i < suite.variant_count; i++) {
        if (config->json)
            print_json(suite.variants[i]);
        else
            print_line(suite.variants[i]);
    }
    if (loaded && !config->json)
        constructs_print(&suite, stdout);
    bool clean = loaded && suite.error_count == 0;
    suite_free(&suite);
    return clean ? STATUS_GOOD : STATUS_USAGE;
}

enum status command_lint(const struct config *config)
{
    struct suite suite;
    bool loaded = suite_load(&suite, config, config->path_count, config->paths);
    bool clean = loaded && suite.error_count == 0;
    for (size_t i = 0; loaded && i < suite.file_count; i++)
        complaints_print(&suite.files[i]->remarks, stderr);
    if (loaded)
        printf("%zu files, %zu variants, %zu errors\n", suite.file_count, suite.variant_count,
               suite.error_count);
    suite_free(&suite);
    return clean ? STATUS_GOOD : STATUS_USAGE;
}

enum status command_schema(const struct config *config)
{
    if (config->reference)
        return manual_write(stdout) ? STATUS_GOOD : STATUS_BROKEN;
    json_t *schema = schema_json();
    int printed = json_dumpf(schema, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(schema);
    return printed == 0 ? STATUS_GOOD : STATUS_BROKEN;
}
