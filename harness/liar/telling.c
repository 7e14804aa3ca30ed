/* SPDX-License-Identifier: MIT */
#include "liar/telling.h"

enum { SEEN_ROOM = 8192 };

bool telling_whole(const struct packet *packet, uint8_t protocol)
{
    return packet->protocol == protocol && !packet->fragment && !packet->more_fragments;
}

int telling_missing(const struct telling *telling)
{
    (void)telling;
    return 0;
}

int telling_doubled(const struct telling *telling)
{
    (void)telling;
    return 2;
}

/* Two associations between the same ports differ in their tags: of SCTP the first bytes of the
   first chunk, which holds one where the header has none yet. */
static uint64_t tag_of(const struct packet *packet)
{
    uint64_t tag = 0;
    size_t from = packet->transport + 4;
    for (size_t i = from; packet->protocol == IPPROTO_SCTP && i < from + 16 && i < packet->size;
         i++)
        tag = tag * 257 + packet->frame[i];
    return tag;
}

bool telling_first_time(const struct packet *packet)
{
    static uint64_t seen[SEEN_ROOM];
    uint64_t key = 1469598103934665603U;
    uint64_t parts[] = {packet->source_port,  packet->destination_port, packet->seq,
                        packet->payload_size, packet->tcp_flags,        tag_of(packet)};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        key = (key ^ parts[i]) * 1099511628211U;
    bool fresh = seen[key % SEEN_ROOM] != key;
    seen[key % SEEN_ROOM] = key;
    return fresh;
}

int telling_missing_once(const struct telling *telling)
{
    return telling_first_time(telling->packet) ? 0 : 1;
}

int telling_mended(const struct telling *telling)
{
    packet_mend(telling->frame, *telling->size);
    return 1;
}

uint8_t *telling_ip_at(const struct telling *telling, size_t offset)
{
    return telling->frame + telling->packet->ip + offset;
}

uint8_t *telling_transport_at(const struct telling *telling, size_t offset)
{
    return telling->frame + telling->packet->transport + offset;
}

uint8_t *telling_payload_at(const struct telling *telling, size_t offset)
{
    return telling->frame + telling->packet->payload + offset;
}

void telling_add_16(uint8_t *at, int amount)
{
    unsigned value = ((unsigned)at[0] << 8 | at[1]) + (unsigned)amount;
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

void telling_add_32(uint8_t *at, int amount)
{
    uint32_t value = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    value += (uint32_t)amount;
    for (int i = 3; i >= 0; i--, value >>= 8)
        at[i] = (uint8_t)value;
}

void telling_put_16(uint8_t *at, size_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

int telling_damage_payload(const struct telling *telling)
{
    *telling_payload_at(telling, telling->packet->payload_size / 2) ^= 1;
    return telling_mended(telling);
}

int telling_swap_payload(const struct telling *telling)
{
    uint8_t *first = telling_payload_at(telling, 0);
    uint8_t kept = first[0];
    if (telling->packet->payload_size > 1) {
        first[0] = first[1];
        first[1] = kept;
    }
    return telling_mended(telling);
}

int telling_shift_source(const struct telling *telling)
{
    enum { LAST_4 = 15, LAST_6 = 23 }; /* the last octet of the source address */
    *telling_ip_at(telling, telling->packet->family == AF_INET ? LAST_4 : LAST_6) ^= 4;
    return telling_mended(telling);
}

int telling_shift_source_port(const struct telling *telling)
{
    telling_add_16(telling_transport_at(telling, 0), 1);
    return telling_mended(telling);
}
