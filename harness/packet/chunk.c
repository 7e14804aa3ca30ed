#include "packet/chunk.h"

#include <stdio.h>
#include <string.h>

enum {
    CHUNK_HEADER = 4,
    FLAG_END = 1, /* of DATA: E, B, U, I (RFC 9260 section 3.3.1) */
    FLAG_BEGIN = 2,
    FLAG_UNORDERED = 4,
    FLAG_IMMEDIATE = 8,
    FLAG_TAG = 1, /* T of ABORT and SHUTDOWN COMPLETE */
    SHOWN = 64    /* bytes of data */
};

static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)get16(at) << 16 | get16(at + 2);
}

/* Reads the chunk at at, which lies before end. */
static bool read_chunk(struct chunk *chunk, const uint8_t *at, const uint8_t *end)
{
    size_t left = at < end ? (size_t)(end - at) : 0;
    size_t length = left >= CHUNK_HEADER ? get16(at + 2) : 0;
    if (length < CHUNK_HEADER)
        return false;
    size_t padded = (length + 3) / 4 * 4;
    chunk->type = at[0];
    chunk->flags = at[1];
    chunk->body = at + CHUNK_HEADER;
    chunk->body_size = (length < left ? length : left) - CHUNK_HEADER;
    chunk->next = padded < left ? at + padded : end;
    return true;
}

static const uint8_t *end_of(const struct packet *packet)
{
    return packet->frame + packet->payload + packet->payload_size;
}

bool chunk_first(struct chunk *chunk, const struct packet *packet)
{
    bool sctp = packet->protocol == IPPROTO_SCTP && packet->payload > packet->transport;
    return sctp && read_chunk(chunk, packet->frame + packet->payload, end_of(packet));
}

bool chunk_next(struct chunk *chunk, const struct packet *packet)
{
    return read_chunk(chunk, chunk->next, end_of(packet));
}

bool chunk_has(const struct packet *packet, enum chunk_type type)
{
    struct chunk chunk;
    bool found = false;
    for (bool more = chunk_first(&chunk, packet); more && !found; more = chunk_next(&chunk, packet))
        found = chunk.type == type;
    return found;
}

const char *chunk_name(uint8_t type)
{
    static const struct {
        enum chunk_type type;
        const char *name;
    } names[] = {{CHUNK_DATA, "DATA"},
                 {CHUNK_INIT, "INIT"},
                 {CHUNK_INIT_ACK, "INIT_ACK"},
                 {CHUNK_SACK, "SACK"},
                 {CHUNK_HEARTBEAT, "HEARTBEAT"},
                 {CHUNK_HEARTBEAT_ACK, "HEARTBEAT_ACK"},
                 {CHUNK_ABORT, "ABORT"},
                 {CHUNK_SHUTDOWN, "SHUTDOWN"},
                 {CHUNK_SHUTDOWN_ACK, "SHUTDOWN_ACK"},
                 {CHUNK_ERROR, "ERROR"},
                 {CHUNK_COOKIE_ECHO, "COOKIE_ECHO"},
                 {CHUNK_COOKIE_ACK, "COOKIE_ACK"},
                 {CHUNK_ECNE, "ECNE"},
                 {CHUNK_CWR, "CWR"},
                 {CHUNK_SHUTDOWN_COMPLETE, "SHUTDOWN_COMPLETE"},
                 {CHUNK_AUTH, "AUTH"},
                 {CHUNK_I_DATA, "I_DATA"},
                 {CHUNK_ASCONF_ACK, "ASCONF_ACK"},
                 {CHUNK_RE_CONFIG, "RE_CONFIG"},
                 {CHUNK_PAD, "PAD"},
                 {CHUNK_FORWARD_TSN, "FORWARD_TSN"},
                 {CHUNK_ASCONF, "ASCONF"},
                 {CHUNK_I_FORWARD_TSN, "I_FORWARD_TSN"}};
    const char *name = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && name == NULL; i++)
        if (names[i].type == type)
            name = names[i].name;
    return name;
}

static bool begins(const struct chunk *chunk)
{
    return chunk->type == CHUNK_INIT || chunk->type == CHUNK_INIT_ACK;
}

uint32_t chunk_tsn(const struct chunk *chunk)
{
    return chunk->body_size >= 4 ? get32(chunk->body) : 0;
}

bool chunk_initial_tsn(const struct packet *packet, uint32_t *tsn)
{
    struct chunk chunk;
    bool found = chunk_first(&chunk, packet) && begins(&chunk) && chunk.body_size >= 16;
    if (found)
        *tsn = get32(chunk.body + 12);
    return found;
}

/* --- in words ------------------------------------------------------------------------------ */

static void put_number(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new_nocheck(object, key, json_integer((json_int_t)value));
}

static uint32_t own_tsn(const struct packet *packet, const struct flows *flows, uint32_t tsn)
{
    return flows != NULL ? flows_tsn(flows, packet, true, tsn) : tsn;
}

static uint32_t peer_tsn(const struct packet *packet, const struct flows *flows, uint32_t tsn)
{
    return flows != NULL ? flows_tsn(flows, packet, false, tsn) : tsn;
}

static json_t *flags_json(const struct chunk *chunk)
{
    static const struct {
        uint8_t bit;
        const char *name;
    } data[] = {{FLAG_BEGIN, "B"}, {FLAG_END, "E"}, {FLAG_UNORDERED, "U"}, {FLAG_IMMEDIATE, "I"}};
    json_t *list = json_array();
    if (chunk->type == CHUNK_DATA || chunk->type == CHUNK_I_DATA)
        for (size_t i = 0; i < sizeof data / sizeof *data; i++)
            if (chunk->flags & data[i].bit)
                json_array_append_new(list, json_string_nocheck(data[i].name));
    if ((chunk->type == CHUNK_ABORT || chunk->type == CHUNK_SHUTDOWN_COMPLETE) &&
        chunk->flags & FLAG_TAG)
        json_array_append_new(list, json_string_nocheck("T"));
    return list;
}

static void describe_bytes(json_t *object, const uint8_t *bytes, size_t size)
{
    size_t shown = size < SHOWN ? size : SHOWN;
    bool printable = true;
    for (size_t i = 0; i < shown; i++)
        printable = printable && bytes[i] >= ' ' && bytes[i] <= '~';
    if (printable)
        json_object_set_new_nocheck(object, "data",
                                    json_stringn_nocheck((const char *)bytes, shown));
}

static void describe_data(json_t *object, const struct chunk *chunk, const struct packet *packet,
                          const struct flows *flows)
{
    if (chunk->body_size < 12)
        return;
    put_number(object, "tsn", own_tsn(packet, flows, get32(chunk->body)));
    put_number(object, "stream", get16(chunk->body + 4));
    put_number(object, "ssn", get16(chunk->body + 6));
    put_number(object, "ppid", get32(chunk->body + 8));
    put_number(object, "size", chunk->body_size - 12);
    describe_bytes(object, chunk->body + 12, chunk->body_size - 12);
}

static void describe_init(json_t *object, const struct chunk *chunk)
{
    if (chunk->body_size < 16)
        return;
    put_number(object, "init_tag", get32(chunk->body));
    put_number(object, "a_rwnd", get32(chunk->body + 4));
    put_number(object, "out_streams", get16(chunk->body + 8));
    put_number(object, "in_streams", get16(chunk->body + 10));
}

static void describe_sack(json_t *object, const struct chunk *chunk, const struct packet *packet,
                          const struct flows *flows)
{
    if (chunk->body_size < 12)
        return;
    put_number(object, "cum_tsn", peer_tsn(packet, flows, get32(chunk->body)));
    put_number(object, "a_rwnd", get32(chunk->body + 4));
    put_number(object, "gaps", get16(chunk->body + 8));
    put_number(object, "duplicates", get16(chunk->body + 10));
}

/* The first cause of an ABORT or ERROR (RFC 9260 section 3.3.10). */
static void describe_cause(json_t *object, const struct chunk *chunk)
{
    if (chunk->body_size < 4)
        return;
    size_t length = get16(chunk->body + 2);
    put_number(object, "cause", get16(chunk->body));
    if (length >= 4 && length <= chunk->body_size)
        describe_bytes(object, chunk->body + 4, length - 4);
}

static json_t *describe_one(const struct chunk *chunk, const struct packet *packet,
                            const struct flows *flows)
{
    const char *name = chunk_name(chunk->type);
    json_t *object = json_object();
    json_object_set_new_nocheck(object, "chunk",
                                name != NULL ? json_string_nocheck(name)
                                             : json_sprintf("type %u", chunk->type));
    json_object_set_new_nocheck(object, "flags", flags_json(chunk));
    put_number(object, "length", chunk->body_size + CHUNK_HEADER);
    if (chunk->type == CHUNK_DATA)
        describe_data(object, chunk, packet, flows);
    else if (begins(chunk))
        describe_init(object, chunk);
    else if (chunk->type == CHUNK_SACK)
        describe_sack(object, chunk, packet, flows);
    else if (chunk->type == CHUNK_ABORT || chunk->type == CHUNK_ERROR)
        describe_cause(object, chunk);
    else if ((chunk->type == CHUNK_SHUTDOWN) && chunk->body_size >= 4)
        put_number(object, "cum_tsn", peer_tsn(packet, flows, get32(chunk->body)));
    else if (chunk->type == CHUNK_FORWARD_TSN && chunk->body_size >= 4)
        put_number(object, "cum_tsn", own_tsn(packet, flows, get32(chunk->body)));
    return object;
}

json_t *chunk_describe(const struct packet *packet, const struct flows *flows)
{
    const uint8_t *header = packet->frame + packet->transport;
    json_t *object = json_object();
    json_t *list = json_array();
    struct chunk chunk;
    put_number(object, "sport", packet->source_port);
    put_number(object, "dport", packet->destination_port);
    put_number(object, "vtag", get32(header + 4));
    json_object_set_new_nocheck(object, "checksum",
                                json_string_nocheck(packet->checksum_valid ? "valid" : "bad"));
    for (bool more = chunk_first(&chunk, packet); more; more = chunk_next(&chunk, packet))
        json_array_append_new(list, describe_one(&chunk, packet, flows));
    json_object_set_new_nocheck(object, "chunks", list);
    return object;
}

static int say_chunk(const struct chunk *chunk, const struct packet *packet,
                     const struct flows *flows, char *out, size_t size)
{
    const char *name = chunk_name(chunk->type);
    int used = 0;
    if (chunk->type == CHUNK_DATA && chunk->body_size >= 12)
        used = snprintf(out, size, "DATA tsn %u stream %u ssn %u",
                        own_tsn(packet, flows, get32(chunk->body)), get16(chunk->body + 4),
                        get16(chunk->body + 6));
    else if (chunk->type == CHUNK_SACK && chunk->body_size >= 12)
        used = snprintf(out, size, "SACK %u gaps %u", peer_tsn(packet, flows, get32(chunk->body)),
                        get16(chunk->body + 8));
    else if ((chunk->type == CHUNK_ABORT || chunk->type == CHUNK_ERROR) && chunk->body_size >= 4)
        used = snprintf(out, size, "%s cause %u", name, get16(chunk->body));
    else if (name != NULL)
        used = snprintf(out, size, "%s", name);
    else
        used = snprintf(out, size, "chunk type %u", chunk->type);
    return used;
}

void chunk_line(const struct packet *packet, const struct flows *flows, char *out, size_t size)
{
    struct chunk chunk;
    const char *comma = "";
    size_t used = 0;
    out[0] = '\0';
    for (bool more = chunk_first(&chunk, packet); more && used < size;
         more = chunk_next(&chunk, packet)) {
        used += (size_t)snprintf(out + used, size - used, "%s", comma);
        if (used < size)
            used += (size_t)say_chunk(&chunk, packet, flows, out + used, size - used);
        comma = ", ";
    }
}
