/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/array.h"
#include "case/pktcommand.h"
#include "case/variant.h"
#include "engine/commands.h"
#include "engine/consent.h"
#include "engine/guardian.h"
#include "engine/holder.h"
#include "engine/pool.h"
#include "stack/plugin.h"
#include "trial/worker.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The lines of the selection: paths to load, and ids to keep. */
struct selection {
    struct texts {
        size_t count, room;
        char **all;
    } paths, ids;
};

static void add(struct texts *texts, const char *text)
{
    array_grow((void **)&texts->all, texts->count, &texts->room, sizeof *texts->all);
    texts->all[texts->count++] = arena_must(strdup(text));
}

static bool read_selection(struct selection *selection, const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    bool good = file != NULL;
    if (!good)
        fprintf(stderr, "sockproof: the selection %s: %s\n", path, strerror(errno));
    while (good && getline(&line, &room, file) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '@')
            add(&selection->paths, line + 1);
        else if (line[0] != '\0')
            add(&selection->ids, line);
    }
    free(line);
    if (file == stdin && freopen("/dev/null", "r", stdin) == NULL) /* nobody else is to read it */
        good = false;
    else if (file != NULL && file != stdin)
        fclose(file);
    return good;
}

static void free_texts(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->all[i]);
    free(texts->all);
}

static bool load(struct suite *suite, const struct config *config, struct selection *selection)
{
    for (int i = 0; i < config->path_count; i++)
        add(&selection->paths, config->paths[i]);
    return suite_load(suite, config, (int)selection->paths.count, selection->paths.all);
}

static bool choose(struct suite *suite, const struct config *config, struct selection *selection)
{
    bool good = config->select == NULL || read_selection(selection, config->select);
    good = good && load(suite, config, selection);
    const char *missing =
        good && config->select != NULL
            ? suite_select(suite, config, selection->ids.count, selection->ids.all)
            : NULL;
    if (missing != NULL)
        fprintf(stderr, "sockproof: there is no variant '%s' in the selection's files\n", missing);
    return good && missing == NULL;
}

/* What of the files is kept for the cases; a refusal is told once. */
struct showing {
    struct mounts *mounts;
    bool told;
};

static void tell(struct showing *showing, const char *path)
{
    if (showing->told)
        return;
    showing->told = true;
    if (errno == ENOSPC)
        fprintf(stderr,
                "sockproof: %s is hidden from the cases, and so may others be: there is room for "
                "%d folders that are theirs to write to or lie in /tmp, /var/tmp, /dev/shm or "
                "/run; run fewer cases at once, or move them elsewhere\n",
                path, MOUNTS_KEPT);
    else
        fprintf(stderr, "sockproof: %s is hidden from the cases: %s\n", path, strerror(errno));
}

/* What is read of ours, or of who asked for the run, or is written to. */
static void keep(struct showing *showing, const char *path, bool writable)
{
    if (!(writable ? mounts_keep(showing->mounts, path, true)
                   : mounts_keep_through(showing->mounts, path)))
        tell(showing, path);
}

/* What a case names, and is there to be read where it may be. */
static void keep_named(struct showing *showing, const char *path)
{
    if (!mounts_keep(showing->mounts, path, false))
        tell(showing, path);
}

/* What a program is called by, or given, may lie where all is hidden: the folder, or that of the
   file, is there to be read. */
static void keep_word(struct showing *showing, const struct node *word)
{
    char path[PATH_MAX];
    struct stat about;
    if (word->kind != NODE_SCALAR || word->text[0] != '/' || stat(word->text, &about) < 0)
        return;
    snprintf(path, sizeof path, "%s", word->text);
    keep_named(showing, S_ISDIR(about.st_mode) ? path : dirname(path));
}

/* What a script's command names, and what stands beside it. */
static void keep_file(void *showing, const char *file)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", file);
    keep_named(showing, dirname(path));
}

static void keep_words(struct showing *showing, const struct variant *variant)
{
    for (size_t i = 0; i < variant->step_count; i++) {
        const struct step *step = &variant->steps[i];
        if (!verb_has(step->verb, VERB_PROGRAM))
            continue;
        for (const struct node *word = step->param[0]->first; word != NULL; word = word->next)
            keep_word(showing, word);
    }
}

static void keep_folder(struct showing *showing, const char *file)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", file);
    keep(showing, dirname(path), false);
}

/* A stack from a file is loaded by its actors. */
static void keep_plugin(struct showing *showing, const char *what)
{
    char path[PATH_MAX];
    plugin_file(what, path, sizeof path);
    keep(showing, dirname(path), false);
}

/* The words of a command that name files: what it starts, and what that is given. */
static void keep_command(struct showing *showing, const char *command)
{
    char words[PATH_MAX];
    char *rest = NULL;
    struct stat about;
    snprintf(words, sizeof words, "%s", command);
    for (char *word = strtok_r(words, " \t\n'\"=;&|()", &rest); word != NULL;
         word = strtok_r(NULL, " \t\n'\"=;&|()", &rest))
        if (strchr(word, '/') != NULL && stat(word, &about) == 0)
            keep(showing, S_ISDIR(about.st_mode) ? word : dirname(word), false);
}

/* What workers see of the files, and may write to, and whether they can be confined to that. */
static void confine(struct confinement *confinement, const struct config *config,
                    const struct suite *suite)
{
    char path[PATH_MAX];
    struct showing showing = {.mounts = &confinement->mounts};
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    keep(&showing, config->root, false);
    keep_named(&showing, ".");
    keep_folder(&showing, path);
    snprintf(path, sizeof path, "%s/capture", config->report);
    keep(&showing, path, true);
    for (int i = 0; i < config->stack_count; i++)
        if (config->plugin[i] != NULL)
            keep_plugin(&showing, config->plugin[i]);
        else if (config->command[i] != NULL)
            keep_command(&showing, config->command[i]);
    for (size_t i = 0; i < suite->variant_count; i++) {
        const struct variant *variant = suite->variants[i];
        if (!variant_runs_program(variant, NULL) ||
            consent_skip(config, variant, true).code != CODE_NONE)
            continue;
        keep_folder(&showing, variant->file->path);
        if (variant->file->script != NULL)
            pktcommand_each_file(variant->file->script, variant->file->path, keep_file, &showing);
        else
            keep_words(&showing, variant);
    }
    confinement_try(confinement);
    if (!confinement->able)
        fprintf(stderr, "sockproof: the cases run unconfined: %s\n", confinement->why);
}

/* What is open for a run. */
struct open {
    const struct run *run;
    struct record *record;
};

static int judge_all(const void *context)
{
    const struct open *open = context;
    bool whole = pool_run(open->run, open->record);
    confinement_end(open->run->confinement);
    record_close(open->record, !whole);
    return (int)run_status(open->run, !whole, open->record->damaged);
}

/* A stack that comes in a file is a program, too. */
static bool starts_others(const struct suite *suite, const struct config *config)
{
    bool runs = false;
    for (int i = 0; i < config->stack_count && !runs; i++)
        runs = config->plugin[i] != NULL;
    for (size_t i = 0; i < suite->variant_count && !runs; i++)
        runs = variant_runs_program(suite->variants[i], NULL) &&
               consent_skip(config, suite->variants[i], false).code == CODE_NONE;
    return runs;
}

static enum status carry_out(struct suite *suite, const struct config *config,
                             struct candidate *candidates, const struct packet_lie *lie)
{
    char no_wire[512] = "";
    struct record record;
    bool wire = config->place != WHERE_LOOPBACK &&
                worker_try_hosts(&candidates[0].settings.profile, no_wire, sizeof no_wire);
    static struct confinement confinement;
    const struct run run = {config, candidates, suite, lie, wire ? NULL : no_wire, &confinement};
    if (!record_open(&record, &run))
        return STATUS_BROKEN;
    confine(&confinement, config, suite);
    const struct open open = {&run, &record};
    if (!confinement.able && starts_others(suite, config))
        guardian_hold(judge_all, &open);
    return (enum status)judge_all(&open);
}

enum status command_run(const struct config *config)
{
    struct suite suite;
    struct candidate candidates[STACKS_MAX];
    struct selection selection = {0};
    const struct packet_lie *lie = NULL;
    enum status status = STATUS_USAGE;
    memset(&suite, 0, sizeof suite);
    if (config->held > 0 && !holder_begin(config->held)) {
        fprintf(stderr, "sockproof: nobody could be made to hold the run: %s\n", strerror(errno));
        return STATUS_BROKEN;
    }
    if (candidates_load(candidates, config, &lie) && choose(&suite, config, &selection) &&
        (suite.error_count == 0 || config->select != NULL))
        status = carry_out(&suite, config, candidates, lie);
    suite_free(&suite);
    candidates_clear(candidates, config);
    free_texts(&selection.paths);
    free_texts(&selection.ids);
    return status;
}
