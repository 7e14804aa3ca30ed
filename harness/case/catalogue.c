/* SPDX-License-Identifier: MIT */
#include "case/catalogue.h"

#include "base/arena.h"
#include "base/array.h"
#include "case/reader.h"
#include "case/remark.h"
#include "case/shape.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    struct requirement requirement;
    const struct complaints *list; /* of the file that it stands in */
    struct mark mark;
};

struct catalogue {
    struct arena *arena;
    size_t count, room;
    struct entry *entries;                   /* owned; in the order of their ids once sorted */
    const struct requirement **requirements; /* owned; the same order */
    const char **ids;                        /* owned; NULL terminated, the same order */
};

/* --- files --------------------------------------------------------------------------------- */

static const char *text_of(struct complaints *list, const struct node *item, const char *key,
                           bool required)
{
    const struct node *node = node_get(item, key);
    if (node != NULL && node->kind == NODE_SCALAR && (node->length > 0 || !required))
        return node->text;
    if (node != NULL)
        complain(list, node->mark, remark_width(node), CODE_BAD_VALUE, NULL, "'%s' takes a text",
                 key);
    else if (required)
        complain(list, item->mark, 1, CODE_MISSING_KEY, NULL, "a requirement needs the key '%s'",
                 key);
    return "";
}

static void read_entry(struct catalogue *catalogue, struct complaints *list,
                       const struct node *item)
{
    if (item->kind != NODE_MAP) {
        complain(list, item->mark, remark_width(item), CODE_BAD_VALUE, NULL,
                 "a requirement is a mapping with id, level and summary");
        return;
    }
    array_grow((void **)&catalogue->entries, catalogue->count, &catalogue->room,
               sizeof *catalogue->entries);
    catalogue->entries[catalogue->count++] =
        (struct entry){.requirement = {.id = text_of(list, item, "id", true),
                                       .level = text_of(list, item, "level", true),
                                       .section = text_of(list, item, "section", false),
                                       .summary = text_of(list, item, "summary", true),
                                       .observable = text_of(list, item, "observable", false),
                                       .provoke = text_of(list, item, "provoke", false)},
                       .list = list,
                       .mark = item->mark};
}

static void read_file(struct catalogue *catalogue, struct complaints *list, const char *path)
{
    list->arena = catalogue->arena;
    list->file = path;
    const struct node *root = reader_load(list, path);
    if (root != NULL && root->kind != NODE_LIST)
        complain(list, root->mark, 1, CODE_BAD_VALUE, NULL,
                 "a catalogue is a list of requirements");
    for (const struct node *one = root != NULL && root->kind == NODE_LIST ? root->first : NULL;
         one != NULL; one = one->next)
        read_entry(catalogue, list, one);
}

/* --- order --------------------------------------------------------------------------------- */

/* By id; of equal ids the one that was read first. */
static int by_id(const void *a, const void *b)
{
    const struct entry *one = a;
    const struct entry *other = b;
    int order = strcmp(one->requirement.id, other->requirement.id);
    if (order == 0 && one->list != other->list)
        order = one->list < other->list ? -1 : 1;
    if (order == 0)
        order = one->mark.line - other->mark.line;
    return order;
}

static void check_twice(struct catalogue *catalogue)
{
    for (size_t i = 1; i < catalogue->count; i++) {
        const struct entry *entry = &catalogue->entries[i];
        const struct entry *before = &catalogue->entries[i - 1];
        if (*entry->requirement.id != '\0' &&
            strcmp(entry->requirement.id, before->requirement.id) == 0)
            complain((struct complaints *)entry->list, entry->mark, 1, CODE_DUPLICATE_ID,
                     arena_printf(catalogue->arena, "it stands in %s:%d already",
                                  before->list->file, before->mark.line),
                     "the requirement '%s' stands twice", entry->requirement.id);
    }
}

static void make_index(struct catalogue *catalogue)
{
    if (catalogue->count > 0)
        qsort(catalogue->entries, catalogue->count, sizeof *catalogue->entries, by_id);
    catalogue->requirements = arena_must(malloc((catalogue->count + 1) * sizeof(void *)));
    catalogue->ids = arena_must(malloc((catalogue->count + 1) * sizeof(char *)));
    for (size_t i = 0; i < catalogue->count; i++) {
        catalogue->requirements[i] = &catalogue->entries[i].requirement;
        catalogue->ids[i] = catalogue->entries[i].requirement.id;
    }
    catalogue->requirements[catalogue->count] = NULL;
    catalogue->ids[catalogue->count] = NULL;
}

/* --- folders ------------------------------------------------------------------------------- */

static int is_yaml(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > 5 &&
           strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static size_t print_all(const struct complaints *lists, int files, FILE *errors)
{
    size_t count = 0;
    for (int i = 0; i < files; i++) {
        complaints_print(&lists[i], errors);
        count += lists[i].count;
    }
    return count;
}

struct catalogue *catalogue_load(const char *folder, FILE *errors)
{
    struct dirent **names = NULL;
    struct catalogue *catalogue = NULL;
    size_t wrong = 0;
    int files = scandir(folder, &names, is_yaml, by_name);
    if (files < 0) {
        fprintf(errors, "%s: error[unreadable]: the folder cannot be read: %s\n", folder,
                strerror(errno));
        goto out;
    }
    catalogue = arena_must(malloc(sizeof *catalogue));
    *catalogue = (struct catalogue){.arena = arena_new()};
    struct complaints *lists = arena_alloc(catalogue->arena, ((size_t)files + 1) * sizeof *lists);
    for (int i = 0; i < files; i++)
        read_file(catalogue, &lists[i],
                  arena_printf(catalogue->arena, "%s/%s", folder, names[i]->d_name));
    make_index(catalogue);
    check_twice(catalogue);
    wrong = print_all(lists, files, errors);
out:
    for (int i = 0; i < files; i++)
        free(names[i]);
    free(names);
    if (wrong > 0) {
        catalogue_free(catalogue);
        catalogue = NULL;
    }
    return catalogue;
}

void catalogue_free(struct catalogue *catalogue)
{
    if (catalogue == NULL)
        return;
    arena_free(catalogue->arena);
    free(catalogue->entries);
    free(catalogue->requirements);
    free(catalogue->ids);
    free(catalogue);
}

/* --- questions ----------------------------------------------------------------------------- */

static int find_id(const void *id, const void *requirement)
{
    return strcmp(id, (*(const struct requirement *const *)requirement)->id);
}

const struct requirement *catalogue_find(const struct catalogue *catalogue, const char *id)
{
    const struct requirement *const *found = bsearch(id, catalogue->requirements, catalogue->count,
                                                     sizeof *catalogue->requirements, find_id);
    return found != NULL ? *found : NULL;
}

const struct requirement *const *catalogue_all(const struct catalogue *catalogue, size_t *count)
{
    *count = catalogue->count;
    return catalogue->requirements;
}

const char *catalogue_suggest(const struct catalogue *catalogue, const char *id)
{
    return suggest(id, catalogue->ids);
}
