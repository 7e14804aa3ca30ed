/* SPDX-License-Identifier: MIT */
#include "observe/optionmatch.h"

#include "base/hex.h"
#include "observe/match.h"

#include <string.h>

/* --- values -------------------------------------------------------------------------------- */

static bool is_number(const struct node *expected, int64_t number)
{
    json_t *observed = json_integer(number);
    bool yes = match_value(expected, observed);
    json_decref(observed);
    return yes;
}

static bool is_pair(const struct node *expected, const uint32_t block[2])
{
    return expected->kind == NODE_LIST && expected->count == 2 &&
           is_number(expected->first, block[0]) && is_number(expected->first->next, block[1]);
}

/* Exactly these blocks, in this order. */
static bool is_blocks(const struct node *expected, const struct headoption *option,
                      const struct value *value)
{
    uint32_t block[2];
    size_t i = 0;
    bool yes = expected->kind == NODE_LIST;
    for (const struct node *one = expected->first; one != NULL && yes; one = one->next)
        yes = headoption_block(option, value, i++, block) && is_pair(one, block);
    return yes && !headoption_block(option, value, i, block);
}

static bool is_value(const struct node *expected, const struct headoption *option,
                     const struct field *field)
{
    struct pattern none = {0, 0};
    struct value value;
    bool yes = field != NULL && headoption_read(option, field, &value);
    if (yes && field->type == FIELD_BLOCKS)
        yes = is_blocks(expected, option, &value);
    else if (yes && field->type == FIELD_BYTES)
        yes = match_bytes(expected, value.bytes, value.size, &none);
    else if (yes)
        yes = is_number(expected, value.number);
    return yes;
}

/* --- options ------------------------------------------------------------------------------- */

static bool is_hex(const struct node *expected, const uint8_t *bytes, size_t size)
{
    uint8_t wanted[EXTENSIONS_ROOM];
    size_t count = hex_read(expected->text, NULL);
    if (count != size || count > sizeof wanted)
        return false;
    hex_read(expected->text, wanted);
    return memcmp(wanted, bytes, size) == 0;
}

/* The bytes of an option: hex is all of them, and beside kind those behind the length. */
static bool is_raw(const struct node *expected, const struct headoption *option)
{
    const struct node *kind = node_get(expected, "kind"), *length = node_get(expected, "len"),
                      *hex = node_get(expected, "hex");
    const uint8_t *bytes = option->header.bytes;
    size_t size = option->header.size, lead = kind != NULL ? 2 : 0;
    bool yes = kind == NULL || (!option->loose && is_number(kind, option->number));
    yes = yes && (length == NULL || (!option->loose && size >= 2 && is_number(length, bytes[1])));
    lead = lead < size ? lead : size;
    return yes && (hex == NULL || is_hex(hex, bytes + lead, size - lead));
}

static bool is_option(const struct node *expected, const struct headoption_set *set,
                      const struct headoption *option)
{
    const struct node *named = expected->kind == NODE_MAP ? expected->first : NULL;
    const struct headoption_kind *kind =
        headoption_named(set, named != NULL ? named->key : expected->text);
    bool yes = kind != NULL && (kind == option->kind || kind->form == HEADOPTION_RAW);
    if (!yes || named == NULL)
        return yes;
    if (kind->form == HEADOPTION_RAW)
        return is_raw(named, option);
    if (kind->form == HEADOPTION_ONE)
        return is_value(named, option, kind->fields);
    for (const struct node *one = named->first; one != NULL && yes; one = one->next)
        yes = is_value(one, option, headoption_field(kind, one->key));
    return yes && named->kind == NODE_MAP;
}

static bool is_list(const struct node *expected, const struct headoption_set *set,
                    const struct header *header, const struct value *value)
{
    struct headoption option;
    const struct node *one = expected->first;
    bool yes = true;
    bool more = headoption_first(set, header, value, &option);
    for (; more && yes; more = headoption_next(set, value, &option)) {
        yes = one != NULL && is_option(one, set, &option);
        one = one != NULL ? one->next : NULL;
    }
    return yes && one == NULL;
}

static bool is_among(const struct node *expected, const struct headoption_set *set,
                     const struct header *header, const struct value *value)
{
    struct headoption option;
    bool found = false;
    bool more = headoption_first(set, header, value, &option);
    for (; more && !found; more = headoption_next(set, value, &option))
        found = is_option(expected, set, &option);
    return found;
}

/* --- matchers ------------------------------------------------------------------------------ */

static bool has_all(const struct node *list, const struct headoption_set *set,
                    const struct header *header, const struct value *value)
{
    bool yes = true;
    for (const struct node *one = list->first; one != NULL && yes; one = one->next)
        yes = is_among(one, set, header, value);
    return yes;
}

static bool is_any(const struct node *list, const struct headoption_set *set,
                   const struct header *header, const struct value *value)
{
    bool yes = false;
    for (const struct node *one = list->first; one != NULL && !yes; one = one->next)
        yes = optionmatch(one, set, header, value);
    return yes;
}

bool optionmatch(const struct node *expected, const struct headoption_set *set,
                 const struct header *header, const struct value *value)
{
    bool yes = expected->kind == NODE_MAP;
    if (expected->kind == NODE_LIST)
        return is_list(expected, set, header, value);
    for (const struct node *one = expected->first; one != NULL && yes; one = one->next)
        if (strcmp(one->key, "has") == 0)
            yes = has_all(one, set, header, value);
        else if (strcmp(one->key, "any_of") == 0)
            yes = is_any(one, set, header, value);
        else
            yes = strcmp(one->key, "not") == 0 && !optionmatch(one, set, header, value);
    return yes;
}
