/* SPDX-License-Identifier: MIT */
#include "case/optionlist.h"

#include "base/hex.h"
#include "case/number.h"
#include "case/octets.h"

#include <string.h>

/* --- values -------------------------------------------------------------------------------- */

/* False for a reference, and for a matcher. */
static bool is_known(const struct field *field, const struct node *node)
{
    return field->type == FIELD_BYTES ? octets_known(node)
                                      : node->kind == NODE_SCALAR && node_reference(node) == NULL;
}

static bool put_bytes(struct headoption_draft *option, const struct field *field,
                      const struct node *node)
{
    uint8_t bytes[sizeof option->bytes];
    size_t size = octets_size(node);
    if (size > sizeof bytes)
        return false;
    octets_write(node, bytes);
    return headoption_put_bytes(option, field, bytes, size);
}

static void put_32(uint8_t *at, uint32_t number)
{
    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(number >> (24 - 8 * i));
}

static bool put_blocks(struct headoption_draft *option, const struct field *field,
                       const struct node *list, uint32_t first)
{
    uint8_t bytes[OPTIONS_ROOM];
    size_t size = 0;
    for (const struct node *pair = list->first; pair != NULL; pair = pair->next)
        for (const struct node *one = pair->first; one != NULL; one = one->next) {
            if (size + 4 > sizeof bytes)
                return false;
            put_32(bytes + size, (uint32_t)number_of(one, 0) + first);
            size += 4;
        }
    return headoption_put_bytes(option, field, bytes, size);
}

static bool put_value(struct headoption_draft *option, const struct field *field,
                      const struct node *node, uint32_t first)
{
    bool good = true;
    if (field->type == FIELD_BLOCKS)
        good = node->kind != NODE_LIST || put_blocks(option, field, node, first);
    else if (field->type == FIELD_BYTES && is_known(field, node))
        good = put_bytes(option, field, node);
    else if (field->type == FIELD_NUMBER)
        good = headoption_put(option, field, is_known(field, node) ? number_of(node, -1) : 0);
    return good;
}

/* --- options ------------------------------------------------------------------------------- */

static bool put_raw(struct headoption_draft *option, const struct node *fields)
{
    const struct node *kind = node_get(fields, "kind"), *length = node_get(fields, "len"),
                      *hex = node_get(fields, "hex");
    uint8_t bytes[OPTIONS_ROOM + 1];
    size_t size = 0;
    if (hex != NULL && node_reference(hex) == NULL)
        size = hex_read(hex->text, NULL);
    if (size > OPTIONS_ROOM)
        return false;
    if (size > 0)
        hex_read(hex->text, bytes);
    return headoption_put_raw(option, kind != NULL ? number_of(kind, 0) : -1, number_of(length, -1),
                              bytes, size);
}

/* Makes one option of a list; false when it cannot be. A reference makes none. */
static bool put_option(const struct headoption_set *set, const struct node *node, uint32_t first,
                       struct headoption_draft *option)
{
    const struct node *named = node->kind == NODE_MAP ? node->first : NULL;
    const struct headoption_kind *kind =
        headoption_named(set, named != NULL ? named->key : node->text);
    bool good = true;
    memset(option, 0, sizeof *option);
    if (kind == NULL)
        return true;
    headoption_begin(option, kind);
    if (kind->form == HEADOPTION_RAW)
        return put_raw(option, named);
    if (kind->form == HEADOPTION_ONE && named != NULL)
        return put_value(option, kind->fields, named, first);
    for (const struct node *one = named != NULL ? named->first : NULL; one != NULL && good;
         one = one->next) {
        const struct field *field = headoption_field(kind, one->key);
        good = field != NULL && put_value(option, field, one, first);
    }
    return good;
}

/* Sets all of them in the draft. Of extension headers each holds the number of the next one. */
static bool put_all(struct draft *draft, const char *layer, const struct headoption_set *set,
                    const uint8_t *bytes, size_t size, const struct draft_chain *chain)
{
    return set->chained ? draft_extensions(draft, bytes, size, chain)
                        : draft_options(draft, layer, bytes, size);
}

bool optionlist_put(struct draft *draft, const char *layer, const struct headoption_set *set,
                    const struct node *list)
{
    uint8_t bytes[EXTENSIONS_ROOM];
    struct draft_chain chain = {0, 0};
    size_t size = 0;
    for (const struct node *one = list->first; one != NULL; one = one->next) {
        struct headoption_draft option;
        if (!put_option(set, one, draft->first_of_receiver, &option) ||
            option.size > set->room - size)
            return false;
        if (size == 0)
            chain.first = option.number;
        else if (set->chained)
            bytes[chain.last] = option.number;
        chain.last = size;
        memcpy(bytes + size, option.bytes, option.size);
        size += option.size;
    }
    return put_all(draft, layer, set, bytes, size, &chain);
}

/* --- what cannot be ------------------------------------------------------------------------ */

static bool flawed(struct optionlist_flaw *flaw, const struct node *node, const char *what,
                   const char *advice)
{
    *flaw = (struct optionlist_flaw){node, what, advice};
    return false;
}

/* Behind the end of the list there is padding. */
static bool after_end(const struct node *node, struct optionlist_flaw *flaw)
{
    const struct node *raw = node_get(node, "raw");
    bool bytes = raw != NULL && node_get(raw, "kind") == NULL && node_get(raw, "len") == NULL;
    if (node_is(node, "eol"))
        return flawed(flaw, node, "the list of options ends once",
                      "leave it out: behind the first eol there are zeros");
    return bytes || node_reference(node) != NULL ||
           flawed(flaw, node, "behind the end of the list there are no options",
                  "bytes that are there nevertheless are {raw: {hex: …}}");
}

static bool lies_without_kind(const struct node *node, struct optionlist_flaw *flaw)
{
    const struct node *raw = node_get(node, "raw");
    const struct node *length = node_get(raw, "len");
    if (length != NULL && node_get(raw, "kind") == NULL)
        return !flawed(flaw, length, "bytes without a kind have no length of their own",
                       "give the kind, or write the length into hex");
    return false;
}

bool optionlist_possible(const struct headoption_set *set, const struct node *list,
                         enum optionlist_use use, struct optionlist_flaw *flaw)
{
    bool ended = false;
    size_t size = 0;
    for (const struct node *one = list->kind == NODE_LIST ? list->first : NULL; one != NULL;
         one = one->next) {
        struct headoption_draft option;
        if ((ended && !after_end(one, flaw)) ||
            (use == OPTIONLIST_MADE && lies_without_kind(one, flaw)))
            return false;
        if (!put_option(set, one, 0, &option))
            return flawed(flaw, one, "no option of this kind has such a length", NULL);
        size += option.size;
        if (size > set->room)
            return flawed(flaw, one,
                          set->chained ? "a packet has at most 256 bytes of extension headers"
                                       : "a header has at most 40 bytes of options",
                          NULL);
        ended = ended || (use != OPTIONLIST_AMONG && node_is(one, "eol"));
    }
    return true;
}
