/* SPDX-License-Identifier: MIT */
#include "case/made.h"

#include "case/number.h"
#include "case/octets.h"
#include "case/optionlist.h"
#include "packet/layers.h"

#include <string.h>

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

/* One part of a packet that is quoted. */
static bool put_part(struct draft *draft, const struct node *part)
{
    bool good = true;
    for (const struct node *one = part->first; one != NULL && good; one = one->next)
        good = node_reference(one) != NULL || made_put(draft, part->key, one);
    return good;
}

/* The ports of a quoted packet that has some; what it gives itself comes behind. */
static void put_ports(const struct draft *draft, struct draft *inner, const char *layer)
{
    if (strcmp(layer, "tcp") != 0 && strcmp(layer, "udp") != 0)
        return;
    draft_set(inner, layer, "sport", draft->quoted_source_port);
    draft_set(inner, layer, "dport", draft->quoted_destination_port);
}

/* Makes the packet that an error quotes, between the draft's quoted hosts. */
static bool put_quote(struct draft *draft, const struct node *node)
{
    uint8_t bytes[DRAFT_QUOTE], payload[DRAFT_QUOTE];
    struct draft inner;
    bool good = !draft->quoting;
    draft_begin(&inner, draft->family);
    inner.ip = inner.quoting = true;
    inner.source = draft->quoted_source;
    inner.destination = draft->quoted_destination;
    inner.first_of_sender = draft->first_of_receiver; /* it went the other way */
    inner.first_of_receiver = draft->first_of_sender;
    inner.payload = payload;
    for (const struct node *part = node->first; part != NULL && good; part = part->next) {
        if (strcmp(part->key, "payload") != 0) {
            put_ports(draft, &inner, part->key);
            good = put_part(&inner, part);
        } else {
            inner.payload_size = octets_size(part);
            good = inner.payload_size <= sizeof payload;
            if (good)
                octets_write(part, payload);
        }
    }
    ssize_t size = good ? draft_build(&inner, bytes, sizeof bytes) : -1;
    return size >= 0 && draft_quote(draft, bytes, (size_t)size);
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
    case FIELD_PACKET:
        good = node->kind != NODE_MAP || put_quote(draft, node);
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
