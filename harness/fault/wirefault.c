/* SPDX-License-Identifier: MIT */
#include "fault/wirefault.h"

#include "base/hash.h"
#include "observe/packetmatch.h"
#include "packet/chunk.h"
#include "packet/describe.h"
#include "packet/flows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDINAL_ROOM = 8192, PORTS = 65536 };

/* Copies of one packet so far, by the hash of what makes it the same: for decisions that a
   retransmission must meet anew. */
struct ordinal {
    uint64_t key;
    uint64_t count;
};

struct wirefault {
    struct wirefault_scope scope;
    struct ordinal ordinals[ORDINAL_ROOM];
    bool counted;                        /* some ordinal is not 0 */
    struct answered answered[FAULT_MAX]; /* by the number of the fault */
    uint64_t payload_passed[SIDE_COUNT];
    uint32_t port_order[PORTS];
    uint32_t ports_seen;
};

struct wirefault *wirefault_new(void)
{
    return calloc(1, sizeof(struct wirefault));
}

void wirefault_free(struct wirefault *wirefault)
{
    free(wirefault);
}

void wirefault_begin(struct wirefault *wirefault, const struct wirefault_scope *scope)
{
    if (wirefault->counted) /* 128 KiB that most cases never touch */
        memset(wirefault->ordinals, 0, sizeof wirefault->ordinals);
    if (wirefault->ports_seen > 0)
        memset(&wirefault->port_order[wirefault->scope.first_port], 0,
               wirefault->scope.ordered * sizeof *wirefault->port_order);
    wirefault->scope = *scope;
    wirefault->counted = false;
    memset(wirefault->payload_passed, 0, sizeof wirefault->payload_passed);
    memset(wirefault->answered, 0, sizeof wirefault->answered);
    wirefault->ports_seen = 0;
}

/* The ordinal of this packet among its like, from 0. */
static uint64_t next_ordinal(struct wirefault *wirefault, uint64_t key)
{
    size_t at = key % ORDINAL_ROOM;
    wirefault->counted = true;
    for (int tries = 0; tries < ORDINAL_ROOM; tries++, at = (at + 1) % ORDINAL_ROOM) {
        if (wirefault->ordinals[at].key == 0)
            wirefault->ordinals[at].key = key;
        if (wirefault->ordinals[at].key == key)
            return wirefault->ordinals[at].count++;
    }
    return 0;
}

static uint64_t port_ordinal(struct wirefault *wirefault, unsigned port)
{
    unsigned offset = port - wirefault->scope.first_port;
    if (offset >= wirefault->scope.ordered)
        return offset < wirefault->scope.ports ? offset + wirefault->scope.ordered : 0;
    if (wirefault->port_order[port] == 0)
        wirefault->port_order[port] = ++wirefault->ports_seen;
    return wirefault->port_order[port];
}

/* Whether a segment is pushed depends on when the application wrote, not on what it carries. */
enum { PUSH = 0x08 };

/* Which message's, wirefault->counted from the association's first: the first number itself is
   drawn anew for each. */
static uint64_t place_in_association(const struct packet *packet, const struct chunk *chunk)
{
    return chunk_tsn(chunk) - packet->first_of_sender;
}

/* What a packet is, apart from the ports that differ from run to run: flow, bytes, flags. */
static uint64_t identity(struct wirefault *wirefault, const struct packet *packet, enum side from)
{
    struct chunk chunk;
    bool chunks = chunk_first(&chunk, packet);
    uint64_t parts[] = {from,
                        packet->protocol,
                        port_ordinal(wirefault, packet->source_port),
                        port_ordinal(wirefault, packet->destination_port),
                        packet->protocol == IPPROTO_TCP ? packet_seq(packet)
                        : chunks                        ? chunk.type
                                                        : 0,
                        chunks && chunk.type == CHUNK_DATA ? place_in_association(packet, &chunk)
                                                           : 0,
                        packet->payload_size,
                        packet->tcp_flags & ~PUSH};
    return hash_bytes(0, parts, sizeof parts) | 1;
}

/* Which stream's bytes a packet carries; 0: none that are numbered. */
static uint64_t stream(struct wirefault *wirefault, const struct packet *packet, enum side from)
{
    uint64_t parts[] = {from, port_ordinal(wirefault, packet->source_port),
                        port_ordinal(wirefault, packet->destination_port)};
    bool numbered = packet->protocol == IPPROTO_TCP && packet->payload_size > 0;
    return numbered ? hash_bytes(1, parts, sizeof parts) | 1 : 0;
}

/* Of the faults in asked, a bit each, those that look for such a packet. */
static unsigned applicable(struct wirefault *wirefault, const struct packet *packet, unsigned asked)
{
    unsigned bits = 0;
    for (size_t i = 0; i < wirefault->scope.count; i++) {
        const struct node *when = wirefault->scope.when[i];
        bool meant = (asked >> i & 1) != 0 &&
                     (when == NULL ||
                      packetmatch(when, packet, wirefault->scope.naming, &wirefault->answered[i]));
        bits |= meant ? 1U << i : 0;
    }
    return bits;
}

bool wirefault_unanswered(const struct wirefault *wirefault, size_t number, char *out, size_t size)
{
    return number < wirefault->scope.count && wirefault->scope.when[number] != NULL &&
           packetmatch_unanswered(wirefault->scope.when[number], &wirefault->answered[number], out,
                                  size);
}

struct chance wirefault_chance(struct wirefault *wirefault, const struct packet *packet,
                               enum side from)
{
    struct packet numbered = flows_numbered(wirefault->scope.flows, packet);
    bool tcp = packet->protocol == IPPROTO_TCP;
    uint64_t before = tcp ? (uint64_t)packet_seq(&numbered) : wirefault->payload_passed[from];
    struct chance chance = {.identity = identity(wirefault, &numbered, from),
                            .moved = tcp && before > 0 ? before - 1 : before,
                            .first = tcp && before > 0 ? before - 1 : before,
                            .size = packet->payload_size,
                            .applicable =
                                applicable(wirefault, &numbered, plan_on_wire((int)from))};
    chance.counter = next_ordinal(wirefault, chance.identity);
    chance.stream = stream(wirefault, &numbered, from);
    return chance;
}

const struct fault *wirefault_meet(struct wirefault *wirefault, const struct packet *packet,
                                   enum side from, const struct chance *chance)
{
    struct decision decision = plan_ask_wire((int)from, chance);
    wirefault->payload_passed[from] += packet->payload_size;
    return decision.outcome;
}

void wirefault_text(const struct wirefault *wirefault, const struct packet *packet, enum fate fate,
                    const char *fault, char *out, size_t size)
{
    char line[256];
    struct packet numbered = flows_numbered(wirefault->scope.flows, packet);
    packet_brief(&numbered, wirefault->scope.naming, line, sizeof line);
    snprintf(out, size, "%s: %s%s%s%s", line, fate_name(fate), fault != NULL ? " by fault '" : "",
             fault != NULL ? fault : "", fault != NULL ? "'" : "");
}
