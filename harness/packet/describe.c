/* SPDX-License-Identifier: MIT */
#include "packet/describe.h"

#include "base/arena.h"
#include "packet/icmp.h"
#include "packet/kind.h"
#include "packet/layers.h"
#include "packet/optiontext.h"
#include "packet/payload.h"
#include "packet/sctp.h"
#include "packet/tcp.h"
#include "packet/udp.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 64 /* bytes of a payload */

/* --- text -------------------------------------------------------------------------------- */

static void put(struct compact *text, const char *string)
{
    compact_string(text, string, strlen(string));
}

/* --- values ------------------------------------------------------------------------------ */

static void put_flags(struct compact *text, const struct field *field, uint32_t kind, int64_t bits)
{
    char rest[24];
    bool more = false;
    compact_raw(text, "[", 1);
    for (const struct flag *one = field->flags; one->name != NULL; one++) {
        if ((one->bearers & kind) == 0 || (bits & one->bit) == 0)
            continue;
        compact_next(text, &more);
        put(text, one->name);
        bits &= ~(int64_t)one->bit;
    }
    if (bits != 0) { /* flags without a name are there as well */
        snprintf(rest, sizeof rest, "0x%llx", (unsigned long long)bits);
        compact_next(text, &more);
        put(text, rest);
    }
    compact_raw(text, "]", 1);
}

static void put_checksum(struct compact *text, const struct value *value)
{
    switch (value->sum) {
    case SUM_RIGHT:
        put(text, "valid");
        break;
    case SUM_WRONG:
        put(text, "bad");
        break;
    case SUM_NONE:
        compact_integer(text, 0);
        break;
    }
}

static void put_chunk(struct compact *text, int64_t type)
{
    const char *name = chunk_name((uint8_t)type);
    char number[32];
    snprintf(number, sizeof number, "type %lld", (long long)type);
    put(text, name != NULL ? name : number);
}

static void put_value(struct compact *text, const struct layer *layer, const struct field *field,
                      const struct header *header, const struct value *value,
                      const struct naming *naming)
{
    char digits[INET6_ADDRSTRLEN];
    switch (field->type) {
    case FIELD_NUMBER:
        compact_integer(text, value->number);
        break;
    case FIELD_FLAGS:
        put_flags(text, field, layer_kind(layer, header), value->number);
        break;
    case FIELD_CHECKSUM:
        put_checksum(text, value);
        break;
    case FIELD_HOST:
        put(text, naming_name(naming, header->family, &value->host, digits));
        break;
    case FIELD_CHUNK:
        put_chunk(text, value->number);
        break;
    case FIELD_WORD:
        put(text, field->words[value->number]);
        break;
    case FIELD_BYTES:
        compact_bytes(text, value->bytes, value->size < SHOWN ? value->size : SHOWN);
        break;
    case FIELD_OPTIONS:
        optiontext_write(text, field->options, header, value);
        break;
    case FIELD_PACKET: /* which the payload tells */
    case FIELD_BLOCKS:
        break; /* of an option, which tells them */
    }
}

/* --- layers ------------------------------------------------------------------------------ */

/* How many parts there are the list of them says as well, which stands under that name. */
static const char parts_name[] = "chunks";

static bool is_list(const struct layer *layer, const struct field *field)
{
    return layer->parts != NULL && strcmp(field->name, parts_name) == 0;
}

/* A list of options in which there is none need not be told. */
static bool is_empty(const struct field *field, const struct value *value)
{
    return field->type == FIELD_OPTIONS && value->size == 0;
}

static void put_fields(struct compact *text, const struct layer *layer, const struct header *header,
                       const struct naming *naming, bool *more)
{
    struct value value;
    for (const struct field *field = layer->fields; field->name != NULL; field++) {
        if (!field->told || is_list(layer, field) || !field_read(layer, field, header, &value) ||
            is_empty(field, &value))
            continue;
        compact_key(text, field->name, more);
        put_value(text, layer, field, header, &value, naming);
    }
}

static void put_chunks(struct compact *text, const struct packet *packet,
                       const struct naming *naming)
{
    struct chunk chunk;
    bool more = false;
    compact_raw(text, "[", 1);
    for (bool is = chunk_first(&chunk, packet); is; is = chunk_next(&chunk, packet)) {
        struct header header = sctp_chunk(packet, &chunk);
        bool another = false;
        compact_next(text, &more);
        compact_raw(text, "{", 1);
        put_fields(text, &chunk_layer, &header, naming, &another);
        compact_raw(text, "}", 1);
    }
    compact_raw(text, "]", 1);
}

static void put_payload(struct compact *text, const struct header *header, bool *more)
{
    size_t size = header->size < SHOWN ? header->size : SHOWN;
    bool is_text = compact_printable(header->bytes, size);
    compact_key(text, "length", more);
    compact_integer(text, (json_int_t)header->size);
    if (size == 0)
        return;
    compact_key(text, is_text ? "text" : "hex", more);
    if (is_text)
        compact_string(text, (const char *)header->bytes, size);
    else
        compact_hex(text, header->bytes, size);
}

static void put_layer(struct compact *text, const struct layer *layer, const struct header *header,
                      const struct packet *packet, const struct naming *naming)
{
    bool more = false;
    compact_raw(text, "{", 1);
    if (layer == &payload_layer)
        put_payload(text, header, &more);
    else
        put_fields(text, layer, header, naming, &more);
    if (layer->parts != NULL) {
        compact_key(text, parts_name, &more);
        put_chunks(text, packet, naming);
    }
    compact_raw(text, "}", 1);
}

static void put_kinds(struct compact *text, const struct packet *packet)
{
    unsigned kinds = packet_kinds(packet);
    bool more = false;
    compact_raw(text, "[", 1);
    for (size_t i = 0; kind_names[i] != NULL; i++) {
        if ((kinds >> i & 1) == 0)
            continue;
        compact_next(text, &more);
        put(text, kind_names[i]);
    }
    compact_raw(text, "]", 1);
}

void packet_write(struct compact *text, const struct packet *packet, const struct naming *naming)
{
    bool more = false;
    compact_raw(text, "{", 1);
    compact_key(text, "kinds", &more);
    put_kinds(text, packet);
    for (const struct layer *const *one = packet_layers; *one != NULL; one++) {
        struct header header;
        if (!layers_header(*one, packet, &header))
            continue;
        compact_key(text, (*one)->name, &more);
        put_layer(text, *one, &header, packet, naming);
    }
    compact_raw(text, "}", 1);
}

/* --- JSON -------------------------------------------------------------------------------- */

static json_t *read_back(const struct compact *text)
{
    return json_loadb(text->out, text->size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
}

json_t *packet_describe(const struct packet *packet, const struct naming *naming)
{
    char few[4096];
    struct compact text = {few, sizeof few, 0};
    packet_write(&text, packet, naming);
    if (text.size <= text.room)
        return read_back(&text);
    text = (struct compact){arena_must(malloc(text.size)), text.size, 0};
    packet_write(&text, packet, naming);
    json_t *description = read_back(&text);
    free(text.out);
    return description;
}

json_t *describe_value(const struct layer *layer, const struct field *field,
                       const struct header *header, const struct value *value,
                       const struct naming *naming)
{
    char room[1024]; /* for the names of all flags, for SHOWN bytes however they are written, and
                        for 40 options of a byte each */
    struct compact text = {room, sizeof room, 0};
    put_value(&text, layer, field, header, value, naming);
    return read_back(&text);
}

/* --- lines ------------------------------------------------------------------------------- */

/* A line being written; what does not fit is cut off. */
struct line {
    char *at;
    size_t left;
};

static void say_bytes(struct line *line, const char *bytes, size_t size)
{
    size_t used = size < line->left ? size : line->left > 0 ? line->left - 1 : 0;
    memcpy(line->at, bytes, used);
    line->at += used;
    line->left -= used;
}

static void say(struct line *line, const char *text)
{
    say_bytes(line, text, strlen(text));
}

static void say_number(struct line *line, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    say_bytes(line, digits + at, sizeof digits - at);
}

/* The field's number; -1 when the header has none. */
static int64_t number_of(const struct layer *layer, const struct header *header, const char *name)
{
    struct value value;
    const struct field *field = layer_field(layer, name);
    return field_read(layer, field, header, &value) ? value.number : -1;
}

/* " NAME NUMBER" for each of the fields that the header has. */
static void say_fields(struct line *line, const struct layer *layer, const struct header *header,
                       const char *const *names)
{
    for (; *names != NULL; names++) {
        int64_t number = number_of(layer, header, *names);
        if (number < 0)
            continue;
        say(line, " ");
        say(line, *names);
        say(line, " ");
        say_number(line, (uint64_t)number);
    }
}

/* " <mss 1460,sackok>": all but padding. */
static void say_options(struct line *line, const struct layer *layer, const struct header *header)
{
    const struct field *field = layer_field(layer, "options");
    char names[OPTIONTEXT_LINE];
    struct value value;
    if (!field_read(layer, field, header, &value) ||
        optiontext_line(field->options, header, &value, names) == 0)
        return;
    say(line, " <");
    say(line, names);
    say(line, ">");
}

static void say_tcp(struct line *line, const struct packet *packet, const struct header *header,
                    bool options)
{
    static const char *const numbers[] = {"seq", "ack", NULL};
    const char *comma = "";
    bool ack = packet_has_kind(packet, "ack");
    int64_t flags = number_of(&tcp_layer, header, "flags");
    say(line, " tcp ");
    for (const struct flag *one = layer_field(&tcp_layer, "flags")->flags; one->name != NULL; one++)
        if ((flags & one->bit) != 0) {
            say(line, comma);
            say(line, one->name);
            comma = ",";
        }
    say(line, *comma == '\0' ? "-" : "");
    say_fields(line, &tcp_layer, header, ack ? numbers : (const char *const[]){"seq", NULL});
    if (options)
        say_options(line, &tcp_layer, header);
}

static void say_chunk(struct line *line, const struct chunk *chunk, const struct header *header)
{
    static const char *const data[] = {"tsn", "stream", "ssn", NULL};
    static const char *const others[] = {"gaps", "cause", NULL};
    const char *name = chunk_name(chunk->type);
    say(line, name != NULL ? name : "chunk type ");
    if (name == NULL)
        say_number(line, chunk->type);
    int64_t acknowledged =
        chunk->type == CHUNK_SACK ? number_of(&chunk_layer, header, "cum_tsn") : -1;
    if (acknowledged >= 0) {
        say(line, " ");
        say_number(line, (uint64_t)acknowledged);
    }
    say_fields(line, &chunk_layer, header, chunk->type == CHUNK_DATA ? data : others);
}

static void say_sctp(struct line *line, const struct packet *packet)
{
    struct chunk chunk;
    const char *comma = " ";
    say(line, " sctp");
    for (bool more = chunk_first(&chunk, packet); more; more = chunk_next(&chunk, packet)) {
        struct header header = sctp_chunk(packet, &chunk);
        say(line, comma);
        say_chunk(line, &chunk, &header);
        comma = ", ";
    }
}

static void say_transport(struct line *line, const struct packet *packet, bool options)
{
    static const char *const icmp[] = {"type", "code", "id", "seq", NULL};
    struct header header;
    if (layers_header(&tcp_layer, packet, &header)) {
        say_tcp(line, packet, &header, options);
    } else if (layers_header(&udp_layer, packet, &header)) {
        say(line, " udp");
    } else if (layers_header(&sctp_layer, packet, &header)) {
        say_sctp(line, packet);
    } else if (layers_header(&icmp_layer, packet, &header)) {
        say(line, " icmp");
        say_fields(line, &icmp_layer, &header, icmp);
    } else {
        say(line, " protocol ");
        say_number(line, packet->protocol);
        say(line, packet->fragment ? " fragment" : "");
    }
}

static void say_packet(struct line *line, const struct packet *packet, const struct naming *naming,
                       bool options)
{
    char source[INET6_ADDRSTRLEN];
    char destination[INET6_ADDRSTRLEN];
    say(line, naming_name(naming, packet->family, &packet->source, source));
    say(line, " > ");
    say(line, naming_name(naming, packet->family, &packet->destination, destination));
    say_transport(line, packet, options);
    say(line, " ");
    say_number(line, packet->payload_size);
    say(line, " bytes");
    say(line, packet->checksum_valid ? "" : " bad checksum");
}

static void write_line(const struct packet *packet, const struct naming *naming, bool options,
                       char *out, size_t size)
{
    struct line line = {out, size};
    if (packet->family != 0) {
        say_packet(&line, packet, naming, options);
    } else {
        say(&line, "not IP, ");
        say_number(&line, packet->size);
        say(&line, " bytes");
    }
    if (size > 0)
        *line.at = '\0';
}

void packet_brief(const struct packet *packet, const struct naming *naming, char *out, size_t size)
{
    write_line(packet, naming, false, out, size);
}

void packet_line(const struct packet *packet, const struct naming *naming, char *out, size_t size)
{
    write_line(packet, naming, true, out, size);
}
