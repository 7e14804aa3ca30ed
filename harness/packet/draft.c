/* SPDX-License-Identifier: MIT */
#include "packet/draft.h"

#include "packet/field.h"
#include "packet/ip.h"
#include "packet/layers.h"
#include "packet/udp.h"

#include <errno.h>
#include <string.h>

enum {
    IP4_HEADER = 20,
    IP6_HEADER = 40,
    EXPERIMENT = 253 /* RFC 3692: what a packet with no known layer carries */
};

void draft_begin(struct draft *draft, int family)
{
    memset(draft, 0, sizeof *draft);
    draft->family = family;
    draft->network.layer = &ip_layer;
}

static size_t header_size(const struct draft_part *part, int family)
{
    if (part->layer == NULL)
        return 0;
    return (part->layer == &ip_layer && family == AF_INET6 ? IP6_HEADER : part->layer->made_size) +
           part->options_size;
}

/* The header of that layer at bytes, which are zeros or filled in. */
static struct header header_at(const struct draft *draft, const struct draft_part *part,
                               const uint8_t *bytes)
{
    return (struct header){.bytes = bytes,
                           .size = header_size(part, draft->family),
                           .family = draft->family,
                           .names_transport = draft->family == AF_INET ? 9
                                              : part->options_size > 0
                                                  ? IP6_HEADER + part->chain.last
                                                  : 6};
}

static bool family_has(int family, const struct layer *layer, const struct field *field)
{
    return layer != &ip_layer || (field->bearers & layer->kind(family, 0)) != 0;
}

/* The draft's part of that layer; what was there of another transport is forgotten. */
static struct draft_part *part_of(struct draft *draft, const struct layer *layer)
{
    struct draft_part *part = layer == &ip_layer ? &draft->network : &draft->transport;
    if (part->layer != layer)
        memset(part, 0, sizeof *part);
    part->layer = layer;
    draft->ip = draft->ip || layer == &ip_layer;
    return part;
}

/* An empty header of that layer, but for what is given of its kind, in zeros. */
static struct header empty_header(const struct draft *draft, const struct layer *layer,
                                  uint8_t zeros[IP6_HEADER])
{
    const struct draft_part *given = layer == &ip_layer ? &draft->network : &draft->transport;
    const struct draft_part part = {.layer = layer};
    const struct field *decides =
        layer->decides != NULL ? layer_field(layer, layer->decides) : NULL;
    struct header header = header_at(draft, &part, zeros);
    memset(zeros, 0, IP6_HEADER);
    if (decides != NULL && given->layer == layer &&
        (given->given >> (decides - layer->fields) & 1) != 0)
        field_write(decides, &header, zeros, given->value[decides - layer->fields]);
    return header;
}

static bool can_hold(const struct draft *draft, const struct layer *layer,
                     const struct field *field, int64_t value)
{
    uint8_t zeros[IP6_HEADER];
    struct header header = empty_header(draft, layer, zeros);
    return field_takes(field, &header, value);
}

static bool is_number(const struct field *field)
{
    return field->type == FIELD_NUMBER || field->type == FIELD_FLAGS ||
           field->type == FIELD_CHECKSUM || field->type == FIELD_WORD;
}

static bool overlap(const struct span *one, const struct span *other)
{
    return one->bit < other->bit + other->bits && other->bit < one->bit + one->bits;
}

/* True when what stands there is said already, by another field. */
static bool is_taken(const struct draft *draft, const struct layer *layer,
                     const struct field *field)
{
    uint8_t zeros[IP6_HEADER];
    const struct draft_part *part = layer == &ip_layer ? &draft->network : &draft->transport;
    struct header header = empty_header(draft, layer, zeros);
    struct span span = field->at(&header);
    bool taken = false;
    for (size_t i = 0; part->layer == layer && layer->fields[i].name != NULL && !taken; i++) {
        struct span other = layer->fields[i].at(&header);
        taken = (part->given >> i & 1) != 0 && &layer->fields[i] != field && overlap(&span, &other);
    }
    return taken;
}

bool draft_set(struct draft *draft, const char *layer, const char *field, int64_t value)
{
    const struct layer *wanted = layers_find(layer);
    const struct field *one = wanted != NULL ? layer_field(wanted, field) : NULL;
    if (one == NULL || !one->made || !is_number(one) || !family_has(draft->family, wanted, one) ||
        !can_hold(draft, wanted, one, value) || is_taken(draft, wanted, one))
        return false;
    struct draft_part *part = part_of(draft, wanted);
    part->given |= UINT64_C(1) << (one - wanted->fields);
    part->value[one - wanted->fields] = value;
    return true;
}

bool draft_checksum(struct draft *draft, const char *layer, enum draft_checksum how, int64_t value)
{
    const struct layer *wanted = layers_find(layer);
    const struct field *one = wanted != NULL ? layer_field(wanted, "checksum") : NULL;
    if (one == NULL || !one->made || !family_has(draft->family, wanted, one))
        return false;
    struct draft_part *part = part_of(draft, wanted);
    part->given &= ~(UINT64_C(1) << (one - wanted->fields));
    part->damaged = how == CHECKSUM_BAD;
    return how != CHECKSUM_LITERAL || draft_set(draft, layer, "checksum", value);
}

bool draft_options(struct draft *draft, const char *layer, const uint8_t *bytes, size_t size)
{
    const struct layer *wanted = layers_find(layer);
    const struct field *field = wanted != NULL ? layer_field(wanted, "options") : NULL;
    if (field == NULL || size > DRAFT_OPTIONS || !family_has(draft->family, wanted, field))
        return false;
    struct draft_part *part = part_of(draft, wanted);
    memset(part->options, 0, sizeof part->options);
    memcpy(part->options, bytes, size);
    part->options_size = (size + 3) / 4 * 4;
    return true;
}

bool draft_extensions(struct draft *draft, const uint8_t *bytes, size_t size,
                      const struct draft_chain *chain)
{
    bool good = draft->family == AF_INET6 && size <= DRAFT_EXTENSIONS;
    if (good) {
        struct draft_part *part = part_of(draft, &ip_layer);
        memcpy(part->options, bytes, size);
        part->options_size = size;
        part->chain = *chain;
    }
    return good;
}

bool draft_quote(struct draft *draft, const uint8_t *bytes, size_t size)
{
    bool fits = size <= DRAFT_QUOTE;
    if (fits) {
        memcpy(draft->quote, bytes, size);
        draft->quote_size = size;
    }
    return fits;
}

/* What a number that is given counts from. */
static int64_t first_of(const struct draft *draft, const struct span *span)
{
    uint32_t first = 0;
    switch (span->counted) {
    case FROM_ZERO:
        break;
    case FROM_SENDER:
        first = draft->first_of_sender;
        break;
    case FROM_RECEIVER:
        first = draft->first_of_receiver;
        break;
    }
    return first;
}

/* Writes the fields that are given: all but the checksum, or that one alone. */
static void write_given(const struct draft *draft, const struct draft_part *part, uint8_t *bytes,
                        bool checksum)
{
    struct header header = header_at(draft, part, bytes);
    const struct field *fields = part->layer->fields;
    for (size_t i = 0; fields[i].name != NULL; i++) {
        struct span span = fields[i].at(&header);
        if ((part->given >> i & 1) != 0 && (fields[i].type == FIELD_CHECKSUM) == checksum)
            field_write(&fields[i], &header, bytes, part->value[i] + first_of(draft, &span));
    }
}

/* What goes into a header for this sum: its complement, damaged when that is wanted. 0xffff equals
   0, and 0 is UDP's "none" (RFC 768). */
static uint16_t finished(const struct draft_part *part, uint16_t sum)
{
    uint16_t right = (uint16_t)~sum;
    if (part->layer == &udp_layer && right == 0)
        right = 0xffff;
    if (part->damaged)
        right ^= right == 0xfffe || right == 1 ? 2 : 1;
    return right;
}

/* Makes the part's header at bytes, behind which its content is in place already: size bytes of
   both, of which summed count for the checksum, chained from the pseudo header's. */
static void build(const struct draft *draft, const struct draft_part *part, uint8_t *bytes,
                  size_t size, uint16_t chained, size_t summed)
{
    const struct field *checksum = layer_field(part->layer, "checksum");
    const struct layer *behind = draft->transport.layer;
    struct blank blank = {.bytes = bytes,
                          .family = draft->family,
                          .size = size,
                          .header_size = header_size(part, draft->family),
                          .protocol = behind != NULL ? behind->protocol[draft->family == AF_INET6]
                                                     : EXPERIMENT,
                          .source = &draft->source,
                          .destination = &draft->destination,
                          .first_extension = part->options_size > 0 ? part->chain.first : 0,
                          .names_transport = header_at(draft, part, bytes).names_transport,
                          .given = part->given};
    memcpy(bytes + blank.header_size - part->options_size, part->options, part->options_size);
    part->layer->fill(&blank);
    write_given(draft, part, bytes, false);
    if (family_has(draft->family, part->layer, checksum)) {
        struct header header = header_at(draft, part, bytes);
        uint16_t sum = packet_checksum(chained, bytes, summed);
        field_write(checksum, &header, bytes, finished(part, sum));
        write_given(draft, part, bytes, true);
    }
}

static void build_transport(const struct draft *draft, uint8_t *at, size_t size)
{
    uint8_t protocol = draft->transport.layer->protocol[draft->family == AF_INET6];
    uint16_t pseudo = protocol == IPPROTO_ICMP ? 0
                                               : packet_pseudo(draft->family, &draft->source,
                                                               &draft->destination, protocol, size);
    build(draft, &draft->transport, at, size, pseudo, size);
}

size_t draft_size(const struct draft *draft)
{
    size_t first = draft->ip ? header_size(&draft->network, draft->family) : 0;
    return first + header_size(&draft->transport, draft->family) + draft->quote_size +
           draft->payload_size;
}

ssize_t draft_build(const struct draft *draft, uint8_t *out, size_t capacity)
{
    size_t first = draft->ip ? header_size(&draft->network, draft->family) : 0;
    size_t second = header_size(&draft->transport, draft->family);
    size_t size = draft_size(draft);
    if (size > capacity || draft->payload_size > DRAFT_PAYLOAD_MAX) {
        errno = EMSGSIZE;
        return -1;
    }
    memset(out, 0, first + second);
    memcpy(out + first + second, draft->quote, draft->quote_size);
    if (draft->payload_size > 0)
        memcpy(out + first + second + draft->quote_size, draft->payload, draft->payload_size);
    if (second > 0)
        build_transport(draft, out + first, size - first);
    if (first > 0)
        build(draft, &draft->network, out, size, 0, first);
    return (ssize_t)size;
}
