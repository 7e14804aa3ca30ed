/* SPDX-License-Identifier: MIT */
#include "observe/match.h"

#include "base/arena.h"
#include "base/quantity.h"

#include <stdlib.h>
#include <string.h>

static bool match_scalar(const struct node *expected, const json_t *observed)
{
    struct quantity quantity;
    bool equal = false;
    if (json_is_string(observed)) {
        equal = strcmp(expected->text, json_string_value(observed)) == 0;
    } else if (json_is_integer(observed)) {
        equal = quantity_parse(expected->text, &quantity) &&
                quantity.value == json_integer_value(observed);
    } else if (json_is_array(observed)) {
        equal =
            json_array_size(observed) == 1 && match_scalar(expected, json_array_get(observed, 0));
    } else if (json_is_object(observed)) { /* what goes by several names, as an address does */
        size_t i = 0;
        json_t *name = NULL;
        json_array_foreach(json_object_get(observed, "is"), i, name)
        {
            equal = equal || match_scalar(expected, name);
        }
    }
    return equal;
}

static bool holds(const json_t *array, const struct node *element)
{
    size_t i = 0;
    json_t *member = NULL;
    bool found = false;
    json_array_foreach(array, i, member)
    {
        found = found || match_value(element, member);
    }
    return found;
}

static bool holds_all(const struct node *list, const json_t *observed, bool wanted)
{
    bool yes = true;
    const struct node *one = list->kind == NODE_LIST ? list->first : list;
    for (; one != NULL && yes; one = list->kind == NODE_LIST ? one->next : NULL)
        yes = holds(observed, one) == wanted;
    return yes;
}

/* Names are flags, a set; numbers and mappings are a sequence. */
static bool match_list(const struct node *expected, const json_t *observed)
{
    if (!json_is_array(observed) || json_array_size(observed) != expected->count)
        return false;
    if (expected->count == 0 || json_is_string(json_array_get(observed, 0)))
        return holds_all(expected, observed, true);
    bool equal = true;
    size_t i = 0;
    for (const struct node *one = expected->first; one != NULL && equal; one = one->next)
        equal = match_value(one, json_array_get(observed, i++));
    return equal;
}

static bool compare(const char *relation, const struct node *bound, const json_t *observed)
{
    struct quantity quantity;
    if (!json_is_integer(observed) || !quantity_parse(bound->text, &quantity))
        return false;
    int64_t value = json_integer_value(observed);
    return strcmp(relation, "at_least") == 0  ? value >= quantity.value
           : strcmp(relation, "at_most") == 0 ? value <= quantity.value
           : strcmp(relation, "above") == 0   ? value > quantity.value
                                              : value < quantity.value;
}

static bool match_any(const struct node *list, const json_t *observed)
{
    bool found = false;
    for (const struct node *one = list->first; one != NULL && !found; one = one->next)
        found = match_value(one, observed);
    return found;
}

static bool is_relation(const char *key)
{
    return strcmp(key, "at_least") == 0 || strcmp(key, "at_most") == 0 ||
           strcmp(key, "above") == 0 || strcmp(key, "below") == 0;
}

static bool match_member(const struct node *member, const json_t *observed)
{
    const char *key = member->key;
    bool yes = false;
    if (is_relation(key))
        yes = compare(key, member, observed);
    else if (strcmp(key, "all") == 0)
        yes = holds_all(member, observed, true);
    else if (strcmp(key, "none") == 0)
        yes = holds_all(member, observed, false);
    else if (strcmp(key, "any_of") == 0)
        yes = match_any(member, observed);
    else if (strcmp(key, "not") == 0)
        yes = observed != NULL && !match_value(member, observed);
    else if (json_is_string(observed) && strcmp(key, "starts") == 0)
        yes = json_string_length(observed) >= member->length &&
              memcmp(json_string_value(observed), member->text, member->length) == 0;
    else if (json_is_string(observed) && strcmp(key, "contains") == 0)
        yes = memmem(json_string_value(observed), json_string_length(observed), member->text,
                     member->length) != NULL;
    else if (strcmp(key, "host") == 0 && json_is_array(json_object_get(observed, key)))
        yes = holds(json_object_get(observed, key), member); /* one address of both hosts */
    else
        yes = json_is_object(observed) && match_value(member, json_object_get(observed, key));
    return yes;
}

bool match_value(const struct node *expected, const json_t *observed)
{
    if (observed == NULL)
        return false;
    if (expected->kind == NODE_SCALAR)
        return match_scalar(expected, observed);
    if (expected->kind == NODE_LIST)
        return match_list(expected, observed);
    bool yes = true;
    for (const struct node *one = expected->first; one != NULL && yes; one = one->next)
        yes = match_member(one, observed);
    return yes;
}

/* Compares with the literal bytes of a node; *pattern moves on only when they match. */
static bool match_literal(const struct node *expected, const uint8_t *bytes, size_t size,
                          struct pattern *pattern, const char *how)
{
    size_t want = content_size(expected);
    struct pattern ahead = *pattern;
    uint8_t *literal = arena_must(malloc(want == 0 ? 1 : want));
    bool yes = false;
    content_write(expected, &ahead, literal);
    if (strcmp(how, "starts") == 0)
        yes = size >= want && memcmp(bytes, literal, want) == 0;
    else if (strcmp(how, "contains") == 0)
        yes = want == 0 || memmem(bytes, size, literal, want) != NULL;
    else if (strcmp(how, "prefix_of") == 0)
        yes = size <= want && memcmp(bytes, literal, size) == 0;
    else
        yes = size == want && memcmp(bytes, literal, want) == 0;
    if (yes)
        *pattern = ahead;
    free(literal);
    return yes;
}

static bool match_bytes_member(const struct node *member, const uint8_t *bytes, size_t size,
                               struct pattern *pattern)
{
    bool yes = false;
    if (strcmp(member->key, "any_of") == 0) {
        for (const struct node *one = member->first; one != NULL && !yes; one = one->next)
            yes = match_bytes(one, bytes, size, pattern);
    } else if (strcmp(member->key, "not") == 0) {
        yes = !match_bytes(member, bytes, size, pattern);
    } else {
        yes = match_literal(member, bytes, size, pattern, member->key);
    }
    return yes;
}

bool match_bytes(const struct node *expected, const uint8_t *bytes, size_t size,
                 struct pattern *pattern)
{
    if (content_is(expected))
        return match_literal(expected, bytes, size, pattern, "equal");
    bool yes = expected->kind == NODE_MAP;
    for (const struct node *one = expected->first; one != NULL && yes; one = one->next)
        yes = match_bytes_member(one, bytes, size, pattern);
    return yes;
}
