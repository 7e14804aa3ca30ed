/* SPDX-License-Identifier: MIT */
#include "packet/damage.h"

#include "packet/draft.h"

enum {
    QUOTE_MAX_6 = 1232,       /* RFC 4443, 2.4 c: as much as fits the minimum MTU of 1280 */
    QUOTE_BEYOND_HEADER_4 = 8 /* RFC 792: the first 64 bits of the data */
};

void damage_flip(const struct packet *packet, uint8_t *frame)
{
    bool header = packet->payload > packet->transport; /* else it is cut short, or not there */
    size_t at = packet->size - 1;
    if (packet->payload_size > 0)
        at = packet->payload + packet->payload_size / 2;
    else if (header && packet->protocol == IPPROTO_TCP)
        at = packet->transport + 16;
    else if (header && packet->protocol == IPPROTO_UDP)
        at = packet->transport + 6;
    frame[at] ^= 1;
}

size_t damage_cut(const struct packet *packet)
{
    size_t from = packet->payload_size > 0 ? packet->payload : packet->transport;
    return from + (packet->size - from) / 2;
}

static size_t quoted(const struct packet *packet)
{
    size_t all = packet->size - packet->ip;
    size_t most = packet->family == AF_INET6
                      ? QUOTE_MAX_6
                      : packet->transport - packet->ip + QUOTE_BEYOND_HEADER_4;
    return all < most ? all : most;
}

ssize_t damage_unreachable(const struct packet *packet, uint8_t *out, size_t capacity)
{
    bool six = packet->family == AF_INET6;
    struct draft draft;
    draft_begin(&draft, packet->family);
    draft.ip = true;
    draft.source = packet->destination;
    draft.destination = packet->source;
    draft.payload = packet->frame + packet->ip;
    draft.payload_size = quoted(packet);
    draft_set(&draft, "icmp", "type", six ? 1 : 3);
    draft_set(&draft, "icmp", "code", six ? 3 : 1);
    return draft_build(&draft, out, capacity);
}
