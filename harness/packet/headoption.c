/* SPDX-License-Identifier: MIT */
#include "packet/headoption.h"

#include "packet/fieldtable.h"

#include <string.h>

enum { END = 0, LEAD = 2 /* kind and length */, LENGTHS = 64, BLOCK = 8 };
enum { UNIT = 8, IP6_NEXT = 6 }; /* RFC 8200 */

/* --- the table ----------------------------------------------------------------------------- */

#define EXACTLY(length) (UINT64_C(1) << (length))
#define FROM_TO(least, most) ((EXACTLY(most) << 1) - EXACTLY(least))

#define AT(set, option, name, where)                                                               \
    static struct span at_##set##_##option##_##name(const struct header *header)                   \
    {                                                                                              \
        (void)header;                                                                              \
        return where;                                                                              \
    }
#define HEAD_VALUE(set, option, type, where, ...) AT(set, option, option, where)
#define HEAD_PART(set, option, name, type, where, ...) AT(set, option, name, where)
#include "packet/option.def"

/* The fields of all options, before those of each a line that ends those before. */
static const struct field parts[] = {
#define HEAD_OPTION(...) FIELD_END,
#define HEAD_VALUE(set, option, type, ...)                                                         \
    {#option, type, (uint32_t)ALL, FIELD_MADE, at_##set##_##option##_##option},
#define HEAD_PART(set, option, name, type, ...)                                                    \
    {#name, type, (uint32_t)ALL, FIELD_MADE, at_##set##_##option##_##name},
#include "packet/option.def"
    FIELD_END};

enum {
#define HEAD_OPTION(set, name, ...) BEFORE_##set##_##name,
#define HEAD_VALUE(set, option, ...) VALUE_##set##_##option,
#define HEAD_PART(set, option, name, ...) PART_##set##_##option##_##name,
#include "packet/option.def"
};

/* All sets, one behind the other. */
static const struct headoption_kind kinds[] = {
#define HEAD_OPTION(set, name, kind, experiment, lengths, form, ...)                               \
    {#name,                                                                                        \
     kind,                                                                                         \
     experiment,                                                                                   \
     lengths,                                                                                      \
     HEADOPTION_##form,                                                                            \
     &headoption_##set,                                                                            \
     parts + BEFORE_##set##_##name + 1},
#include "packet/option.def"
    {.name = NULL}};

enum {
#define HEAD_OPTION(set, name, ...) KIND_##set##_##name,
#include "packet/option.def"
};

const struct headoption_set headoption_tcp = {kinds + KIND_tcp_eol, OPTIONS_ROOM, false};
const struct headoption_set headoption_ip4 = {kinds + KIND_ip4_eol, OPTIONS_ROOM, false};
const struct headoption_set headoption_ip6 = {kinds + KIND_ip6_hopopts, EXTENSIONS_ROOM, true};

/* The layer of which options are headers, so that their fields are read as any others. */
static const struct layer option_layer = {.name = "option", .noun = "an option"};

const struct headoption_kind *headoption_named(const struct headoption_set *set, const char *name)
{
    const struct headoption_kind *kind = set->kinds;
    while (kind->form != HEADOPTION_RAW && strcmp(kind->name, name) != 0)
        kind++;
    return strcmp(kind->name, name) == 0 ? kind : NULL;
}

const struct field *headoption_field(const struct headoption_kind *kind, const char *name)
{
    const struct field *field = kind->fields;
    while (field->name != NULL && strcmp(field->name, name) != 0)
        field++;
    return field->name != NULL ? field : NULL;
}

/* --- reading ------------------------------------------------------------------------------- */

static bool is_kind(const struct headoption_kind *kind, uint8_t number, const uint8_t *bytes,
                    size_t size)
{
    bool experiment =
        kind->experiment == 0 || (size >= LEAD + 2 && bytes[LEAD] == kind->experiment >> 8 &&
                                  bytes[LEAD + 1] == (kind->experiment & 255));
    return size < LENGTHS && kind->kind == number && (kind->lengths >> size & 1) != 0 && experiment;
}

static bool is_alone(const struct headoption_set *set, uint8_t number)
{
    bool alone = false;
    if (set->chained)
        return false;
    for (const struct headoption_kind *kind = set->kinds; kind->form != HEADOPTION_RAW && !alone;
         kind++)
        alone = kind->kind == number && kind->lengths == EXACTLY(1);
    return alone;
}

static bool all_zeros(const uint8_t *bytes, size_t size)
{
    bool yes = true;
    for (size_t i = 0; i < size && yes; i++)
        yes = bytes[i] == 0;
    return yes;
}

/* The option at bytes, of which left are there. */
static void read_at(const struct headoption_set *set, uint8_t number, const uint8_t *bytes,
                    size_t left, struct headoption *option)
{
    bool alone = is_alone(set, number);
    size_t length = alone || left < LEAD ? 1 : bytes[1];
    if (set->chained && left >= LEAD)
        length = number == IPPROTO_FRAGMENT ? UNIT : (size_t)(bytes[1] + 1) * UNIT;
    const struct headoption_kind *kind = set->kinds;
    option->loose = !alone && left < LEAD;
    option->over = option->loose || length < (alone ? 1 : LEAD) || length > left;
    option->header.bytes = bytes;
    option->header.size = option->over ? left : length;
    while (kind->form != HEADOPTION_RAW && (option->over || !is_kind(kind, number, bytes, length)))
        kind++;
    option->kind = kind;
    option->number = number;
}

static const struct headoption_kind *raw_of(const struct headoption_set *set)
{
    const struct headoption_kind *kind = set->kinds;
    while (kind->form != HEADOPTION_RAW)
        kind++;
    return kind;
}

bool headoption_first(const struct headoption_set *set, const struct header *header,
                      const struct value *value, struct headoption *option)
{
    memset(option, 0, sizeof *option);
    option->header.family = header->family;
    option->header.packet = header->packet;
    if (value->size > 0)
        read_at(set, set->chained ? header->bytes[IP6_NEXT] : value->bytes[0], value->bytes,
                value->size, option);
    return value->size > 0;
}

bool headoption_next(const struct headoption_set *set, const struct value *value,
                     struct headoption *option)
{
    bool ended = !set->chained && option->number == END && !option->loose;
    size_t at = (size_t)(option->header.bytes - value->bytes) + option->header.size;
    size_t left = value->size - at;
    const uint8_t *bytes = value->bytes + at;
    if (option->over || left == 0 || (ended && all_zeros(bytes, left)))
        return false;
    read_at(set, set->chained ? option->header.bytes[0] : bytes[0], bytes, left, option);
    if (ended) {
        option->header.size = left;
        option->kind = raw_of(set);
        option->loose = option->over = true;
    }
    return true;
}

bool headoption_read(const struct headoption *option, const struct field *field,
                     struct value *value)
{
    return field_read(&option_layer, field, &option->header, value);
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

bool headoption_block(const struct headoption *option, const struct value *value, size_t i,
                      uint32_t block[2])
{
    const struct packet *packet = option->header.packet;
    uint32_t first = packet != NULL ? packet->first_of_receiver : 0;
    bool has = (i + 1) * BLOCK <= value->size;
    for (size_t k = 0; k < 2 && has; k++)
        block[k] = get32(value->bytes + i * BLOCK + k * 4) - first;
    return has;
}

/* --- making -------------------------------------------------------------------------------- */

static size_t least_length(const struct headoption_kind *kind, size_t wanted)
{
    size_t length = wanted;
    while (length < LENGTHS && (kind->lengths >> length & 1) == 0)
        length++;
    return length;
}

/* The option becomes of that size; false when it cannot. */
static bool become(struct headoption_draft *draft, size_t size)
{
    bool good = size <= sizeof draft->bytes;
    if (good) {
        draft->size = size;
        draft->bytes[1] = draft->number == IPPROTO_FRAGMENT && draft->kind->set->chained ? 0
                          : draft->kind->set->chained ? (uint8_t)(size / UNIT - 1)
                          : size >= LEAD              ? (uint8_t)size
                                                      : 0;
    }
    return good;
}

void headoption_begin(struct headoption_draft *draft, const struct headoption_kind *kind)
{
    memset(draft, 0, sizeof *draft);
    draft->kind = kind;
    if (kind->form == HEADOPTION_RAW)
        return;
    draft->number = kind->kind;
    become(draft, least_length(kind, 1));
    draft->bytes[0] = kind->set->chained ? 0 : kind->kind;
    if (kind->experiment != 0) {
        draft->bytes[LEAD] = (uint8_t)(kind->experiment >> 8);
        draft->bytes[LEAD + 1] = (uint8_t)kind->experiment;
    }
}

static struct header header_of(const struct headoption_draft *draft)
{
    return (struct header){.bytes = draft->bytes, .size = draft->size};
}

bool headoption_put(struct headoption_draft *draft, const struct field *field, int64_t number)
{
    struct header header = header_of(draft);
    struct span span = field->at(&header);
    size_t end = (span.bit + span.bits + 7) / 8;
    bool good = end <= draft->size || become(draft, least_length(draft->kind, end));
    header = header_of(draft);
    good = good && field_takes(field, &header, number);
    if (good)
        field_write(field, &header, draft->bytes, number);
    return good;
}

bool headoption_put_bytes(struct headoption_draft *draft, const struct field *field,
                          const uint8_t *bytes, size_t size)
{
    struct header header = header_of(draft);
    size_t at = field->at(&header).bit / 8;
    bool good = size < LENGTHS && at + size < LENGTHS &&
                (draft->kind->lengths >> (at + size) & 1) != 0 && become(draft, at + size);
    if (good && size > 0)
        memcpy(draft->bytes + at, bytes, size);
    return good;
}

bool headoption_put_raw(struct headoption_draft *draft, int64_t kind, int64_t length,
                        const uint8_t *bytes, size_t size)
{
    size_t lead = kind >= 0 ? LEAD : 0;
    bool chained = draft->kind->set->chained;
    int64_t right = chained ? (int64_t)((LEAD + size) / UNIT) - 1 : (int64_t)(LEAD + size);
    bool good = size <= sizeof draft->bytes - lead && kind <= UINT8_MAX && length <= UINT8_MAX &&
                (!chained || (kind >= 0 && (LEAD + size) % UNIT == 0));
    if (good && kind >= 0) {
        draft->number = (uint8_t)kind;
        draft->bytes[0] = chained ? 0 : (uint8_t)kind;
        draft->bytes[1] = (uint8_t)(length >= 0 ? length : right);
    }
    if (good && size > 0)
        memcpy(draft->bytes + lead, bytes, size);
    if (good)
        draft->size = lead + size;
    return good;
}
