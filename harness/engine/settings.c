#include "engine/settings.h"

#include "case/reader.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct node *load(struct settings *settings, const char *path)
{
    struct complaints list = {.arena = settings->arena};
    const struct node *root = reader_load(&list, path);
    if (list.count > 0)
        complaints_print(&list, stderr);
    return list.count == 0 ? root : NULL;
}

static size_t entries(struct settings *settings, const struct node *map, bool optional,
                      struct profile_entry *out)
{
    size_t count = 0;
    for (const struct node *one = map != NULL ? map->first : NULL; one != NULL; one = one->next)
        out[count++] = (struct profile_entry){one->key, one->text, optional};
    (void)settings;
    return count;
}

static size_t members(const struct node *map)
{
    return map != NULL ? map->count : 0;
}

static bool load_profile(struct settings *settings, const char *path)
{
    const struct node *root = load(settings, path);
    const struct node *must = node_get(root, "sysctls");
    const struct node *may = node_get(root, "optional");
    const struct node *lossy = node_get(root, "lossy");
    const struct node *version = node_get(root, "version");
    if (root == NULL || must == NULL || version == NULL) {
        fprintf(stderr, "%s: a host profile has the keys version and sysctls\n", path);
        return false;
    }
    struct profile_entry *list =
        arena_alloc(settings->arena, (members(must) + members(may) + 1) * sizeof *list);
    struct profile_entry *loss = arena_alloc(settings->arena, (members(lossy) + 1) * sizeof *loss);
    size_t count = entries(settings, must, false, list);
    count += entries(settings, may, true, list + count);
    settings->profile = (struct profile){.version = version->text,
                                         .count = count,
                                         .entries = list,
                                         .lossy_count = entries(settings, lossy, true, loss),
                                         .lossy = loss};
    return true;
}

/* Room for more deviations behind those that there are. */
static void more_deviations(struct settings *settings, size_t more)
{
    size_t count = settings->deviation_count;
    struct deviation *list = arena_alloc(settings->arena, (count + more + 1) * sizeof *list);
    if (count > 0)
        memcpy(list, settings->deviations, count * sizeof *list);
    settings->deviations = list;
}

/* One entry: a deviation of one case, or the same one of several. file is the baseline's name from
   the root, path the one to open it by. */
static bool load_deviation(struct settings *settings, const struct node *node, const char *file,
                           const char *path)
{
    const struct node *one = node_get(node, "case");
    const struct node *several = node_get(node, "cases");
    const struct node *versions = node_get(node, "versions");
    const struct node *reason = node_get(node, "reason");
    const struct node *first = several != NULL && several->kind == NODE_LIST ? several->first : one;
    bool good = first != NULL && (one == NULL) != (several == NULL) && reason != NULL &&
                reason->length > 0 && versions != NULL && versions->kind == NODE_LIST &&
                versions->count > 0;
    if (!good)
        fprintf(stderr,
                "%s:%d:%d: error[bad-baseline]: a deviation names its case (or cases, a list), "
                "the versions that it holds for (a list) and a reason\n",
                path, node->mark.line, node->mark.column);
    for (const struct node *id = good ? first : NULL; id != NULL;
         id = several != NULL ? id->next : NULL)
        settings->deviations[settings->deviation_count++] =
            (struct deviation){id->text, versions, reason->text, file, id->mark};
    return good;
}

/* How many cases the entries of a baseline name. */
static size_t named(const struct node *list)
{
    size_t count = 0;
    for (const struct node *one = list != NULL ? list->first : NULL; one != NULL; one = one->next)
        count += 1 + members(node_get(one, "cases"));
    return count;
}

static bool load_baseline(struct settings *settings, const char *directory, const char *stack)
{
    const char *file = arena_printf(settings->arena, "fixtures/baseline/%s.yaml", stack);
    const char *path = arena_printf(settings->arena, "%s/%s", directory, file);
    const struct node *root = load(settings, path);
    const struct node *list = node_get(root, "deviations");
    bool good = root != NULL && list != NULL;
    if (!good)
        fprintf(stderr, "%s: a baseline has the key deviations\n", path);
    more_deviations(settings, named(list));
    for (const struct node *one = list != NULL ? list->first : NULL; one != NULL; one = one->next)
        good = load_deviation(settings, one, file, path) && good;
    return good;
}

static bool has_baseline(struct settings *settings, const char *root, const char *stack)
{
    return access(arena_printf(settings->arena, "%s/fixtures/baseline/%s.yaml", root, stack),
                  F_OK) == 0;
}

/* The part of a stack's name that its files are called after: a guest's is its kind. */
static const char *file_name(struct settings *settings, const char *stack)
{
    return arena_copy(settings->arena, stack, strcspn(stack, ":"));
}

bool settings_load(struct settings *settings, const char *root, const char *stack)
{
    memset(settings, 0, sizeof *settings);
    settings->arena = arena_new();
    const char *name = file_name(settings, stack);
    /* Of a guest, what is true of Linux is true, and what its kind of machine adds. */
    bool guest = strlen(name) < strlen(stack);
    bool good = load_profile(
        settings, arena_printf(settings->arena, "%s/fixtures/host-profile/linux.yaml", root));
    if (guest || strcmp(name, "linux") == 0)
        good = load_baseline(settings, root, "linux") && good;
    if (strcmp(name, "linux") != 0 && has_baseline(settings, root, name))
        good = load_baseline(settings, root, name) && good;
    return good;
}

void settings_free(struct settings *settings)
{
    if (settings->arena != NULL)
        arena_free(settings->arena);
}

/* The beginning of a release, whole numbers only: 6.1 is not the beginning of 6.18. */
static bool begins_with(const char *version, const struct node *start)
{
    size_t length = start->length;
    bool cut = length > 0 && isdigit((unsigned char)start->text[length - 1]) &&
               strlen(version) > length && isdigit((unsigned char)version[length]);
    return strncmp(version, start->text, length) == 0 && !cut;
}

static bool holds_for(const struct node *versions, const char *version)
{
    bool found = false;
    for (const struct node *one = versions->first; one != NULL && !found; one = one->next)
        found = node_is(one, "*") || begins_with(version, one);
    return found;
}

const struct deviation *settings_deviation(const struct settings *settings, const char *case_id,
                                           const char *variant_id, const char *version)
{
    const struct deviation *found = NULL;
    for (size_t i = 0; i < settings->deviation_count && found == NULL; i++) {
        const struct deviation *one = &settings->deviations[i];
        bool named = strcmp(one->id, case_id) == 0 || strcmp(one->id, variant_id) == 0;
        if (named && holds_for(one->versions, version))
            found = one;
    }
    return found;
}
