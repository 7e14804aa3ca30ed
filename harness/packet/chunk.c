/* SPDX-License-Identifier: MIT */
#include "packet/chunk.h"

const char *const chunk_names[] = {
#define KIND(name, type) #name,
#include "packet/chunk.def"
#undef KIND
    NULL};

const uint8_t chunk_types[] = {
#define KIND(name, type) type,
#include "packet/chunk.def"
#undef KIND
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
    const char *name = NULL;
    for (size_t i = 0; i < CHUNK_KINDS && name == NULL; i++)
        name = chunk_types[i] == type ? chunk_names[i] : NULL;
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
