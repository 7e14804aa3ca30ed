#include "fault/wirefault.h"

#include "base/hash.h"
#include "observe/match.h"
#include "packet/chunk.h"

#include <stdio.h>
#include <string.h>

static struct wirefault_scope scope;

/* Copies of one packet so far, by the hash of what makes it the same: for decisions that a
   retransmission must meet anew. */
enum { ORDINAL_ROOM = 8192, PORTS = 65536 };
static struct {
    uint64_t key;
    uint64_t count;
} ordinals[ORDINAL_ROOM];
static bool counted; /* some ordinal is not 0 */
static uint64_t payload_passed[SIDE_COUNT];
static uint32_t port_order[PORTS];
static uint32_t ports_seen;

void wirefault_begin(const struct wirefault_scope *wanted)
{
    if (counted) /* 128 KiB that most cases never touch */
        memset(ordinals, 0, sizeof ordinals);
    if (ports_seen > 0)
        memset(&port_order[scope.first_port], 0, scope.ordered * sizeof *port_order);
    scope = *wanted;
    counted = false;
    memset(payload_passed, 0, sizeof payload_passed);
    ports_seen = 0;
}

/* The ordinal of this packet among its like, from 0. */
static uint64_t next_ordinal(uint64_t key)
{
    size_t at = key % ORDINAL_ROOM;
    counted = true;
    for (int tries = 0; tries < ORDINAL_ROOM; tries++, at = (at + 1) % ORDINAL_ROOM) {
        if (ordinals[at].key == 0)
            ordinals[at].key = key;
        if (ordinals[at].key == key)
            return ordinals[at].count++;
    }
    return 0;
}

static uint64_t port_ordinal(unsigned port)
{
    unsigned offset = port - scope.first_port;
    if (offset >= scope.ordered)
        return offset < scope.ports ? offset + scope.ordered : 0;
    if (port_order[port] == 0)
        port_order[port] = ++ports_seen;
    return port_order[port];
}

/* Whether a segment is pushed depends on when the application wrote, not on what it carries. */
enum { PUSH = 0x08 };

/* Which message's, counted from the association's first: the first number itself is drawn anew for
   each. */
static uint64_t place_in_association(const struct packet *packet, const struct chunk *chunk)
{
    uint32_t tsn = chunk_tsn(chunk);
    return scope.flows != NULL ? flows_tsn(scope.flows, packet, true, tsn) : tsn;
}

/* What a packet is, apart from the ports that differ from run to run: flow, bytes, flags. */
static uint64_t identity(const struct packet *packet, enum side from)
{
    struct chunk chunk;
    bool chunks = chunk_first(&chunk, packet);
    uint64_t parts[] = {from,
                        packet->protocol,
                        port_ordinal(packet->source_port),
                        port_ordinal(packet->destination_port),
                        packet->protocol == IPPROTO_TCP ? flows_seq(scope.flows, packet)
                        : chunks                        ? chunk.type
                                                        : 0,
                        chunks && chunk.type == CHUNK_DATA ? place_in_association(packet, &chunk)
                                                           : 0,
                        packet->payload_size,
                        packet->tcp_flags & ~PUSH};
    return hash_bytes(0, parts, sizeof parts) | 1;
}

static bool looks_at(const struct node *when, const struct packet *packet,
                     const json_t *description)
{
    bool matches = true;
    for (const struct node *one = when != NULL ? when->first : NULL; one != NULL && matches;
         one = one->next) {
        struct node alone = *one;
        alone.next = NULL;
        struct node wrapped = {.kind = NODE_MAP, .first = &alone, .count = 1};
        bool describes = one->kind == NODE_MAP || strcmp(one->key, "packet") == 0 ||
                         strcmp(one->key, "payload") == 0;
        matches = !describes || match_packet(&wrapped, packet, description);
    }
    return matches;
}

static unsigned applicable(const struct packet *packet)
{
    json_t *description = packet_describe(packet, scope.flows, scope.naming);
    unsigned bits = 0;
    for (size_t i = 0; i < scope.count; i++)
        bits |= looks_at(scope.when[i], packet, description) ? 1U << i : 0;
    json_decref(description);
    return bits;
}

struct chance wirefault_chance(const struct packet *packet, enum side from)
{
    bool tcp = packet->protocol == IPPROTO_TCP;
    uint64_t before = tcp ? (uint64_t)flows_seq(scope.flows, packet) : payload_passed[from];
    struct chance chance = {.identity = identity(packet, from),
                            .moved = tcp && before > 0 ? before - 1 : before,
                            .first = tcp && before > 0 ? before - 1 : before,
                            .size = packet->payload_size,
                            .applicable = applicable(packet) & plan_on_wire((int)from)};
    chance.counter = next_ordinal(chance.identity);
    return chance;
}

const struct fault *wirefault_meet(const struct packet *packet, enum side from,
                                   const struct chance *chance)
{
    struct decision decision = plan_ask_wire((int)from, chance);
    payload_passed[from] += packet->payload_size;
    return decision.outcome;
}

void wirefault_text(const struct packet *packet, enum fate fate, const char *fault, char *out,
                    size_t size)
{
    char line[256];
    packet_line(packet, scope.flows, scope.naming, line, sizeof line);
    snprintf(out, size, "%s: %s%s%s%s", line, fate_name(fate), fault != NULL ? " by fault '" : "",
             fault != NULL ? fault : "", fault != NULL ? "'" : "");
}
