/* SPDX-License-Identifier: MIT */
#include "case/made.h"

#include "case/number.h"
#include "case/optionlist.h"
#include "packet/layers.h"

static bool put_checksum(struct draft *draft, const char *layer, const struct node *node)
{
    enum draft_checksum how = CHECKSUM_LITERAL;
    if (node_is(node, "bad"))
        how = CHECKSUM_BAD;
    else if (node_is(node, "valid"))
        how = CHECKSUM_COMPUTE;
    return draft_checksum(draft, layer, how, number_of(node, 0));
}

/* The number of a word; -1 when there is none such. */
static int64_t word_of(const struct field *field, const struct node *node)
{
    int64_t found = -1;
    for (int64_t i = 0; field->words[i] != NULL; i++)
        found = node_is(node, field->words[i]) ? i : found;
    return found;
}

bool made_put(struct draft *draft, const char *layer, const struct node *node)
{
    const struct layer *wanted = layers_find(layer);
    const struct field *field = wanted != NULL ? layer_field(wanted, node->key) : NULL;
    bool good = false;
    if (field == NULL)
        return false;
    switch (field->type) {
    case FIELD_NUMBER:
        good = draft_set(draft, layer, node->key, number_of(node, -1));
        break;
    case FIELD_FLAGS:
        good = draft_set(draft, layer, node->key, number_flags(node, GROUP_TCP_FLAG));
        break;
    case FIELD_WORD:
        good = draft_set(draft, layer, node->key, word_of(field, node));
        break;
    case FIELD_CHECKSUM:
        good = put_checksum(draft, layer, node);
        break;
    case FIELD_HOST:
        good = true;
        break;
    case FIELD_OPTIONS:
        good = node->kind != NODE_LIST || optionlist_put(draft, layer, field->options, node);
        break;
    case FIELD_CHUNK:
    case FIELD_BYTES:
    case FIELD_BLOCKS:
        break; /* no draft has a chunk, and the others are no fields of a layer */
    }
    return good;
}

bool made_is_counted(const char *layer, const char *field)
{
    static const uint8_t zeros[64];
    const struct header blank = {.bytes = zeros, .size = sizeof zeros};
    const struct layer *wanted = layers_find(layer);
    const struct field *one = wanted != NULL ? layer_field(wanted, field) : NULL;
    return one != NULL && one->at(&blank).counted != FROM_ZERO;
}

bool made_put_sent(struct draft *draft, const char *layer, const struct node *node)
{
    return made_is_counted(layer, node->key) || made_put(draft, layer, node);
}
