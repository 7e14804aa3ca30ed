/* SPDX-License-Identifier: MIT */
#include "trial/baseline.h"

#include "base/quantity.h"
#include "case/reader.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

/* A baseline that is being read. */
struct intake {
    struct baseline *baseline;
    struct complaints complaints;
    const char *name; /* of the stack's file */
    const char *file; /* from the root */
};

/* What an entry says of all its failures. */
struct cause {
    const struct node *versions;
    const char *reason;
};

/* --- what is wrong ----------------------------------------------------------------------------
 */

#define refuse(intake, mark, advice, ...)                                                          \
    complain(&(intake)->complaints, mark, 1, CODE_BAD_BASELINE, advice, __VA_ARGS__)

static bool among(const char *key, const char *const *keys)
{
    bool found = false;
    for (; *keys != NULL && !found; keys++)
        found = strcmp(key, *keys) == 0;
    return found;
}

/* Of a mapping: no key but these. */
static bool knows(struct intake *intake, const struct node *map, const char *const *keys)
{
    bool good = true;
    for (const struct node *one = map->first; one != NULL; one = one->next)
        if (!among(one->key, keys)) {
            refuse(intake, one->key_mark, suggest(one->key, keys),
                   "a baseline has no key '%s' here", one->key);
            good = false;
        }
    return good;
}

static bool is_list(const struct node *node)
{
    return node != NULL && node->kind == NODE_LIST && node->count > 0;
}

static bool is_text(const struct node *node)
{
    return node != NULL && node->kind == NODE_SCALAR && node->length > 0;
}

/* What says what was not observed, or nothing of what was: an empty text is at the beginning of
   every other, and every list has all of none. */
static bool is_vague(const struct node *node)
{
    static const char *const denying[] = {"not", "none", NULL};
    static const char *const of_a_part[] = {"starts", "contains", "all", NULL};
    const char *key = node->key != NULL ? node->key : "";
    bool empty = node->kind == NODE_SCALAR ? node->length == 0 : node->count == 0;
    return among(key, denying) || (empty && (node->kind == NODE_MAP || among(key, of_a_part)));
}

/* A matcher that would excuse nearly everything. */
static const struct node *excuses_all(const struct node *node)
{
    const struct node *found = is_vague(node) ? node : NULL;
    for (const struct node *one = node->first; one != NULL && found == NULL; one = one->next)
        found = excuses_all(one);
    return found;
}

/* --- one failure ------------------------------------------------------------------------------
 */

static bool read_step(const struct node *node, int *out)
{
    struct quantity step;
    bool good = is_text(node) && quantity_parse(node->text, &step) && step.value >= 0 &&
                step.value <= INT32_MAX;
    *out = good ? (int)step.value : 0;
    return good;
}

/* True for a value, or for a matcher that says something. */
static bool check_observed(struct intake *intake, const struct node *map)
{
    const struct node *observed = node_get(map, "observed");
    const struct node *vague = observed != NULL ? excuses_all(observed) : NULL;
    if (observed == NULL)
        refuse(intake, map->mark, NULL, "a failure says what was observed: observed");
    else if (vague != NULL)
        refuse(intake, vague->mark, "say what is observed: any_of, at_least, starts, contains",
               "this would excuse nearly everything");
    return observed != NULL && vague == NULL;
}

static bool check_failure(struct intake *intake, const struct node *map, int *step)
{
    static const char *const keys[] = {"step", "field", "observed", "go_on", "versions", NULL};
    const struct node *go_on = node_get(map, "go_on");
    const struct node *versions = node_get(map, "versions");
    if (map->kind != NODE_MAP) {
        refuse(intake, map->mark, NULL, "a failure is {step: N, field: NAME, observed: VALUE}");
        return false;
    }
    bool good = knows(intake, map, keys) && check_observed(intake, map);
    if (!read_step(node_get(map, "step"), step) || !is_text(node_get(map, "field"))) {
        refuse(intake, map->mark, NULL,
               "a failure names its step (0: the case as a whole) and its field");
        good = false;
    }
    if ((go_on != NULL && !node_is(go_on, "true")) || (versions != NULL && !is_list(versions))) {
        refuse(intake, map->mark, NULL, "go_on is true or absent, versions a list");
        good = false;
    }
    return good;
}

static bool add_failure(struct intake *intake, const struct cause *cause, const char *pattern,
                        const struct node *map)
{
    int step = 0;
    bool good = check_failure(intake, map, &step);
    struct excuse excuse = {.step = step,
                            .observed = node_get(map, "observed"),
                            .go_on = node_get(map, "go_on") != NULL,
                            .reason = cause->reason,
                            .file = intake->file,
                            .mark = map->mark};
    if (good) {
        excuse.field = node_get(map, "field")->text;
        intake->baseline->deviations[intake->baseline->count++] =
            (struct deviation){pattern, cause->versions, node_get(map, "versions"), excuse};
    }
    return good;
}

/* --- entries ----------------------------------------------------------------------------------
 */

/* The failures of a case or of variants: at least one. */
static bool add_case(struct intake *intake, const struct cause *cause, const struct node *list)
{
    bool good = is_list(list);
    if (!good)
        refuse(intake, list->key_mark,
               arena_printf(intake->complaints.arena,
                            "./sockproof run --stack %s --no-baseline, then ./sockproof baseline "
                            "update, writes them and keeps the reason",
                            intake->name),
               "it is not said which failures of '%s' are excused", list->key);
    for (const struct node *one = good ? list->first : NULL; one != NULL; one = one->next)
        good = add_failure(intake, cause, list->key, one) && good;
    return good;
}

static bool add_entry(struct intake *intake, const struct node *map)
{
    static const char *const keys[] = {"cases", "versions", "reason", NULL};
    const struct node *cases = node_get(map, "cases");
    const struct node *reason = node_get(map, "reason");
    const struct cause cause = {node_get(map, "versions"), reason != NULL ? reason->text : ""};
    bool good = cases != NULL && cases->kind == NODE_MAP && cases->count > 0 &&
                is_list(cause.versions) && is_text(reason);
    if (!good)
        refuse(intake, map->mark, NULL,
               "a deviation names its cases with the failures of each (a mapping), the versions "
               "that it holds for (a list) and a reason");
    else
        good = knows(intake, map, keys);
    for (const struct node *one = good ? cases->first : NULL; one != NULL; one = one->next)
        good = add_case(intake, &cause, one) && good;
    return good;
}

/* --- the file ---------------------------------------------------------------------------------
 */

/* How many failures there are at most. */
static size_t failures_in(const struct node *list)
{
    size_t count = 0;
    for (const struct node *one = list->first; one != NULL; one = one->next) {
        const struct node *cases = node_get(one, "cases");
        for (const struct node *name = cases != NULL ? cases->first : NULL; name != NULL;
             name = name->next)
            count += name->count;
    }
    return count;
}

/* Room for more deviations behind those that there are. */
static void make_room(struct baseline *baseline, struct arena *arena, size_t more)
{
    struct deviation *list = arena_alloc(arena, (baseline->count + more + 1) * sizeof *list);
    if (baseline->count > 0)
        memcpy(list, baseline->deviations, baseline->count * sizeof *list);
    baseline->deviations = list;
}

/* The entries of a file of this format; NULL, with a complaint, for any other. */
static const struct node *entries_of(struct intake *intake, const struct node *top)
{
    static const char *const keys[] = {"format", "deviations", NULL};
    const struct node *list = node_get(top, "deviations");
    const struct mark begin = {1, 1};
    if (!node_is(node_get(top, "format"), "2"))
        refuse(intake, top->kind == NODE_MAP ? top->mark : begin,
               arena_printf(intake->complaints.arena,
                            "./sockproof run --stack %s --no-baseline, then ./sockproof baseline "
                            "update, brings it up to date and keeps the reasons",
                            intake->name),
               "a baseline says 'format: 2'; one without excused whatever failed");
    else if (list == NULL || list->kind != NODE_LIST)
        refuse(intake, top->mark, NULL, "a baseline has the key deviations, a list");
    else
        knows(intake, top, keys);
    return intake->complaints.count == 0 ? list : NULL;
}

/* A name that is a path is that of a file; a stack's has no slash. */
static bool is_file(const char *name)
{
    return strchr(name, '/') != NULL;
}

static const char *path_of(struct arena *arena, const char *root, const char *name)
{
    return is_file(name) ? name : arena_printf(arena, "%s/fixtures/baseline/%s.yaml", root, name);
}

bool baseline_load(struct baseline *baseline, struct arena *arena, const char *root,
                   const char *name)
{
    struct intake intake = {
        .baseline = baseline,
        .complaints = {.arena = arena},
        .name = name,
        .file = is_file(name) ? name : arena_printf(arena, "fixtures/baseline/%s.yaml", name)};
    const char *path = path_of(arena, root, name);
    const struct node *top = reader_load(&intake.complaints, path);
    const struct node *list =
        top != NULL && intake.complaints.count == 0 ? entries_of(&intake, top) : NULL;
    make_room(baseline, arena, list != NULL ? failures_in(list) : 0);
    for (const struct node *one = list != NULL ? list->first : NULL; one != NULL; one = one->next)
        add_entry(&intake, one);
    if (intake.complaints.count > 0)
        complaints_print(&intake.complaints, stderr);
    return list != NULL && intake.complaints.count == 0;
}

bool baseline_exists(struct arena *arena, const char *root, const char *name)
{
    return access(path_of(arena, root, name), F_OK) == 0;
}

/* --- what it says of a variant ----------------------------------------------------------------
 */

/* The beginning of a release, whole numbers only: 6.1 is not the beginning of 6.18. */
static bool begins_with(const char *version, const struct node *start)
{
    size_t length = start->length;
    bool cut = length > 0 && isdigit((unsigned char)start->text[length - 1]) &&
               strlen(version) > length && isdigit((unsigned char)version[length]);
    return strncmp(version, start->text, length) == 0 && !cut;
}

/* NULL: any version. */
static bool holds_for(const struct node *versions, const char *version)
{
    bool found = versions == NULL;
    for (const struct node *one = found ? NULL : versions->first; one != NULL && !found;
         one = one->next)
        found = node_is(one, "*") || begins_with(version, one);
    return found;
}

/* "*" stands for any characters, all else for itself. */
static bool fits(const char *pattern, const char *name)
{
    const char *star = NULL;
    const char *again = NULL;
    while (*name != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            again = name;
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star + 1;
            name = ++again;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

struct excuses baseline_excuses(const struct baseline *baseline, const char *case_id,
                                const char *variant_id, const char *version, struct arena *arena)
{
    size_t most = baseline != NULL ? baseline->count : 0;
    struct excuses found = {0, NULL};
    for (size_t i = 0; i < most; i++) {
        const struct deviation *one = &baseline->deviations[i];
        if ((!fits(one->pattern, case_id) && !fits(one->pattern, variant_id)) ||
            !holds_for(one->versions, version) || !holds_for(one->only, version))
            continue;
        if (found.list == NULL)
            found.list = arena_alloc(arena, most * sizeof *found.list);
        found.list[found.count++] = &one->excuse;
    }
    return found;
}
