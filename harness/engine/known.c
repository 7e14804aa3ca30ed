/* SPDX-License-Identifier: MIT */
#include "engine/known.h"

#include "case/code.h"

#include <string.h>

static bool is_verdict(const json_t *result, const char *word)
{
    const char *verdict = json_string_value(json_object_get(result, "verdict"));
    return verdict != NULL && strcmp(verdict, word) == 0;
}

/* --- what was not met -------------------------------------------------------------------------
 */

static bool was_met(const struct excuse *excuse, const json_t *met)
{
    bool found = false;
    for (size_t i = 0; i < json_array_size(met) && !found; i++) {
        const json_t *one = json_array_get(met, i);
        const char *file = json_string_value(json_object_get(one, "file"));
        found = file != NULL && strcmp(file, excuse->file) == 0 &&
                json_integer_value(json_object_get(one, "line")) == excuse->mark.line;
    }
    return found;
}

/* The step at which the case ended for a failure behind which it does not go on; 0: as a whole;
   -1: it went on to its end. */
static json_int_t ended_at(const json_t *met)
{
    const json_t *last = json_array_get(met, json_array_size(met) - 1);
    return last == NULL || json_is_true(json_object_get(last, "went_on"))
               ? -1
               : json_integer_value(json_object_get(last, "step"));
}

/* True when the case came to where the failure would have been. */
static bool was_reached(const struct excuse *excuse, json_int_t end)
{
    return end < 0 || (excuse->step > 0 && (end == 0 || excuse->step < end));
}

/* The first that was reached and not met; NULL: none. */
static const struct excuse *unmet(const struct excuses *excuses, const json_t *met)
{
    const struct excuse *found = NULL;
    for (size_t i = 0; i < excuses->count && found == NULL; i++)
        if (!was_met(excuses->list[i], met) && was_reached(excuses->list[i], ended_at(met)))
            found = excuses->list[i];
    return found;
}

/* --- stale ------------------------------------------------------------------------------------
 */

/* A failure that is the baseline's: what is to be looked at is its entry, not the case. */
static json_t *stale_json(const struct excuse *excuse)
{
    return json_pack("{s:s, s:s, s:i, s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:[]}", "code",
                     code_word(CODE_STALE_BASELINE), "file", excuse->file, "line",
                     excuse->mark.line, "column", excuse->mark.column, "step", 0, "source", "",
                     "actor", "", "field", "", "expected", "", "observed", "", "requirements");
}

static void make_stale(const struct excuse *excuse, const char *stack, const char *version,
                       json_t *result)
{
    struct arena *arena = arena_new();
    const char *does = is_verdict(result, "pass") ? "it passes" : "that is not so any more";
    json_object_set_new(result, "verdict", json_string("fail"));
    json_object_set_new(
        result, "reason",
        json_sprintf("stale baseline: %s:%d says that this fails on %s %s, %s (%s), and %s; "
                     "./sockproof baseline update takes that out or narrows its versions",
                     excuse->file, excuse->mark.line, stack, version, excuse_print(excuse, arena),
                     excuse->reason, does));
    json_object_set_new(result, "failure", stale_json(excuse));
    arena_free(arena);
}

/* --- another failure --------------------------------------------------------------------------
 */

static json_t *excuse_json(const struct excuse *excuse, struct arena *arena)
{
    return json_pack("{s:s, s:i, s:s, s:s}", "file", excuse->file, "line", excuse->mark.line,
                     "reason", excuse->reason, "failure", excuse_print(excuse, arena));
}

/* Behind what came, what the baseline excuses. */
static void tell_other(const struct excuses *excuses, json_t *result)
{
    struct arena *arena = arena_new();
    json_t *list = json_array();
    const char *text = json_string_value(json_object_get(result, "reason"));
    const char *told = arena_printf(arena, "%s; the baseline excuses another failure: ", text);
    for (size_t i = 0; i < excuses->count; i++) {
        const struct excuse *one = excuses->list[i];
        told = arena_printf(arena, "%s%s%s (%s:%d)", told, i > 0 ? ", " : "",
                            excuse_print(one, arena), one->file, one->mark.line);
        json_array_append_new(list, excuse_json(one, arena));
    }
    json_object_set_new(result, "reason", json_string(told));
    json_object_set_new(result, "excuses", list);
    arena_free(arena);
}

void known_judge(const struct excuses *excuses, const char *stack, const char *version,
                 json_t *result)
{
    bool fails = is_verdict(result, "fail");
    bool good = is_verdict(result, "pass") || is_verdict(result, "known");
    const struct excuse *stale = good ? unmet(excuses, json_object_get(result, "excused")) : NULL;
    if (stale != NULL)
        make_stale(stale, stack, version, result);
    else if (fails && excuses->count > 0)
        tell_other(excuses, result);
}
