/* SPDX-License-Identifier: MIT */
#include "engine/settings.h"

#include "case/reader.h"

#include <stdio.h>
#include <string.h>

static const struct node *load(struct settings *settings, const char *path)
{
    struct complaints list = {.arena = settings->arena};
    const struct node *root = reader_load(&list, path);
    if (list.count > 0)
        complaints_print(&list, stderr);
    return list.count == 0 ? root : NULL;
}

/* Takes a map of names and values; returns how many. */
static size_t entries(const struct node *map, bool optional, struct profile_entry *out)
{
    size_t count = 0;
    for (const struct node *one = map != NULL ? map->first : NULL; one != NULL; one = one->next)
        out[count++] = (struct profile_entry){one->key, one->text, optional};
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
    size_t count = entries(must, false, list);
    count += entries(may, true, list + count);
    settings->profile = (struct profile){.version = version->text,
                                         .count = count,
                                         .entries = list,
                                         .lossy_count = entries(lossy, true, loss),
                                         .lossy = loss};
    return true;
}

/* The part of a stack's name that its files are called after: a guest's is its kind. */
static const char *file_name(struct settings *settings, const char *stack)
{
    return arena_copy(settings->arena, stack, strcspn(stack, ":"));
}

/* Of a guest, what is true of Linux is true, and what its kind of machine adds. */
static bool load_baselines(struct settings *settings, const char *root, const char *stack)
{
    bool file = strchr(stack, '/') != NULL;
    const char *name = file ? stack : file_name(settings, stack);
    bool guest = strlen(name) < strlen(stack);
    bool linux_too = guest || strcmp(name, "linux") == 0;
    bool good = !linux_too || baseline_load(&settings->baseline, settings->arena, root, "linux");
    if (file || (strcmp(name, "linux") != 0 && baseline_exists(settings->arena, root, name)))
        good = baseline_load(&settings->baseline, settings->arena, root, name) && good;
    return good;
}

bool settings_load(struct settings *settings, const char *root, const char *stack)
{
    memset(settings, 0, sizeof *settings);
    settings->arena = arena_new();
    bool good = load_profile(
        settings, arena_printf(settings->arena, "%s/fixtures/host-profile/linux.yaml", root));
    return (stack == NULL || load_baselines(settings, root, stack)) && good;
}

void settings_free(struct settings *settings)
{
    if (settings->arena != NULL)
        arena_free(settings->arena);
}
