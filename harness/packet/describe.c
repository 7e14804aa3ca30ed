/* SPDX-License-Identifier: MIT */
#include "packet/describe.h"

#include "packet/icmp.h"
#include "packet/kind.h"
#include "packet/layers.h"
#include "packet/payload.h"
#include "packet/sctp.h"
#include "packet/tcp.h"
#include "packet/udp.h"

#include <arpa/inet.h>
#include <string.h>

#define SHOWN 64 /* bytes of a payload */

static void put(json_t *object, const char *key, json_t *value)
{
    json_object_set_new_nocheck(object, key, value);
}

/* --- values ------------------------------------------------------------------------------ */

static json_t *flags_json(const struct field *field, uint32_t kind, int64_t bits)
{
    json_t *list = json_array();
    for (const struct flag *one = field->flags; one->name != NULL; one++) {
        if ((one->bearers & kind) == 0 || (bits & one->bit) == 0)
            continue;
        json_array_append_new(list, json_string_nocheck(one->name));
        bits &= ~(int64_t)one->bit;
    }
    if (bits != 0) /* flags without a name are there as well */
        json_array_append_new(list, json_sprintf("0x%llx", (unsigned long long)bits));
    return list;
}

static json_t *checksum_json(const struct value *value)
{
    json_t *json = NULL;
    switch (value->sum) {
    case SUM_RIGHT:
        json = json_string_nocheck("valid");
        break;
    case SUM_WRONG:
        json = json_string_nocheck("bad");
        break;
    case SUM_NONE:
        json = json_integer(0);
        break;
    }
    return json;
}

static json_t *chunk_json(int64_t type)
{
    const char *name = chunk_name((uint8_t)type);
    return name != NULL ? json_string_nocheck(name) : json_sprintf("type %lld", (long long)type);
}

static bool printable(const uint8_t *bytes, size_t size)
{
    bool yes = true;
    for (size_t i = 0; i < size && yes; i++)
        yes = bytes[i] >= ' ' && bytes[i] <= '~';
    return yes;
}

static json_t *hex_json(const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * SHOWN];
    for (size_t i = 0; i < size; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    return json_stringn_nocheck(hex, 2 * size);
}

static json_t *bytes_json(const struct value *value)
{
    size_t size = value->size < SHOWN ? value->size : SHOWN;
    if (printable(value->bytes, size))
        return json_stringn_nocheck((const char *)value->bytes, size);
    return json_pack("{s:o}", "hex", hex_json(value->bytes, size));
}

json_t *describe_value(const struct layer *layer, const struct field *field,
                       const struct header *header, const struct value *value,
                       const struct naming *naming)
{
    char digits[INET6_ADDRSTRLEN];
    json_t *json = NULL;
    switch (field->type) {
    case FIELD_NUMBER:
        json = json_integer(value->number);
        break;
    case FIELD_FLAGS:
        json = flags_json(field, layer_kind(layer, header), value->number);
        break;
    case FIELD_CHECKSUM:
        json = checksum_json(value);
        break;
    case FIELD_HOST:
        json = json_string(naming_name(naming, header->family, &value->host, digits));
        break;
    case FIELD_CHUNK:
        json = chunk_json(value->number);
        break;
    case FIELD_BYTES:
        json = bytes_json(value);
        break;
    }
    return json;
}

/* --- layers ------------------------------------------------------------------------------ */

static json_t *layer_json(const struct layer *layer, const struct header *header,
                          const struct naming *naming)
{
    json_t *object = json_object();
    struct value value;
    for (const struct field *field = layer->fields; field->name != NULL; field++)
        if (field_read(layer, field, header, &value))
            put(object, field->name, describe_value(layer, field, header, &value, naming));
    return object;
}

static json_t *chunks_json(const struct packet *packet, const struct naming *naming)
{
    json_t *list = json_array();
    struct chunk chunk;
    for (bool more = chunk_first(&chunk, packet); more; more = chunk_next(&chunk, packet)) {
        struct header header = sctp_chunk(packet, &chunk);
        json_array_append_new(list, layer_json(&chunk_layer, &header, naming));
    }
    return list;
}

static json_t *payload_json(const struct header *header)
{
    size_t size = header->size < SHOWN ? header->size : SHOWN;
    json_t *payload = json_pack("{s:I}", "length", (json_int_t)header->size);
    if (size > 0 && printable(header->bytes, size))
        put(payload, "text", json_stringn_nocheck((const char *)header->bytes, size));
    else if (size > 0)
        put(payload, "hex", hex_json(header->bytes, size));
    return payload;
}

static json_t *kinds_json(const struct packet *packet)
{
    json_t *list = json_array();
    unsigned kinds = packet_kinds(packet);
    for (size_t i = 0; kind_names[i] != NULL; i++)
        if ((kinds >> i & 1) != 0)
            json_array_append_new(list, json_string_nocheck(kind_names[i]));
    return list;
}

json_t *packet_describe(const struct packet *packet, const struct naming *naming)
{
    json_t *description = json_object();
    put(description, "kinds", kinds_json(packet));
    for (const struct layer *const *one = packet_layers; *one != NULL; one++) {
        struct header header;
        if (!layers_header(*one, packet, &header))
            continue;
        json_t *json =
            *one == &payload_layer ? payload_json(&header) : layer_json(*one, &header, naming);
        if ((*one)->parts != NULL)
            put(json, "chunks", chunks_json(packet, naming));
        put(description, (*one)->name, json);
    }
    return description;
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

static void say_tcp(struct line *line, const struct packet *packet, const struct header *header)
{
    static const char *const numbers[] = {"seq", "ack", NULL};
    const char *comma = "";
    bool ack = packet_has_kind(packet, "ack");
    say(line, " tcp ");
    for (const struct flag *one = layer_field(&tcp_layer, "flags")->flags; one->name != NULL; one++)
        if ((packet->tcp_flags & one->bit) != 0) {
            say(line, comma);
            say(line, one->name);
            comma = ",";
        }
    say(line, *comma == '\0' ? "-" : "");
    say_fields(line, &tcp_layer, header, ack ? numbers : (const char *const[]){"seq", NULL});
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

static void say_transport(struct line *line, const struct packet *packet)
{
    static const char *const icmp[] = {"type", "code", "id", "seq", NULL};
    struct header header;
    if (layers_header(&tcp_layer, packet, &header)) {
        say_tcp(line, packet, &header);
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

static void say_packet(struct line *line, const struct packet *packet, const struct naming *naming)
{
    char source[INET6_ADDRSTRLEN];
    char destination[INET6_ADDRSTRLEN];
    say(line, naming_name(naming, packet->family, &packet->source, source));
    say(line, " > ");
    say(line, naming_name(naming, packet->family, &packet->destination, destination));
    say_transport(line, packet);
    say(line, " ");
    say_number(line, packet->payload_size);
    say(line, " bytes");
    say(line, packet->checksum_valid ? "" : " bad checksum");
}

void packet_line(const struct packet *packet, const struct naming *naming, char *out, size_t size)
{
    struct line line = {out, size};
    if (packet->family != 0) {
        say_packet(&line, packet, naming);
    } else {
        say(&line, "not IP, ");
        say_number(&line, packet->size);
        say(&line, " bytes");
    }
    if (size > 0)
        *line.at = '\0';
}
