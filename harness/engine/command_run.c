#include "engine/commands.h"
#include "engine/pool.h"
#include "run/worker.h"
#include "stack/liar.h"
#include "stack/liar_sctp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* The lines of the selection: paths to load, and ids to keep. */
struct selection {
    size_t path_count, id_count, room;
    char **paths, **ids;
};

static bool add(struct selection *selection, const char *text, bool is_path)
{
    if (selection->path_count + selection->id_count + 1 >= selection->room) {
        selection->room = selection->room == 0 ? 256 : selection->room * 2;
        char **paths = realloc(selection->paths, selection->room * sizeof *paths);
        if (paths != NULL)
            selection->paths = paths;
        char **ids = realloc(selection->ids, selection->room * sizeof *ids);
        if (ids != NULL)
            selection->ids = ids;
        if (paths == NULL || ids == NULL)
            return false;
    }
    char *copy = strdup(text);
    if (copy == NULL)
        return false;
    if (is_path)
        selection->paths[selection->path_count++] = copy;
    else
        selection->ids[selection->id_count++] = copy;
    return true;
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
        if (line[0] != '\0')
            good = line[0] == '@' ? add(selection, line + 1, true) : add(selection, line, false);
    }
    free(line);
    if (file != NULL && file != stdin)
        fclose(file);
    return good;
}

static void free_selection(struct selection *selection)
{
    for (size_t i = 0; i < selection->path_count; i++)
        free(selection->paths[i]);
    for (size_t i = 0; i < selection->id_count; i++)
        free(selection->ids[i]);
    free(selection->paths);
    free(selection->ids);
}

static bool load(struct suite *suite, const struct config *config, struct selection *selection)
{
    for (int i = 0; i < config->path_count; i++)
        if (!add(selection, config->paths[i], true))
            return false;
    return suite_load(suite, config, (int)selection->path_count, selection->paths);
}

static bool choose(struct suite *suite, const struct config *config, struct selection *selection)
{
    bool good = config->select == NULL || read_selection(selection, config->select);
    good = good && load(suite, config, selection);
    const char *missing = good && config->select != NULL
                              ? suite_select(suite, selection->id_count, selection->ids)
                              : NULL;
    if (missing != NULL)
        fprintf(stderr, "sockproof: there is no variant '%s' in the selection's files\n", missing);
    return good && missing == NULL;
}

/* The stacks of a run, one of which may lie, as may the wire. */
struct players {
    const struct stack *asked, *embedded;
    const struct packet_lie *lie;
};

static enum status run(struct suite *suite, const struct config *config,
                       const struct settings *settings, const struct players *who)
{
    struct utsname system;
    char no_wire[512] = "";
    uname(&system);
    struct record record = {
        .config = config, .settings = settings, .suite = suite, .version = system.release};
    bool wire = config->place != WHERE_LOOPBACK &&
                worker_try_hosts(&settings->profile, no_wire, sizeof no_wire);
    struct choice choice;
    struct pool_order order = {suite, config, settings, &choice, who->lie, wire};
    size_t selected = suite->variant_count * (size_t)config->repeat;
    if (!wire)
        record.no_wire = no_wire;
    enum status status = STATUS_BROKEN;
    if (choice_make(&choice, config, who->asked, who->embedded, suite) &&
        record_open(&record, selected)) {
        bool whole = pool_run(&order, &record);
        record_close(&record, !whole, selected);
        status = record_status(&record, !whole);
    }
    choice_free(&choice);
    return status;
}

/* Puts the liar of that name in the place of the honest stack, or of the wire. False when there is
   no such lie. */
static bool tell(struct players *who, const char *lie)
{
    const struct stack *about_sctp = liar_sctp_stack(lie);
    const struct stack *about_calls = liar_stack(lie);
    who->lie = packet_lie_find(lie);
    if (about_sctp != NULL)
        who->embedded = about_sctp;
    if (about_sctp != NULL && who->asked == stack_find("usrsctp"))
        who->asked = about_sctp;
    if (about_calls != NULL)
        who->asked = about_calls;
    return about_sctp != NULL || about_calls != NULL || who->lie != NULL;
}

/* The stacks of the configuration, honest or lying. False with a message on stderr. */
static bool find_stacks(struct players *who, const struct config *config)
{
    *who = (struct players){stack_find(config->stack), stack_find("usrsctp"), NULL};
    bool known = who->asked != NULL;
    if (!known)
        fprintf(stderr, "sockproof: there is no stack '%s' in this build; there are: %s, %s\n",
                config->stack, stack_names()[0], stack_names()[1]);
    bool told = !known || config->lie == NULL || tell(who, config->lie);
    if (!told)
        fprintf(stderr,
                "sockproof: there is no lie '%s'; sockproof-engine lies shows what there is\n",
                config->lie);
    return known && told;
}

enum status command_run(const struct config *config)
{
    struct suite suite;
    struct settings settings;
    struct selection selection = {0};
    struct players who;
    enum status status = STATUS_USAGE;
    memset(&suite, 0, sizeof suite);
    if (!find_stacks(&who, config))
        return STATUS_USAGE;
    bool loaded = settings_load(&settings, config->root);
    if (loaded && choose(&suite, config, &selection) &&
        (suite.error_count == 0 || config->select != NULL))
        status = run(&suite, config, &settings, &who);
    suite_free(&suite);
    settings_free(&settings);
    free_selection(&selection);
    return status;
}
