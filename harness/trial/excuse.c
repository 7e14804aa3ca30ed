/* SPDX-License-Identifier: MIT */
#include "trial/excuse.h"

#include "observe/match.h"

#include <string.h>

/* Words, and not a value that was written out. */
static bool is_of_text(const struct node *observed)
{
    return node_get(observed, "starts") != NULL || node_get(observed, "contains") != NULL;
}

/* What was observed is told as text: a value is one of JSON, all else are words. */
static bool matches(const struct node *expected, const char *observed)
{
    json_t *value =
        is_of_text(expected) ? NULL : json_loads(observed, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    json_t *words = json_string(observed);
    bool yes = node_is(expected, observed) || match_value(expected, value != NULL ? value : words);
    json_decref(value);
    json_decref(words);
    return yes;
}

const struct excuse *excuses_find(const struct excuses *excuses, int step, const char *field,
                                  const char *observed)
{
    const struct excuse *found = NULL;
    for (size_t i = 0; i < excuses->count && found == NULL; i++) {
        const struct excuse *one = excuses->list[i];
        if (one->step == step && strcmp(one->field, field) == 0 && matches(one->observed, observed))
            found = one;
    }
    return found;
}

char *excuse_print(const struct excuse *excuse, struct arena *arena)
{
    const char *observed = excuse->observed->kind == NODE_SCALAR
                               ? excuse->observed->text
                               : node_print(arena, excuse->observed);
    return excuse->step > 0
               ? arena_printf(arena, "step %d: %s: %s", excuse->step, excuse->field, observed)
               : arena_printf(arena, "%s: %s", excuse->field, observed);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static const struct excuse *recorded(const json_t *one, struct arena *arena)
{
    struct excuse *excuse = arena_alloc(arena, sizeof *excuse);
    struct node *observed = arena_alloc(arena, sizeof *observed);
    const char *text = text_of(one, "observed");
    *observed = (struct node){
        .kind = NODE_SCALAR, .text = arena_copy(arena, text, strlen(text)), .length = strlen(text)};
    *excuse = (struct excuse){.step = (int)json_integer_value(json_object_get(one, "step")),
                              .field = text_of(one, "field"),
                              .observed = observed,
                              .go_on = json_is_true(json_object_get(one, "went_on")),
                              .reason = text_of(one, "reason"),
                              .file = text_of(one, "file")};
    excuse->mark.line = (int)json_integer_value(json_object_get(one, "line"));
    return excuse;
}

struct excuses excuses_recorded(const json_t *list, struct arena *arena)
{
    size_t count = json_array_size(list);
    struct excuses excuses = {count, arena_alloc(arena, (count + 1) * sizeof *excuses.list)};
    for (size_t i = 0; i < count; i++)
        excuses.list[i] = recorded(json_array_get(list, i), arena);
    return excuses;
}
