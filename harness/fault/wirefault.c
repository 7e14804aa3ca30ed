#include "fault/wirefault.h"

#include "base/hash.h"
#include "observe/packetmatch.h"
#include "packet/chunk.h"
#include "packet/describe.h"
#include "packet/flows.h"

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
static bool counted;                        /* some ordinal is not 0 */
static struct answered answered[FAULT_MAX]; /* by the number of the fault */
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
    memset(answered, 0, sizeof answered);
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
    return chunk_tsn(chunk) - packet->first_of_sender;
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
                        packet->protocol == IPPROTO_TCP ? packet_seq(packet)
                        : chunks                        ? chunk.type
                                                        : 0,
                        chunks && chunk.type == CHUNK_DATA ? place_in_association(packet, &chunk)
                                                           : 0,
                        packet->payload_size,
                        packet->tcp_flags & ~PUSH};
    return hash_bytes(0, parts, sizeof parts) | 1;
}

/* Of the faults in asked, a bit each, those that look for such a packet. */
static unsigned applicable(const struct packet *packet, unsigned asked)
{
    unsigned bits = 0;
    for (size_t i = 0; i < scope.count; i++) {
        const struct node *when = scope.when[i];
        bool meant = (asked >> i & 1) != 0 &&
                     (when == NULL || packetmatch(when, packet, scope.naming, &answered[i]));
        bits |= meant ? 1U << i : 0;
    }
    return bits;
}

bool wirefault_unanswered(size_t number, char *out, size_t size)
{
    return number < scope.count && scope.when[number] != NULL &&
           packetmatch_unanswered(scope.when[number], &answered[number], out, size);
}

struct chance wirefault_chance(const struct packet *packet, enum side from)
{
    struct packet numbered = flows_numbered(scope.flows, packet);
    bool tcp = packet->protocol == IPPROTO_TCP;
    uint64_t before = tcp ? (uint64_t)packet_seq(&numbered) : payload_passed[from];
    struct chance chance = {.identity = identity(&numbered, from),
                            .moved = tcp && before > 0 ? before - 1 : before,
                            .first = tcp && before > 0 ? before - 1 : before,
                            .size = packet->payload_size,
                            .applicable = applicable(&numbered, plan_on_wire((int)from))};
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
    struct packet numbered = flows_numbered(scope.flows, packet);
    packet_line(&numbered, scope.naming, line, sizeof line);
    snprintf(out, size, "%s: %s%s%s%s", line, fate_name(fate), fault != NULL ? " by fault '" : "",
             fault != NULL ? fault : "", fault != NULL ? "'" : "");
}
