/* SPDX-License-Identifier: MIT */
#include "engine/constructs.h"

#include "base/arena.h"
#include "base/array.h"
#include "case/pkt.h"
#include "case/variant.h"

#include <stdlib.h>
#include <string.h>

/* One construct, and how many scripts have it. */
struct construct {
    const char *name;
    const char *file; /* that has it first */
    struct mark mark;
    size_t scripts;
    const struct casefile *last; /* counted */
};

struct constructs {
    size_t count, room;
    struct construct *all;
    size_t scripts, refused, runs;
    size_t commands; /* of those that run: have shell commands */
};

static struct construct *find(struct constructs *constructs, const char *name)
{
    struct construct *found = NULL;
    for (size_t i = 0; i < constructs->count && found == NULL; i++)
        if (strcmp(constructs->all[i].name, name) == 0)
            found = &constructs->all[i];
    return found;
}

static void count_lack(struct constructs *constructs, const struct casefile *file,
                       const struct pkt_lack *lack)
{
    struct construct *one = find(constructs, lack->construct);
    if (one == NULL) {
        array_grow((void **)&constructs->all, constructs->count, &constructs->room,
                   sizeof *constructs->all);
        one = &constructs->all[constructs->count++];
        *one = (struct construct){.name = lack->construct, .file = file->path, .mark = lack->mark};
    }
    one->scripts += one->last != file;
    one->last = file;
}

static void count_script(struct constructs *constructs, const struct casefile *file)
{
    bool skipped = file->variant_count == 0;
    constructs->scripts++;
    constructs->refused += file->complaints.count > 0;
    for (const struct pkt_lack *one = file->script->lacks; one != NULL; one = one->next)
        count_lack(constructs, file, one);
    for (size_t i = 0; i < file->variant_count; i++)
        skipped = skipped || file->variants[i].skip.code != CODE_NONE;
    constructs->runs += !skipped;
    constructs->commands += !skipped && variant_runs_program(&file->variants[0], NULL);
}

/* What most scripts have first, then by name. */
static int by_scripts(const void *a, const void *b)
{
    const struct construct *left = a, *right = b;
    if (left->scripts != right->scripts)
        return left->scripts < right->scripts ? 1 : -1;
    return strcmp(left->name, right->name);
}

void constructs_print(const struct suite *suite, FILE *out)
{
    struct constructs constructs = {0};
    for (size_t i = 0; i < suite->file_count; i++)
        if (suite->files[i]->script != NULL)
            count_script(&constructs, suite->files[i]);
    if (constructs.scripts > 0)
        fprintf(out, "\nscripts: %zu; %zu run, %zu are skipped, %zu are refused\n",
                constructs.scripts, constructs.runs,
                constructs.scripts - constructs.runs - constructs.refused, constructs.refused);
    if (constructs.commands > 0)
        fprintf(out, "%6zu  of those that run have shell commands: they want --allow-commands\n",
                constructs.commands);
    if (constructs.count > 0)
        qsort(constructs.all, constructs.count, sizeof *constructs.all, by_scripts);
    for (size_t i = 0; i < constructs.count; i++) {
        const struct construct *one = &constructs.all[i];
        fprintf(out, "%6zu  %-40s first at %s:%d:%d\n", one->scripts, one->name, one->file,
                one->mark.line, one->mark.column);
    }
    free(constructs.all);
}
