/* SPDX-License-Identifier: MIT */
#include "engine/likeness.h"

#include <ctype.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

/* Past a number, with its sign and its fraction. */
static const char *behind_number(const char *at)
{
    while (isdigit((unsigned char)*at) || (*at == '.' && isdigit((unsigned char)at[1])))
        at++;
    return at;
}

static bool same_words(const char *one, const char *other)
{
    while (*one != '\0' || *other != '\0') {
        bool numbers = isdigit((unsigned char)*one) && isdigit((unsigned char)*other);
        if (!numbers && *one != *other)
            return false;
        one = numbers ? behind_number(one) : one + 1;
        other = numbers ? behind_number(other) : other + 1;
    }
    return true;
}

/* --- what was observed --------------------------------------------------------------------- */

/* Ports from here on are of a block that each worker has for itself. */
enum { OWN_PORTS = 10000 };

static bool same_value(const json_t *one, const json_t *other, const char *key);

static bool same_members(const json_t *one, const json_t *other)
{
    bool same = json_object_size(one) == json_object_size(other);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)one, key, value)
    {
        const json_t *beside = json_object_get(other, key);
        same = same && beside != NULL && same_value(value, beside, key);
    }
    return same;
}

static bool same_items(const json_t *one, const json_t *other)
{
    bool same = json_array_size(one) == json_array_size(other);
    for (size_t i = 0; i < json_array_size(one) && same; i++)
        same = same_value(json_array_get(one, i), json_array_get(other, i), "");
    return same;
}

static bool is_own_port(const json_t *value, const char *key)
{
    return strcmp(key, "port") == 0 && json_integer_value(value) >= OWN_PORTS;
}

static bool same_value(const json_t *one, const json_t *other, const char *key)
{
    bool same = json_equal(one, other) || (is_own_port(one, key) && is_own_port(other, key));
    if (json_is_object(one) && json_is_object(other))
        same = same_members(one, other);
    else if (json_is_array(one) && json_is_array(other))
        same = same_items(one, other);
    return same;
}

/* What was observed is told as text: a value is one of JSON, all else are words. */
static bool same_observed(const char *one, const char *other)
{
    json_t *left = json_loads(one, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    json_t *right = json_loads(other, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    bool same = left != NULL && right != NULL ? same_value(left, right, "")
                                              : left == right && same_words(one, other);
    json_decref(left);
    json_decref(right);
    return same;
}

/* --- the whole ----------------------------------------------------------------------------- */

json_t *likeness_of(const json_t *result)
{
    const json_t *failure = json_object_get(result, "failure");
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s}", "verdict", text_of(result, "verdict"),
                     "code", text_of(failure, "code"), "actor", text_of(failure, "actor"), "field",
                     text_of(failure, "field"), "observed", text_of(failure, "observed"), "step",
                     json_integer_value(json_object_get(failure, "step")), "reason",
                     text_of(result, "reason"));
}

static bool same_text(const json_t *one, const json_t *other, const char *key)
{
    return strcmp(text_of(one, key), text_of(other, key)) == 0;
}

bool likeness_same(const json_t *one, const json_t *other)
{
    bool told = *text_of(one, "code") != '\0';
    return same_text(one, other, "verdict") && same_text(one, other, "code") &&
           same_text(one, other, "actor") && same_text(one, other, "field") &&
           json_equal(json_object_get(one, "step"), json_object_get(other, "step")) &&
           same_observed(text_of(one, "observed"), text_of(other, "observed")) &&
           (told || same_words(text_of(one, "reason"), text_of(other, "reason")));
}
