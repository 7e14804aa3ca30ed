/* SPDX-License-Identifier: MIT */
#include "engine/commands.h"
#include "engine/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool explain_code(const char *word)
{
    enum code code = code_find(word);
    if (code != CODE_NONE)
        printf("%s: %s\n", word, code_sentence(code));
    return code != CODE_NONE;
}

static void print_requirement(const struct requirement *one)
{
    printf("  %s (%s, %s)\n      %s\n", one->id, one->level, one->section, one->summary);
}

static void print_source(const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    for (int number = 1; file != NULL && getline(&line, &room, file) > 0; number++)
        printf("%4d | %s", number, line);
    free(line);
    if (file != NULL)
        fclose(file);
}

static void explain_case(const struct suite *suite, const struct casefile *file)
{
    printf("%s: %s\n%s\n\nrequirements:\n", file->id, file->title, file->path);
    for (size_t i = 0; i < file->cite_count; i++) {
        const struct requirement *one = catalogue_find(suite->catalogue, file->cites[i].id);
        if (one != NULL)
            print_requirement(one);
    }
    printf("\nvariants:\n");
    for (size_t i = 0; i < file->variant_count; i++)
        printf("  %s%s%s\n", file->variants[i].id,
               file->variants[i].skip.reason != NULL ? "  skipped: " : "",
               file->variants[i].skip.reason != NULL ? file->variants[i].skip.reason : "");
    printf("\n");
    print_source(file->path);
}

static bool names_case(const struct casefile *file, const char *id)
{
    size_t size = strlen(file->id);
    return strncmp(file->id, id, size) == 0 && (id[size] == '\0' || id[size] == '[');
}

static bool explain(const struct suite *suite, const char *id)
{
    bool found = explain_code(id);
    const struct requirement *requirement = catalogue_find(suite->catalogue, id);
    if (requirement != NULL) {
        print_requirement(requirement);
        printf("  covered by:\n");
        for (size_t i = 0; i < suite->file_count; i++)
            for (size_t c = 0; c < suite->files[i]->cite_count; c++)
                if (strcmp(suite->files[i]->cites[c].id, id) == 0)
                    printf("      %s\n", suite->files[i]->id);
        found = true;
    }
    for (size_t i = 0; i < suite->file_count; i++)
        if (names_case(suite->files[i], id)) {
            explain_case(suite, suite->files[i]);
            found = true;
        }
    return found;
}

enum status command_explain(const struct config *config)
{
    struct suite suite;
    char *cases = NULL;
    bool good = config->path_count > 0 && asprintf(&cases, "%s/cases", config->root) >= 0;
    if (!good) {
        fprintf(stderr, "sockproof: explain what? the id of a case or requirement, or a code\n");
        return STATUS_USAGE;
    }
    good = suite_load(&suite, config, 1, &cases);
    for (int i = 0; i < config->path_count && good; i++) {
        const char *near = NULL;
        if (explain(&suite, config->paths[i]))
            continue;
        near = catalogue_suggest(suite.catalogue, config->paths[i]);
        fprintf(stderr, "sockproof: no case, requirement or code is called '%s'%s%s%s\n",
                config->paths[i], near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                near != NULL ? "'?" : "");
        good = false;
    }
    free(cases);
    suite_free(&suite);
    return good ? STATUS_GOOD : STATUS_USAGE;
}
