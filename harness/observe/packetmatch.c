/* SPDX-License-Identifier: MIT */
#include "observe/packetmatch.h"

#include "observe/match.h"
#include "observe/optionmatch.h"
#include "packet/describe.h"
#include "packet/ip.h"
#include "packet/kind.h"
#include "packet/layers.h"
#include "packet/payload.h"
#include "packet/sctp.h"

#include <stdio.h>
#include <string.h>

enum { COUNTED = 64 }; /* fields of one expectation that are told apart */

/* What the packet, or one chunk of it, is to the fields of an expectation. */
struct finding {
    bool differs;
    struct answered fields;
};

struct comparison {
    const struct packet *packet;
    const struct naming *naming;
    unsigned number; /* of the next field of the expectation */
};

static uint64_t bit_of(unsigned number)
{
    return number < COUNTED ? UINT64_C(1) << number : 0;
}

/* --- one field --------------------------------------------------------------------------- */

/* What is compared with the expectation. A checksum is what it is worth, and a number as well; a
   host may be named alone or as an address. */
static json_t *observed_json(const struct layer *layer, const struct field *field,
                             const struct header *header, const struct value *value,
                             const struct naming *naming)
{
    json_t *json = describe_value(layer, field, header, value, naming);
    if (field->type == FIELD_CHECKSUM)
        json = json_pack("{s:[o, I]}", "is", json, (json_int_t)value->number);
    else if (field->type == FIELD_HOST)
        json = json_pack("{s:O, s:[o]}", "host", json, "is", json);
    return json;
}

static bool equals(const struct node *expected, const struct layer *layer,
                   const struct field *field, const struct header *header,
                   const struct value *value, const struct naming *naming)
{
    struct pattern none = {0, 0}; /* lint refuses patterns: whose would it be? */
    if (field->type == FIELD_BYTES)
        return match_bytes(expected, value->bytes, value->size, &none);
    struct packet quoted;
    if (field->type == FIELD_PACKET)
        return packet_quoted(header->packet, &quoted) &&
               packetmatch(expected, &quoted, naming, NULL);
    if (field->type == FIELD_OPTIONS)
        return optionmatch(expected, field->options, header, value);
    json_t *observed = observed_json(layer, field, header, value, naming);
    bool yes = match_value(expected, observed);
    json_decref(observed);
    return yes;
}

/* header NULL: the packet has no such layer, or was given without it. */
static void compare(struct finding *finding, const struct comparison *with, unsigned number,
                    const struct node *expected, const struct layer *layer,
                    const struct header *header, const char *name)
{
    const struct field *field = layer_field(layer, name);
    struct value value;
    if (header == NULL && layer == &ip_layer && with->packet->headless) {
        finding->fields.lacked |= bit_of(number);
    } else if (header == NULL || field == NULL) {
        finding->differs = true;
    } else if (!field_borne(layer, field, header)) {
        finding->fields.lacked |= bit_of(number);
    } else {
        finding->fields.had |= bit_of(number);
        finding->differs = finding->differs || !field_read(layer, field, header, &value) ||
                           !equals(expected, layer, field, header, &value, with->naming);
    }
}

/* --- layers ------------------------------------------------------------------------------ */

/* The layer's fields, and those of one part of it (part NULL: it has none such). */
static struct finding compare_fields(const struct comparison *with, const struct node *expected,
                                     const struct layer *layer, const struct header *header,
                                     const struct header *part)
{
    struct finding finding = {false, {0, 0}};
    unsigned number = with->number;
    for (const struct node *one = expected->first; one != NULL; one = one->next, number++) {
        bool of_part = layer->parts != NULL && layer_field(layer->parts, one->key) != NULL;
        compare(&finding, with, number, one, of_part ? layer->parts : layer,
                of_part ? part : header, one->key);
    }
    return finding;
}

static bool fits(const struct finding *finding)
{
    return !finding->differs && finding->fields.lacked == 0;
}

/* Either of two parts: what either of them had, and the better one. */
static struct finding better(struct finding one, struct finding other)
{
    struct finding best = fits(&one) || other.differs ? one : other;
    if (!one.differs && !other.differs && !fits(&best))
        best.fields.lacked = one.fields.lacked | other.fields.lacked;
    best.fields.had = one.fields.had | other.fields.had;
    return best;
}

/* Any of the chunks: which one, is free. */
static struct finding compare_parts(const struct comparison *with, const struct node *expected,
                                    const struct layer *layer, const struct header *header)
{
    struct chunk chunk;
    struct finding best = {true, {0, 0}};
    bool more = chunk_first(&chunk, with->packet);
    if (!more)
        return compare_fields(with, expected, layer, header, NULL);
    for (; more; more = chunk_next(&chunk, with->packet)) {
        struct header part = sctp_chunk(with->packet, &chunk);
        best = better(best, compare_fields(with, expected, layer, header, &part));
    }
    return best;
}

static struct finding compare_layer(const struct comparison *with, const struct node *expected,
                                    const struct layer *layer)
{
    struct finding finding = {true, {0, 0}};
    struct header header;
    bool has = layers_header(layer, with->packet, &header);
    if (has && layer == &payload_layer) {
        finding.differs = false;
        compare(&finding, with, with->number, expected, layer, &header, "payload");
    } else if (layer == &ip_layer) {
        finding = compare_fields(with, expected, layer, has ? &header : NULL, NULL);
    } else if (has && layer->parts != NULL) {
        finding = compare_parts(with, expected, layer, &header);
    } else if (has) {
        finding = compare_fields(with, expected, layer, &header, NULL);
    }
    return finding;
}

static struct finding compare_to(const struct comparison *with, const struct node *expected)
{
    struct finding finding = {false, {0, 0}};
    struct header header;
    bool has = layers_header(&ip_layer, with->packet, &header);
    compare(&finding, with, with->number, expected, &ip_layer, has ? &header : NULL, "dst");
    return finding;
}

/* --- packets ----------------------------------------------------------------------------- */

static struct finding compare_member(const struct comparison *with, const struct node *one)
{
    struct finding finding = {false, {0, 0}};
    const struct layer *layer = layers_find(one->key);
    if (strcmp(one->key, "packet") == 0)
        finding.differs = !packet_has_kind(with->packet, one->text);
    else if (strcmp(one->key, "to") == 0)
        finding = compare_to(with, one);
    else if (layer != NULL && (one->kind == NODE_MAP || layer == &payload_layer))
        finding = compare_layer(with, one, layer);
    else if (layer != NULL)
        finding.differs = true; /* a saved value is no layer */
    return finding;
}

/* How many fields a member of an expectation names. */
static unsigned fields_of(const struct node *one)
{
    bool several = layers_find(one->key) != NULL && strcmp(one->key, "payload") != 0;
    return several ? (unsigned)one->count : 1;
}

bool packetmatch(const struct node *expected, const struct packet *packet,
                 const struct naming *naming, struct answered *answered)
{
    struct comparison with = {.packet = packet, .naming = naming};
    struct finding all = {false, {0, 0}};
    if (expected->kind == NODE_SCALAR)
        return packet_has_kind(packet, expected->text);
    for (const struct node *one = expected->first; one != NULL; one = one->next) {
        struct finding finding = compare_member(&with, one);
        all.differs = all.differs || finding.differs;
        all.fields.had |= finding.fields.had;
        all.fields.lacked |= finding.fields.lacked;
        with.number += fields_of(one);
    }
    if (answered != NULL) {
        answered->had |= all.fields.had;
        answered->lacked |= all.differs ? 0 : all.fields.lacked;
    }
    return fits(&all);
}

bool packetmatch_unanswered(const struct node *expected, const struct answered *answered, char *out,
                            size_t size)
{
    uint64_t open = answered->lacked & ~answered->had;
    unsigned first = 0;
    for (const struct node *one = expected->first; one != NULL && open != 0; one = one->next) {
        unsigned number = first;
        for (const struct node *field = one->first; field != NULL; field = field->next, number++)
            if ((open & bit_of(number)) != 0) {
                snprintf(out, size, "%s.%s", one->key, field->key);
                return true;
            }
        first += fields_of(one);
    }
    return false;
}
