/* SPDX-License-Identifier: MIT */
#include "packet/distinct.h"

#include "base/hash.h"
#include "packet/kind.h"

#include <string.h>

/* What one packet brought, in one direction of a connection. */
struct passed {
    uint64_t flow;
    uint64_t content;     /* of one without a sequence number of its own */
    uint32_t begin, size; /* its sequence numbers */
    struct passed *next;
};

static uint64_t flow_of(const struct packet *packet)
{
    const uint16_t ports[] = {packet->source_port, packet->destination_port};
    uint64_t flow = hash_bytes(packet->protocol, ports, sizeof ports);
    flow = hash_bytes(flow, &packet->source, sizeof packet->source);
    return hash_bytes(flow, &packet->destination, sizeof packet->destination);
}

static uint32_t numbers_of(const struct packet *packet)
{
    return (uint32_t)packet->payload_size + (packet_has_kind(packet, "syn") ? 1 : 0) +
           (packet_has_kind(packet, "fin") ? 1 : 0);
}

/* Ports, numbers, flags and window: time stamps and checksum may be others. */
static uint64_t said_by_segment(const struct packet *packet)
{
    const uint8_t *header = packet->frame + packet->transport;
    return hash_bytes(0, header, 16);
}

static uint64_t said_by(const struct packet *packet)
{
    return hash_bytes(0, packet->frame + packet->transport, packet->size - packet->transport);
}

/* True when each of the numbers was there. */
static bool covered(const struct distinct *distinct, const struct passed *one)
{
    uint32_t done = 0;
    const struct passed *at = distinct->first;
    while (at != NULL && done < one->size) {
        uint32_t into = one->begin + done - at->begin;
        bool reaches = at->flow == one->flow && at->size > 0 && into < at->size;
        done += reaches ? at->size - into : 0;
        at = reaches ? distinct->first : at->next;
    }
    return done >= one->size;
}

static bool said_before(const struct distinct *distinct, const struct passed *one)
{
    bool found = false;
    for (const struct passed *at = distinct->first; at != NULL && !found; at = at->next)
        found = at->size == 0 && at->flow == one->flow && at->content == one->content;
    return found;
}

bool distinct_add(struct distinct *distinct, const struct packet *packet)
{
    bool tcp = packet->protocol == IPPROTO_TCP && packet->payload > packet->transport;
    bool sctp = packet->protocol == IPPROTO_SCTP && packet->payload > packet->transport;
    struct passed one = {.flow = flow_of(packet), .next = distinct->first};
    if (!tcp && !sctp)
        return true;
    one.begin = packet->seq;
    one.size = tcp ? numbers_of(packet) : 0;
    one.content = tcp ? said_by_segment(packet) : said_by(packet);
    if (one.size > 0 ? covered(distinct, &one) : said_before(distinct, &one))
        return false;
    distinct->first = arena_alloc(distinct->arena, sizeof one);
    *distinct->first = one;
    return true;
}
