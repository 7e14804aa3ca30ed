/* SPDX-License-Identifier: MIT */
#include "engine/baseline.h"

#include "case/code.h"
#include "case/reader.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- reading it ------------------------------------------------------------------------------ */

static size_t members(const struct node *map)
{
    return map != NULL ? map->count : 0;
}

/* Room for more deviations behind those that there are. */
static void make_room(struct baseline *baseline, struct arena *arena, size_t more)
{
    struct deviation *list = arena_alloc(arena, (baseline->count + more + 1) * sizeof *list);
    if (baseline->count > 0)
        memcpy(list, baseline->deviations, baseline->count * sizeof *list);
    baseline->deviations = list;
}

/* How many cases the entries of a baseline name. */
static size_t named(const struct node *list)
{
    size_t count = 0;
    for (const struct node *one = list != NULL ? list->first : NULL; one != NULL; one = one->next)
        count += 1 + members(node_get(one, "cases"));
    return count;
}

/* One entry: a deviation of one case, or the same one of several. file is the baseline's name from
   the root, path the one to open it by. */
static bool add(struct baseline *baseline, const struct node *node, const char *file,
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
        baseline->deviations[baseline->count++] =
            (struct deviation){id->text, versions, reason->text, file, id->mark};
    return good;
}

bool baseline_load(struct baseline *baseline, struct arena *arena, const char *root,
                   const char *name)
{
    const char *file = arena_printf(arena, "fixtures/baseline/%s.yaml", name);
    const char *path = arena_printf(arena, "%s/%s", root, file);
    struct complaints complaints = {.arena = arena};
    const struct node *top = reader_load(&complaints, path);
    const struct node *list = complaints.count == 0 ? node_get(top, "deviations") : NULL;
    bool good = list != NULL;
    if (complaints.count > 0)
        complaints_print(&complaints, stderr);
    if (!good)
        fprintf(stderr, "%s: a baseline has the key deviations\n", path);
    make_room(baseline, arena, named(list));
    for (const struct node *one = good ? list->first : NULL; one != NULL; one = one->next)
        good = add(baseline, one, file, path) && good;
    return good;
}

bool baseline_exists(struct arena *arena, const char *root, const char *name)
{
    return access(arena_printf(arena, "%s/fixtures/baseline/%s.yaml", root, name), F_OK) == 0;
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

const struct deviation *baseline_find(const struct baseline *baseline, const char *case_id,
                                      const char *variant_id, const char *version)
{
    const struct deviation *found = NULL;
    for (size_t i = 0; i < baseline->count && found == NULL; i++) {
        const struct deviation *one = &baseline->deviations[i];
        bool meant = strcmp(one->id, case_id) == 0 || strcmp(one->id, variant_id) == 0;
        if (meant && holds_for(one->versions, version))
            found = one;
    }
    return found;
}

/* --- what it says of a result
 * --------------------------------------------------------------------- */

/* A failure that is the baseline's: what is to be looked at is its entry, not the case. */
static json_t *stale_json(const struct deviation *known)
{
    return json_pack("{s:s, s:s, s:i, s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:[]}", "code",
                     code_word(CODE_STALE_BASELINE), "file", known->file, "line", known->mark.line,
                     "column", known->mark.column, "step", 0, "source", "", "actor", "", "field",
                     "", "expected", "", "observed", "", "requirements");
}

static void make_stale(const struct deviation *known, const char *stack, const char *version,
                       json_t *result)
{
    json_object_set_new(result, "verdict", json_string("fail"));
    json_object_set_new(
        result, "reason",
        json_sprintf("stale baseline: %s:%d says that this fails on %s %s (%s), and it passes; "
                     "./sockproof baseline update takes the entry out or narrows its versions",
                     known->file, known->mark.line, stack, version, known->reason));
    json_object_set_new(result, "failure", stale_json(known));
}

void baseline_judge(const struct deviation *known, const char *stack, const char *version,
                    json_t *result)
{
    const char *verdict = json_string_value(json_object_get(result, "verdict"));
    const char *reason = json_string_value(json_object_get(result, "reason"));
    if (verdict != NULL && strcmp(verdict, "fail") == 0) {
        json_object_set_new(result, "verdict", json_string("known"));
        json_object_set_new(result, "reason", json_sprintf("%s (%s)", known->reason, reason));
    } else if (verdict != NULL && strcmp(verdict, "pass") == 0) {
        make_stale(known, stack, version, result);
    }
}
