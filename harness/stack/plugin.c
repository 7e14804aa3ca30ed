/* SPDX-License-Identifier: MIT */
#include "stack/plugin.h"

#include "base/expendable.h"
#include "base/hash.h"
#include "base/interview.h"
#include "base/legible.h"
#include "stack/plugged.h"
#include "stack/preloaded.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 512, ALL_KNOWN = -1 };

static const char so[] = "so";
static const char preload[] = "preload";
static const char prefix_is[] = "prefix=";

/* What the process that asks leaves behind, in shared memory. */
struct answer {
    bool good;
    char why[256];
    char version[64];
    char text[16384]; /* the names that the stack has, one behind the other */
    int names;        /* ALL_KNOWN: it has all */
    int recovery;
    uint32_t speaks, traits, has;
};

/* All that a plug-in points into. */
struct holder {
    struct plugin plugin;
    struct answer answer;
    const char *words[WORDS + 1];
    char file[PATH_MAX], argument[1024];
};

/* --- in the process that asks ----------------------------------------------------------------- */

static bool copy_names(struct answer *answer, const char *const *names)
{
    size_t at = 0;
    answer->names = names == NULL ? ALL_KNOWN : 0;
    for (const char *const *one = names; one != NULL && *one != NULL; one++) {
        size_t length = strlen(*one) + 1;
        if (answer->names == WORDS || length > sizeof answer->text - at) {
            snprintf(answer->why, sizeof answer->why, "its names are more than %d, or %zu bytes",
                     WORDS, sizeof answer->text);
            return false;
        }
        memcpy(answer->text + at, *one, length);
        at += length;
        answer->names++;
    }
    return true;
}

/* Its table, by the way that it plugs in. Code of the file runs. */
static bool load(const struct plugin *plugin, struct sockproof_stack *table, char *why, size_t size)
{
    const char *prefix = plugin->argument;
    if (plugin->way == so)
        return plugged_load(table, plugin->file, why, size);
    if (prefix[0] != '\0')
        prefix += strlen(prefix_is);
    return preloaded_load(table, plugin->file, prefix, why, size);
}

/* What it speaks: a table says that, of a library that has none it is found out by trying. */
static bool find_speaks(const struct plugin *plugin, struct sockproof_stack *table,
                        struct answer *answer)
{
    if (plugin->way == preload)
        table->speaks = preloaded_speaks(table);
    if (plugin->way == preload && table->speaks == 0)
        snprintf(answer->why, sizeof answer->why, "it makes no socket of TCP or UDP: %s",
                 strerror(errno));
    answer->speaks = table->speaks;
    return plugin->way == so || table->speaks != 0;
}

static void ask(const void *context, void *into)
{
    const struct plugin *plugin = context;
    struct answer *answer = into;
    struct sockproof_stack table;
    expendable_offer(EXPENDABLE_ACTOR);
    close_range(STDERR_FILENO + 1, ~0U, 0);
    if (load(plugin, &table, answer->why, sizeof answer->why) && copy_names(answer, table.names) &&
        find_speaks(plugin, &table, answer)) {
        snprintf(answer->version, sizeof answer->version, "%s",
                 table.version != NULL ? table.version : "");
        answer->traits = table.traits;
        answer->recovery = table.recovery > 0 ? table.recovery : 0;
        answer->has = plugged_has(&table);
        answer->good = true;
    }
}

/* --- in the one that waits for it ------------------------------------------------------------- */

/* Why there is no answer. */
static void explain(const struct answer *answer, const struct asked *asked, char *why, size_t size)
{
    const char *sign = asked->said[0] != '\0' ? ", with the last words: " : "";
    if (asked->error != 0)
        snprintf(why, size, "%s", strerror(asked->error));
    else if (asked->halted != 0)
        snprintf(why, size, "it was stopped by SIG%s when it was asked what it has%s%s",
                 sigabbrev_np(asked->halted), sign, asked->said);
    else if (!asked->in_time)
        snprintf(why, size, "it did not say in %d s what it has%s%s", PLUGIN_ASK_MS / 1000, sign,
                 asked->said);
    else if (WIFSIGNALED(asked->status))
        snprintf(why, size, "it was ended by SIG%s when it was asked what it has%s%s",
                 sigabbrev_np(WTERMSIG(asked->status)), sign, asked->said);
    else if (answer->why[0] == '\0')
        snprintf(why, size, "it ended with exit status %d when it was asked what it has%s%s",
                 WEXITSTATUS(asked->status), sign, asked->said);
    else
        snprintf(why, size, "%s", answer->why);
}

/* The file may have written there what it likes: nothing is read behind what there is room for, and
   of names there are as many as the text holds. */
static void stay_within(struct answer *answer)
{
    int names = 0;
    answer->why[sizeof answer->why - 1] = '\0';
    answer->version[sizeof answer->version - 1] = '\0';
    answer->text[sizeof answer->text - 1] = '\0';
    legible_make(answer->why);
    legible_make(answer->version);
    for (size_t at = 0; at < sizeof answer->text && names < answer->names && names < WORDS; names++)
        at += strlen(answer->text + at) + 1;
    answer->names = answer->names < 0 ? ALL_KNOWN : names;
    answer->recovery = answer->recovery > 0 ? answer->recovery : 0;
}

static bool inquire(const struct plugin *plugin, struct answer *answer, char *why, size_t size)
{
    const struct interview interview = {ask, plugin, sizeof *answer, PLUGIN_ASK_MS};
    struct asked asked = interview_hold(&interview, answer);
    stay_within(answer);
    bool ended = asked.error == 0 && asked.in_time && WIFEXITED(asked.status);
    answer->good = answer->good && ended;
    if (!answer->good)
        explain(answer, &asked, why, size);
    return answer->good;
}

static bool hash_file(const char *path, uint64_t *hash)
{
    static char part[1 << 16];
    FILE *file = fopen(path, "re");
    size_t got = 0;
    bool good = file != NULL;
    *hash = 0;
    while (good && (got = fread(part, 1, sizeof part, file)) > 0)
        *hash = hash_bytes(*hash, part, got);
    good = good && !ferror(file);
    if (file != NULL)
        fclose(file);
    return good;
}

/* --- the stack -------------------------------------------------------------------------------- */

static bool speaks(const struct stack *stack, int protocol)
{
    return plugged_speaks(stack->plugin->speaks, protocol);
}

static const char *version(const struct stack *stack)
{
    return stack->plugin->version;
}

static bool begin(const struct stack *stack, const struct stack_world *world, char *why,
                  size_t size)
{
    struct sockproof_stack table;
    return load(stack->plugin, &table, why, size) &&
           plugged_begin(&table, world, stack->plugin->argument, why, size);
}

static void make_stack(struct holder *holder, const char *name)
{
    const struct answer *answer = &holder->answer;
    struct stack *stack = &holder->plugin.stack;
    const char *at = answer->text;
    for (int i = 0; i < answer->names; i++, at += strlen(at) + 1)
        holder->words[i] = at;
    *stack = (struct stack){.name = name,
                            .plugin = &holder->plugin,
                            .speaks = speaks,
                            .begin = begin,
                            .version = version};
    const struct plugged_about about = {answer->speaks, answer->traits, answer->has,
                                        answer->recovery,
                                        answer->names == ALL_KNOWN ? NULL : holder->words};
    plugged_fill(stack, &about);
}

/* --- what --stack says ------------------------------------------------------------------------ */

/* The way that a text begins with; *rest is what stands behind its colon. NULL: none. */
static const char *way_of(const char *what, const char **rest)
{
    static const char *const ways[] = {so, preload};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof ways / sizeof *ways && found == NULL; i++) {
        size_t length = strlen(ways[i]);
        if (strncmp(what, ways[i], length) == 0 && what[length] == ':') {
            found = ways[i];
            *rest = what + length + 1;
        }
    }
    return found;
}

bool plugin_is(const char *what)
{
    const char *rest = NULL;
    return way_of(what, &rest) != NULL && rest[0] != '\0';
}

void plugin_file(const char *what, char *file, size_t size)
{
    const char *rest = what;
    way_of(what, &rest);
    snprintf(file, size, "%.*s", (int)strcspn(rest, ","), rest);
}

/* Takes apart what --stack says and looks at the file. False with the reason in why. */
static bool describe(struct holder *holder, const char *what, char *why, size_t size)
{
    char path[PATH_MAX];
    struct plugin *plugin = &holder->plugin;
    const char *rest = what;
    plugin->way = way_of(what, &rest);
    plugin->file = holder->file;
    plugin->argument = holder->argument;
    plugin->version = holder->answer.version;
    plugin_file(what, path, sizeof path);
    const char *argument = rest + strcspn(rest, ",");
    argument += *argument == ',';
    bool good = false;
    if (realpath(path, holder->file) == NULL || !hash_file(holder->file, &plugin->hash))
        snprintf(why, size, "%s", strerror(errno));
    else if (strlen(argument) >= sizeof holder->argument)
        snprintf(why, size, "its argument is longer than %zu bytes", sizeof holder->argument - 1);
    else if (plugin->way == preload && argument[0] != '\0' &&
             strncmp(argument, prefix_is, strlen(prefix_is)) != 0)
        snprintf(why, size, "behind the comma stands prefix=PREFIX, not '%s'", argument);
    else
        good = true;
    snprintf(holder->argument, sizeof holder->argument, "%s", argument);
    return good;
}

struct plugin *plugin_open(const char *name, const char *what, char *why, size_t size)
{
    struct holder *holder = calloc(1, sizeof *holder);
    bool good = holder != NULL && describe(holder, what, why, size) &&
                inquire(&holder->plugin, &holder->answer, why, size);
    if (holder == NULL)
        snprintf(why, size, "%s", strerror(errno));
    if (!good) {
        free(holder);
        return NULL;
    }
    holder->plugin.speaks = holder->answer.speaks;
    make_stack(holder, name);
    return &holder->plugin;
}

void plugin_close(struct plugin *plugin)
{
    free(plugin); /* a holder's first member */
}
