/* SPDX-License-Identifier: MIT */
#include "engine/suite.h"

#include "base/arena.h"
#include "base/array.h"
#include "base/lack.h"
#include "engine/rehearsal.h"

#include <errno.h>
#include <fts.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The largest file that the reader takes needs a tenth of it. */
#define READ_SECONDS 20
#define READ_SECONDS_TEXT "20"

/* The case files at or below some paths. */
struct found {
    size_t count, room;
    char **paths;
};

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_case(const FTSENT *entry)
{
    const char *dot = strrchr(entry->fts_name, '.');
    return entry->fts_info == FTS_F &&
           (entry->fts_level == FTS_ROOTLEVEL ||
            (dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".pkt") == 0)));
}

/* fts_path is "cases//tcp/x.yaml" when the user wrote "cases/". */
static void tidy(char *path)
{
    char *out = path;
    for (const char *in = path; *in != '\0'; in++)
        if (!(in[0] == '/' && in[1] == '/'))
            *out++ = *in;
    *out = '\0';
}

static void add_found(struct found *found, const char *path)
{
    char *clean = arena_must(strdup(path));
    array_grow((void **)&found->paths, found->count, &found->room, sizeof *found->paths);
    tidy(clean);
    found->paths[found->count++] = clean;
}

/* A link that leads out of the folder that was asked for shows what nobody asked for. */
static bool leads_out(const char *root, const char *path)
{
    char *inside = realpath(root, NULL);
    char *target = realpath(path, NULL);
    size_t length = inside != NULL ? strlen(inside) : 0;
    bool out = inside != NULL && target != NULL &&
               (strncmp(target, inside, length) != 0 || (target[length] != '/' && length > 1));
    free(inside);
    free(target);
    return out;
}

/* False for what cannot be read. */
static bool visit(struct found *found, FTS *tree, FTSENT *entry, const char *root)
{
    bool good = true;
    if (entry->fts_info == FTS_SL && !leads_out(root, entry->fts_path)) {
        fts_set(tree, entry, FTS_FOLLOW);
    } else if (entry->fts_info == FTS_SL) {
        fprintf(stderr, "sockproof: %s: a link that leads out of %s: name what it leads to\n",
                entry->fts_path, root);
        good = false;
    } else if (is_case(entry)) {
        add_found(found, entry->fts_path);
    } else if (entry->fts_info == FTS_NS || entry->fts_info == FTS_DNR ||
               entry->fts_info == FTS_ERR) {
        fprintf(stderr, "sockproof: %s: %s\n", entry->fts_path, strerror(entry->fts_errno));
        good = false;
    }
    return good;
}

static bool walk(struct found *found, char *path)
{
    char *const roots[] = {path, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
    FTSENT *entry = NULL;
    bool good = tree != NULL;
    if (!good)
        fprintf(stderr, "sockproof: %s: %s\n", path, strerror(errno));
    while (good && (entry = fts_read(tree)) != NULL)
        good = visit(found, tree, entry, path);
    if (tree != NULL)
        fts_close(tree);
    return good;
}

static void add_file(struct suite *suite, struct casefile *file, const struct config *config)
{
    array_grow((void **)&suite->files, suite->file_count, &suite->file_room, sizeof *suite->files);
    suite->files[suite->file_count++] = file;
    if (config->json)
        complaints_print_json(&file->complaints, stderr);
    else
        complaints_print(&file->complaints, stderr);
    suite->error_count += file->complaints.count;
    suite->variant_count += file->variant_count;
}

/* From where it is, or where it was copied to. */
static struct casefile *load_file(const struct suite *suite, const char *path, bool strict)
{
    char *copy = NULL;
    if (suite->below != NULL && asprintf(&copy, "%s/%s", suite->below, path) < 0)
        lack_end("out of memory");
    struct casefile *file =
        casefile_load_from(path, copy != NULL ? copy : path, suite->catalogue, strict);
    free(copy);
    return file;
}

static void try_file(void *suite, const char *path)
{
    casefile_free(load_file(suite, path, true));
}

/* In words, from how a rehearsal ended. */
static const char *failure_of(int ended)
{
    return ended == SIGXCPU        ? "reading it took more than " READ_SECONDS_TEXT " s"
           : ended == -LACK_STATUS ? "it takes more memory than there is"
           : ended > 0             ? strsignal(ended)
                                   : "the reader left";
}

static struct casefile *load(const struct suite *suite, const char *path, int ended,
                             const struct config *config)
{
    return ended == 0 ? load_file(suite, path, !config->lenient)
                      : casefile_failed(path, failure_of(ended));
}

/* Loads the files that were found, each of which has been read in another process before. */
static void load_found(struct suite *suite, const struct found *found, const struct config *config)
{
    int *ended = arena_must(calloc(found->count + 1, sizeof *ended));
    rehearse(try_file, suite, found->count, found->paths, READ_SECONDS, ended);
    for (size_t i = 0; i < found->count; i++)
        add_file(suite, load(suite, found->paths[i], ended[i], config), config);
    free(ended);
}

static bool load_catalogue(struct suite *suite, const char *root)
{
    char *folder = NULL;
    if (asprintf(&folder, "%s/fixtures/catalogue", root) < 0)
        lack_end("out of memory");
    suite->catalogue = catalogue_load(folder, stderr);
    if (suite->catalogue == NULL)
        fprintf(stderr, "sockproof: the requirement catalogue in %s cannot be used\n", folder);
    free(folder);
    return suite->catalogue != NULL;
}

static void collect(struct suite *suite)
{
    size_t at = 0;
    suite->variants = arena_must(calloc(suite->variant_count + 1, sizeof(const struct variant *)));
    for (size_t i = 0; i < suite->file_count; i++)
        for (size_t v = 0; v < suite->files[i]->variant_count; v++)
            suite->variants[at++] = &suite->files[i]->variants[v];
}

bool suite_load(struct suite *suite, const struct config *config, int path_count, char **paths)
{
    bool good = false;
    memset(suite, 0, sizeof *suite);
    suite->below = config->below;
    good = load_catalogue(suite, config->root);
    struct found found = {0, 0, NULL};
    for (int i = 0; i < path_count && good; i++)
        if (suite->below != NULL)
            add_found(&found, paths[i]);
        else
            good = walk(&found, paths[i]);
    if (good)
        load_found(suite, &found, config);
    if (good)
        collect(suite);
    for (size_t i = 0; i < found.count; i++)
        free(found.paths[i]);
    free(found.paths);
    return good;
}

/* The stack that an id asks for as a bit, with the rest of the id cut off before the "@"; all bits
   when it names none, 0 when it names one that does not take part. */
static uint32_t asked(const struct config *config, const char *id, size_t *length)
{
    const char *at = strrchr(id, '@');
    uint32_t bits = 0;
    *length = at != NULL ? (size_t)(at - id) : strlen(id);
    if (at == NULL)
        return UINT32_MAX;
    for (int i = 0; i < config->stack_count; i++)
        if (strcmp(config->stacks[i], at + 1) == 0)
            bits = UINT32_C(1) << i;
    return bits;
}

static const struct variant *find(const struct variant *const *list, size_t count, const char *id,
                                  size_t length, size_t *index)
{
    const struct variant *found = NULL;
    for (size_t i = 0; i < count && found == NULL; i++)
        if (strncmp(list[i]->id, id, length) == 0 && list[i]->id[length] == '\0') {
            found = list[i];
            *index = i;
        }
    return found;
}

const char *suite_select(struct suite *suite, const struct config *config, size_t count, char **ids)
{
    const struct variant **chosen = arena_must(calloc(count + 1, sizeof(const struct variant *)));
    uint32_t *on = arena_must(calloc(count + 1, sizeof *on));
    const char *missing = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < count && missing == NULL; i++) {
        size_t length = 0;
        size_t at = 0;
        uint32_t bits = asked(config, ids[i], &length);
        const struct variant *variant =
            find(suite->variants, suite->variant_count, ids[i], length, &at);
        if (bits == 0 || variant == NULL)
            missing = ids[i];
        else if (find(chosen, kept, ids[i], length, &at) != NULL)
            on[at] |= bits;
        else {
            on[kept] = bits;
            chosen[kept++] = variant;
        }
    }
    free(suite->variants);
    suite->variants = chosen;
    suite->variant_count = kept;
    suite->on = on;
    return missing;
}

bool suite_wants(const struct suite *suite, size_t variant, int stack)
{
    return suite->on == NULL || (suite->on[variant] >> stack & 1U) != 0;
}

void suite_free(struct suite *suite)
{
    for (size_t i = 0; i < suite->file_count; i++)
        casefile_free(suite->files[i]);
    free(suite->files);
    free(suite->variants);
    free(suite->on);
    catalogue_free(suite->catalogue);
}
