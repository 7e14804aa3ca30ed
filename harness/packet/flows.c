/* SPDX-License-Identifier: MIT */
/* Each direction of a flow by itself: a hash table with open addressing, never more than half full.
   Clearing it is a new generation. */
#include "packet/flows.h"

#include "packet/chunk.h"
#include "packet/kind.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64
#define WINDOW_AT 14 /* in a TCP header */

/* One direction of a connection. */
struct key {
    struct in6_addr source, destination;
    uint16_t source_port, destination_port;
};

struct flow {
    struct key key;
    uint32_t generation; /* of an earlier case when not the table's: free */
    uint32_t isn;
    bool spoke;              /* what follows is known */
    uint32_t reached, acked; /* the furthest of what it has sent and acknowledged */
    uint16_t window;
    unsigned idle; /* packets since one brought anything new */
};

struct flows {
    size_t room, used; /* room is a power of two */
    uint32_t generation;
    struct flow *flow;
};

struct flows *flows_new(void)
{
    struct flows *flows = calloc(1, sizeof *flows);
    struct flow *flow = calloc(FIRST_ROOM, sizeof *flow);
    if (flows == NULL || flow == NULL) {
        free(flows);
        free(flow);
        return NULL;
    }
    *flows = (struct flows){.room = FIRST_ROOM, .generation = 1, .flow = flow};
    return flows;
}

void flows_free(struct flows *flows)
{
    if (flows != NULL)
        free(flows->flow);
    free(flows);
}

void flows_clear(struct flows *flows)
{
    flows->used = 0;
    flows->generation++;
    if (flows->generation == 0) {
        memset(flows->flow, 0, flows->room * sizeof *flows->flow);
        flows->generation = 1;
    }
}

static struct key key_of(const struct packet *packet, bool forward)
{
    struct key key;
    memset(&key, 0, sizeof key);
    /* An association is one flow over all of its addresses. */
    bool association = packet->protocol == IPPROTO_SCTP;
    if (!association) {
        key.source = forward ? packet->source : packet->destination;
        key.destination = forward ? packet->destination : packet->source;
    }
    key.source_port = forward ? packet->source_port : packet->destination_port;
    key.destination_port = forward ? packet->destination_port : packet->source_port;
    return key;
}

/* FNV-1a: the hosts are our own, so that nobody chooses ports to make it slow. */
static size_t hash(const struct key *key)
{
    const uint8_t *at = (const uint8_t *)key;
    uint64_t value = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < sizeof *key; i++)
        value = (value ^ at[i]) * UINT64_C(1099511628211);
    return (size_t)(value ^ value >> 32);
}

/* The flow of that key, or the free place where it would be. */
static struct flow *find(const struct flows *flows, const struct key *key)
{
    size_t at = hash(key) & (flows->room - 1);
    while (flows->flow[at].generation == flows->generation &&
           memcmp(&flows->flow[at].key, key, sizeof *key) != 0)
        at = (at + 1) & (flows->room - 1);
    return &flows->flow[at];
}

static const struct flow *known(const struct flows *flows, const struct key *key)
{
    const struct flow *flow = find(flows, key);
    return flow->generation == flows->generation ? flow : NULL;
}

/* Doubles the table. Without memory it stays as it is. */
static void grow(struct flows *flows)
{
    struct flows larger = {.room = flows->room * 2, .generation = 1};
    larger.flow = calloc(larger.room, sizeof *larger.flow);
    if (larger.flow == NULL)
        return;
    for (size_t i = 0; i < flows->room; i++) {
        const struct flow *flow = &flows->flow[i];
        if (flow->generation == flows->generation) {
            struct flow *place = find(&larger, &flow->key);
            *place = *flow;
            place->generation = larger.generation;
            larger.used++;
        }
    }
    free(flows->flow);
    flows->flow = larger.flow;
    flows->room = larger.room;
    flows->used = larger.used;
    flows->generation = larger.generation;
}

static void set(struct flows *flows, const struct key *key, uint32_t isn)
{
    if (flows->used * 2 >= flows->room)
        grow(flows);
    struct flow *flow = find(flows, key);
    bool added = flow->generation != flows->generation;
    if (added && flows->used + 1 >= flows->room)
        return; /* one place stays free, so that every search ends */
    *flow = (struct flow){.key = *key, .generation = flows->generation, .isn = isn};
    flows->used += added ? 1 : 0;
}

/* A SYN says what its sender begins with. A new number on known ports is a new connection, of which
   the other side has not spoken yet: what it began with before is meaningless. */
static void learn_syn(struct flows *flows, const struct packet *packet)
{
    struct key forward = key_of(packet, true);
    struct key backward = key_of(packet, false);
    const struct flow *before = known(flows, &forward);
    bool another = before != NULL && before->isn != packet->seq;
    bool ack = packet_has_kind(packet, "ack");
    set(flows, &forward, packet->seq);
    if (ack && known(flows, &backward) == NULL)
        set(flows, &backward, packet->ack - 1);
    else if (!ack && another && known(flows, &backward) != NULL)
        set(flows, &backward, 0);
}

/* Of a connection that was there before, the first segment seen counts as number 1. An RST may have
   made its numbers up. */
static void learn_late(struct flows *flows, const struct packet *packet)
{
    struct key forward = key_of(packet, true);
    struct key backward = key_of(packet, false);
    if (packet_has_kind(packet, "rst"))
        return;
    if (known(flows, &forward) == NULL)
        set(flows, &forward, packet->seq - 1);
    if (packet_has_kind(packet, "ack") && known(flows, &backward) == NULL)
        set(flows, &backward, packet->ack - 1);
}

static bool has_numbers(const struct packet *packet)
{
    return packet->protocol == IPPROTO_TCP && packet->payload > packet->transport;
}

void flows_learn(struct flows *flows, const struct packet *packet)
{
    uint32_t tsn = 0;
    if (packet->protocol == IPPROTO_SCTP && chunk_initial_tsn(packet, &tsn)) {
        struct key forward = key_of(packet, true);
        set(flows, &forward, tsn - 1);
    } else if (has_numbers(packet) && packet_has_kind(packet, "syn"))
        learn_syn(flows, packet);
    else if (has_numbers(packet))
        learn_late(flows, packet);
}

bool flows_first(const struct flows *flows, const struct packet *packet, bool of_sender,
                 uint32_t *number)
{
    struct key key = key_of(packet, of_sender);
    const struct flow *flow = known(flows, &key);
    *number = flow != NULL ? flow->isn : 0;
    return flow != NULL;
}

void flows_begin(struct flows *flows, const struct packet *packet, uint32_t number)
{
    struct key key = key_of(packet, true);
    if (known(flows, &key) == NULL)
        set(flows, &key, number);
}

static uint32_t first(const struct flows *flows, const struct packet *packet, bool of_sender)
{
    uint32_t number = 0;
    flows_first(flows, packet, of_sender, &number);
    return number;
}

static bool is_further(uint32_t number, uint32_t than)
{
    return (int32_t)(number - than) > 0;
}

/* Whether a segment brings anything new; remembers what it brought. */
static bool segment_moves(struct flow *flow, const struct packet *packet)
{
    const uint8_t *header = packet->frame + packet->transport;
    unsigned flags = packet->tcp_flags;
    uint32_t end = packet->seq + (uint32_t)packet->payload_size + ((flags & TH_SYN) != 0) +
                   ((flags & TH_FIN) != 0);
    uint16_t window = (uint16_t)(header[WINDOW_AT] << 8 | header[WINDOW_AT + 1]);
    bool reaches = !flow->spoke || is_further(end, flow->reached);
    bool acks = (flags & TH_ACK) != 0 && (!flow->spoke || is_further(packet->ack, flow->acked));
    bool opens = window != flow->window;
    if (reaches)
        flow->reached = end;
    if (acks)
        flow->acked = packet->ack;
    flow->window = window;
    flow->spoke = true;
    return (flags & TH_RST) != 0 || reaches || acks || opens;
}

/* Of an association: all but acknowledgements and heartbeats. */
static bool chunks_move(const struct packet *packet)
{
    struct chunk chunk;
    bool moves = false;
    for (bool more = chunk_first(&chunk, packet); more && !moves; more = chunk_next(&chunk, packet))
        moves = chunk.type != CHUNK_SACK && chunk.type != CHUNK_HEARTBEAT &&
                chunk.type != CHUNK_HEARTBEAT_ACK;
    return moves;
}

unsigned flows_idle(struct flows *flows, const struct packet *packet)
{
    struct key forward = key_of(packet, true);
    struct key backward = key_of(packet, false);
    bool numbers = has_numbers(packet);
    struct flow *own = find(flows, &forward);
    struct flow *other = find(flows, &backward);
    if ((!numbers && packet->protocol != IPPROTO_SCTP) || own->generation != flows->generation)
        return 0;
    bool both = other->generation == flows->generation;
    bool moves = numbers ? segment_moves(own, packet) : chunks_move(packet);
    own->idle = moves ? 0 : own->idle + 1;
    if (both && moves)
        other->idle = 0;
    return own->idle + (both ? other->idle : 0);
}

struct packet flows_numbered(const struct flows *flows, const struct packet *packet)
{
    struct packet numbered = *packet;
    struct packet quoted;
    if (flows != NULL && packet->quoted && packet_quoted(packet, &quoted)) {
        numbered.first_of_sender = first(flows, &quoted, true);
        numbered.first_of_receiver = first(flows, &quoted, false);
        return numbered;
    }
    bool tcp = has_numbers(packet);
    /* RFC 9293 section 3.5.2: a reset that answers a segment without ACK has sequence number zero.
     */
    bool made_up = tcp && packet->seq == 0 && packet_has_kind(packet, "rst");
    bool no_ack = tcp && packet->ack == 0 && !packet_has_kind(packet, "ack");
    bool counts = flows != NULL && (tcp || packet->protocol == IPPROTO_SCTP);
    if (counts && !made_up)
        numbered.first_of_sender = first(flows, packet, true);
    if (counts && !no_ack)
        numbered.first_of_receiver = first(flows, packet, false);
    return numbered;
}
