/*
 * Theory of operation
 *
 * Each host's only way out is a veth pair, and the wire holds its other end as a packet socket, the
 * tap. What a host sends comes out of its tap; what is sent into a tap arrives at that host. No
 * bridge, no route and no queue discipline lies between: a packet that the wire does not send is
 * lost, and one that it has sent has arrived, since the kernel takes it through the receiver's
 * stack before send(2) returns (or leaves it in the per-CPU backlog, see hosts_backlog_empty).
 *
 *              recv            own? no ────────────────────────────────► transmit
 *   tap ──────────────► parse ──► yes
 *                                  │ decide
 *                                  ▼
 *                     line cut? ──► FATE_CUT, gone
 *                                  │
 *    drop, reset, unreachable, cut ─┼─► done at once, also on a held side: the packet never was
 *                                  ▼        on the line
 *                    side held? ──► in hand (FATE_HELD), waits for wire_release
 *                                  ▼
 *                               depart: pass, duplicate, corrupt, truncate ──► to the other tap,
 *                                  │                                 then what it overtook
 *                               reorder ──► kept until another packet of its direction has departed
 *                               delay ────► kept until nothing else moves (wire_flush_reordered)
 *
 * decide is asked for every packet of the case, once, before all else, so that triggers count what
 * the sender sent and not what the line was like. A held packet keeps the action decided for it,
 * and meets it when it leaves; the cut is asked for again then.
 *
 * Packets in hand are copies, in order of arrival in one list for both sides, so that a release has
 * the order in which they were sent. Packets kept for reorder are a list per direction: those that
 * were to be overtaken leave together, in their order, behind the one that overtook them.
 *
 * A reset is a drop and two RSTs made to be accepted (RFC 9293 section 3.10.7): the receiver gets
 * one with the sequence number of the dropped packet, which it was about to expect; the sender gets
 * the one that a closed port would have answered. RFC 5961 makes a receiver that expected another
 * number (behind a gap) answer with a challenge ACK: its peer, reset, answers that one with the RST
 * that fits. So both ends are reset in any case, in order flows at once.
 *
 * Neighbour discovery, multicast listener reports and IGMP are nobody's: raw ICMP cases own all
 * other ICMP of the pair, and what the kernel says when it likes must not count there.
 */
#include "wire/wire.h"

#include "base/clock.h"
#include "packet/chunk.h"
#include "packet/crc32c.h"
#include "packet/damage.h"
#include "packet/draft.h"
#include "wire/queue.h"
#include "wire/ring.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#define BATCH 32  /* packets of one side before the other has its turn */
#define ROOM 2048 /* for the copy of a frame */
#define SEND_TRIES 10
#define SEND_WAIT_MS 100
#define DRAIN_LIMIT 100000
#define MLD2_REPORT 143 /* RFC 3810, 5.2 */
#define REPORTS 2       /* its Robustness Variable: each change is said so often */
#define REPORTS_MS 250
#define TCP_RST 4
#define TCP_ACK 16

struct wire {
    int tap[SIDE_COUNT];
    uint8_t mac[SIDE_COUNT][6];
    struct wire_hooks hooks;
    const struct packet_lie *lie;   /* NULL: hosts are believed */
    unsigned held_sides, cut_sides; /* masks */
    int held_count;
    struct queue held;
    struct queue kept[SIDE_COUNT];    /* for reorder */
    struct queue delayed[SIDE_COUNT]; /* until nothing else moves */
    unsigned lost;
    unsigned reports[SIDE_COUNT]; /* of multicast listeners, since they were awaited last */
    struct ring ring[SIDE_COUNT];
};

const char *fate_name(enum fate fate)
{
    static const char *const names[FATE_COUNT] = {[FATE_PASSED] = "passed",
                                                  [FATE_DROPPED] = "dropped",
                                                  [FATE_HELD] = "held",
                                                  [FATE_DUPLICATED] = "duplicated",
                                                  [FATE_CORRUPTED] = "corrupted",
                                                  [FATE_REORDERED] = "reordered",
                                                  [FATE_CUT] = "cut",
                                                  [FATE_DELAYED] = "delayed",
                                                  [FATE_TRUNCATED] = "truncated",
                                                  [FATE_UNREACHABLE] = "unreachable",
                                                  [FATE_RESET] = "reset",
                                                  [FATE_INJECTED] = "injected"};
    return names[fate];
}

static enum side other_side(enum side side)
{
    return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

struct wire *wire_new(const struct hosts *hosts, const struct wire_hooks *hooks)
{
    struct wire *wire = calloc(1, sizeof *wire);
    if (wire == NULL)
        return NULL;
    wire->hooks = *hooks;
    memcpy(wire->mac, hosts->mac, sizeof wire->mac);
    queue_begin(&wire->held);
    for (int side = 0; side < SIDE_COUNT; side++) {
        wire->tap[side] = hosts->tap[side];
        queue_begin(&wire->kept[side]);
        queue_begin(&wire->delayed[side]);
        if (ring_open(&wire->ring[side], wire->tap[side]) < 0) {
            wire_free(wire);
            return NULL;
        }
    }
    return wire;
}

void wire_lie(struct wire *wire, const struct packet_lie *lie)
{
    wire->lie = lie;
}

static void forget(struct wire *wire)
{
    queue_empty(&wire->held);
    wire->held_count = 0;
    for (int side = 0; side < SIDE_COUNT; side++) {
        queue_empty(&wire->kept[side]);
        queue_empty(&wire->delayed[side]);
    }
}

void wire_free(struct wire *wire)
{
    if (wire != NULL) {
        forget(wire);
        for (int side = 0; side < SIDE_COUNT; side++)
            ring_close(&wire->ring[side]);
    }
    free(wire);
}

/* Sends a frame into the tap of the side that it is for. A full socket is waited for, since the
   receiver empties it; what still does not go is counted. */
static bool transmit(struct wire *wire, enum side from, const void *frame, size_t size)
{
    int tap = wire->tap[other_side(from)];
    bool sent = false;
    bool again = true;
    for (int tries = 0; tries < SEND_TRIES && !sent && again; tries++) {
        sent = send(tap, frame, size, MSG_DONTWAIT) == (ssize_t)size;
        again = !sent && (errno == EAGAIN || errno == ENOBUFS || errno == EINTR);
        struct pollfd writable = {.fd = tap, .events = POLLOUT};
        if (again)
            poll(&writable, 1, SEND_WAIT_MS);
    }
    wire->lost += sent ? 0 : 1;
    return sent;
}

static void report(const struct wire *wire, const struct packet *packet, enum side from,
                   enum fate fate, const char *fault)
{
    wire->hooks.seen(wire->hooks.context, packet, from, fate, fault);
}

/* A copy of the packet at the end of a queue. Without memory the packet is lost, and counted. */
static bool wait_in(struct wire *wire, struct queue *queue, const struct packet *packet,
                    enum side from, enum wire_action action, const char *fault)
{
    struct waiting *waiting = malloc(sizeof *waiting + packet->size);
    if (waiting == NULL) {
        wire->lost++;
        return false;
    }
    *waiting =
        (struct waiting){.from = from, .action = action, .fault = fault, .size = packet->size};
    memcpy(waiting->frame, packet->frame, packet->size);
    queue_add(queue, waiting);
    return true;
}

static void carry(struct wire *wire, const struct packet *packet, enum side from, enum fate fate,
                  const char *fault)
{
    transmit(wire, from, packet->frame, packet->size);
    report(wire, packet, from, fate, fault);
}

static void carry_corrupted(struct wire *wire, const struct packet *packet, enum side from,
                            const char *fault)
{
    uint8_t frame[ROOM];
    struct packet corrupted;
    memcpy(frame, packet->frame, packet->size);
    damage_flip(packet, frame);
    packet_parse(&corrupted, frame, packet->size);
    carry(wire, &corrupted, from, FATE_CORRUPTED, fault);
}

/* What is left goes on; what is told of is the packet as it was sent. */
static void carry_truncated(struct wire *wire, const struct packet *packet, enum side from,
                            const char *fault)
{
    transmit(wire, from, packet->frame, damage_cut(packet));
    report(wire, packet, from, FATE_TRUNCATED, fault);
}

/* Drops the packet; its sender is told so by ICMP, as if from the host that it was for. */
static void refuse(struct wire *wire, const struct packet *packet, enum side from,
                   const char *fault)
{
    uint8_t bytes[FRAME_MAX];
    ssize_t size = damage_unreachable(packet, bytes, sizeof bytes);
    report(wire, packet, from, FATE_UNREACHABLE, fault);
    if (size > 0)
        wire_inject(wire, other_side(from), bytes, (size_t)size, fault);
}

/* Sends on all that waits in a queue of a direction. */
static int let_go(struct wire *wire, struct queue *queue, enum side from, enum fate fate)
{
    int moved = 0;
    struct waiting *one = NULL;
    while ((one = queue_take(queue)) != NULL) {
        struct packet packet;
        bool cut = (wire->cut_sides & 1U << from) != 0;
        packet_parse(&packet, one->frame, one->size);
        if (cut)
            report(wire, &packet, from, FATE_CUT, one->fault);
        else
            carry(wire, &packet, from, fate, one->fault);
        free(one);
        moved++;
    }
    return moved;
}

/* The end of a packet's way: out of the wire, unless it is to be overtaken. */
static void depart(struct wire *wire, const struct packet *packet, enum side from,
                   enum wire_action action, const char *fault)
{
    if (wire->cut_sides & 1U << from) {
        report(wire, packet, from, FATE_CUT, fault);
        return;
    }
    if (action == WIRE_REORDER || action == WIRE_DELAY) {
        wait_in(wire, action == WIRE_DELAY ? &wire->delayed[from] : &wire->kept[from], packet, from,
                action, fault);
        return;
    }
    if (action == WIRE_CORRUPT)
        carry_corrupted(wire, packet, from, fault);
    else if (action == WIRE_TRUNCATE)
        carry_truncated(wire, packet, from, fault);
    else
        carry(wire, packet, from, FATE_PASSED, NULL);
    if (action == WIRE_DUPLICATE)
        carry(wire, packet, from, FATE_DUPLICATED, fault);
    let_go(wire, &wire->kept[from], from, FATE_REORDERED);
}

bool wire_inject(struct wire *wire, enum side from, const void *bytes, size_t size,
                 const char *fault)
{
    uint8_t frame[FRAME_MAX];
    struct packet packet;
    bool six = size > 0 && *(const uint8_t *)bytes >> 4 == 6;
    if (size + ETHER_HEADER > sizeof frame)
        return false;
    memcpy(frame, wire->mac[other_side(from)], 6);
    memcpy(frame + 6, wire->mac[from], 6);
    frame[12] = six ? 0x86 : 0x08;
    frame[13] = six ? 0xdd : 0x00;
    memcpy(frame + ETHER_HEADER, bytes, size);
    bool sent = transmit(wire, from, frame, ETHER_HEADER + size);
    packet_parse(&packet, frame, ETHER_HEADER + size);
    report(wire, &packet, from, FATE_INJECTED, fault);
    return sent;
}

/* Builds and injects an RST between the ends of packet: as its sender (forward) or its receiver. */
static void inject_reset(struct wire *wire, const struct packet *packet, enum side from,
                         bool forward, unsigned flags, uint32_t seq, uint32_t ack,
                         const char *fault)
{
    uint8_t bytes[128];
    struct draft draft;
    draft_begin(&draft, packet->family);
    draft.ip = true;
    draft.source = forward ? packet->source : packet->destination;
    draft.destination = forward ? packet->destination : packet->source;
    draft_set(&draft, "tcp", "sport", forward ? packet->source_port : packet->destination_port);
    draft_set(&draft, "tcp", "dport", forward ? packet->destination_port : packet->source_port);
    draft_set(&draft, "tcp", "flags", (int64_t)flags);
    draft_set(&draft, "tcp", "seq", seq);
    draft_set(&draft, "tcp", "ack", ack);
    draft_set(&draft, "tcp", "window", 0);
    ssize_t size = draft_build(&draft, bytes, sizeof bytes);
    if (size > 0)
        wire_inject(wire, forward ? from : other_side(from), bytes, (size_t)size, fault);
}

/* Injects an ABORT between the ends of packet (RFC 9260 section 8.5.1): to its receiver with the
   tag that it carries; to its sender with that same tag, which is its peer's, and the T bit. */
static void inject_abort(struct wire *wire, const struct packet *packet, enum side from,
                         bool forward, const char *fault)
{
    uint8_t bytes[128];
    uint8_t abort[SCTP_HEADER + 4] = {0};
    struct draft draft;
    const uint8_t *header = packet->frame + packet->transport;
    memcpy(abort, header + (forward ? 0 : 2), 2);
    memcpy(abort + 2, header + (forward ? 2 : 0), 2);
    memcpy(abort + 4, header + 4, 4);
    abort[SCTP_HEADER] = CHUNK_ABORT;
    abort[SCTP_HEADER + 1] = forward ? 0 : 1;
    abort[SCTP_HEADER + 3] = 4;
    uint32_t sum = crc32c(abort, sizeof abort);
    for (size_t i = 0; i < 4; i++)
        abort[SCTP_CHECKSUM_OFFSET + i] = (uint8_t)(sum >> 8 * i);
    draft_begin(&draft, packet->family);
    draft.ip = true;
    draft.source = forward ? packet->source : packet->destination;
    draft.destination = forward ? packet->destination : packet->source;
    draft_set(&draft, "ip", "proto", IPPROTO_SCTP);
    draft.payload = abort;
    draft.payload_size = sizeof abort;
    ssize_t size = draft_build(&draft, bytes, sizeof bytes);
    if (size > 0)
        wire_inject(wire, forward ? from : other_side(from), bytes, (size_t)size, fault);
}

/* Drops the packet and resets both ends. The receiver of a bare SYN has nothing yet to reset. */
static void reset(struct wire *wire, const struct packet *packet, enum side from, const char *fault)
{
    bool syn = packet_has_kind(packet, "syn");
    bool ack = packet_has_kind(packet, "ack");
    uint32_t end = packet->seq + (uint32_t)packet->payload_size + (syn ? 1 : 0) +
                   (packet_has_kind(packet, "fin") ? 1 : 0);
    report(wire, packet, from, FATE_RESET, fault);
    if (packet->protocol == IPPROTO_SCTP && packet->payload > packet->transport) {
        inject_abort(wire, packet, from, true, fault);
        inject_abort(wire, packet, from, false, fault);
    }
    if (packet->protocol != IPPROTO_TCP || packet->payload == packet->transport)
        return;
    if (ack || !syn)
        inject_reset(wire, packet, from, true, ack ? TCP_RST | TCP_ACK : TCP_RST, packet->seq,
                     ack ? packet->ack : 0, fault);
    if (ack)
        inject_reset(wire, packet, from, false, TCP_RST, packet->ack, 0, fault);
    else
        inject_reset(wire, packet, from, false, TCP_RST | TCP_ACK, 0, end, fault);
}

static void hold_packet(struct wire *wire, const struct packet *packet, enum side from,
                        enum wire_action action, const char *fault)
{
    if (wait_in(wire, &wire->held, packet, from, action, fault)) {
        wire->held_count++;
        report(wire, packet, from, FATE_HELD, NULL);
    }
}

/* What the kernel says of its own accord on IPv6 and IPv4 links: RFC 4861, RFC 2710, RFC 3810, RFC
 * 3376. */
static bool is_chatter(const struct packet *packet)
{
    uint8_t type = packet->transport < packet->size ? packet->frame[packet->transport] : 0;
    bool six =
        packet->protocol == IPPROTO_ICMPV6 && ((type >= 130 && type <= 137) || type == MLD2_REPORT);
    return six || packet->protocol == IPPROTO_IGMP;
}

static void handle_own(struct wire *wire, const struct packet *packet, enum side from)
{
    const char *fault = NULL;
    enum wire_action action = wire->hooks.decide(wire->hooks.context, packet, from, &fault);
    if (action == WIRE_CUT)
        wire->cut_sides = 1U << SIDE_CLIENT | 1U << SIDE_SERVER;
    if (wire->cut_sides & 1U << from) {
        report(wire, packet, from, FATE_CUT, fault);
        return;
    }
    switch (action) {
    case WIRE_DROP:
        report(wire, packet, from, FATE_DROPPED, fault);
        break;
    case WIRE_RESET:
        reset(wire, packet, from, fault);
        break;
    case WIRE_UNREACHABLE:
        refuse(wire, packet, from, fault);
        break;
    case WIRE_CUT:
        break;
    case WIRE_PASS:
    case WIRE_DUPLICATE:
    case WIRE_REORDER:
    case WIRE_CORRUPT:
    case WIRE_TRUNCATE:
    case WIRE_DELAY:
        if (wire->held_sides & 1U << from)
            hold_packet(wire, packet, from, action, fault);
        else
            depart(wire, packet, from, action, fault);
        break;
    }
}

static bool is_report(const struct packet *packet)
{
    return packet->protocol == IPPROTO_ICMPV6 && packet->transport < packet->size &&
           packet->frame[packet->transport] == MLD2_REPORT;
}

static void handle(struct wire *wire, uint8_t *frame, size_t size, enum side from)
{
    struct packet packet;
    int times = 1;
    bool whole = packet_parse(&packet, frame, size);
    bool own = whole && !is_chatter(&packet) && wire->hooks.own(wire->hooks.context, &packet);
    wire->reports[from] += whole && is_report(&packet);
    if (own && wire->lie != NULL)
        times = packet_lie_tell(wire->lie, &packet, frame, &size);
    for (int i = 0; i < times && own; i++)
        handle_own(wire, &packet, from);
    if (!own)
        transmit(wire, from, frame, size);
}

/* At most a batch of one side's packets. */
static int pump_side(struct wire *wire, enum side from, int most)
{
    struct ring *ring = &wire->ring[from];
    uint8_t *frame = NULL;
    size_t size = 0;
    bool cut = false;
    int got = 0;
    while (got < most && got < BATCH && (frame = ring_front(ring, &size, &cut)) != NULL) {
        if (cut || size > FRAME_MAX)
            wire->lost++;
        else
            handle(wire, frame, size, from);
        ring_pop(ring);
        got++;
    }
    return got;
}

int wire_pump(struct wire *wire, int limit)
{
    int handled = 0;
    int moved = 0;
    do {
        moved = pump_side(wire, SIDE_CLIENT, limit - handled);
        moved += pump_side(wire, SIDE_SERVER, limit - handled - moved);
        handled += moved;
    } while (moved > 0 && handled < limit);
    return handled;
}

static bool reported(const struct wire *wire)
{
    return wire->reports[SIDE_CLIENT] >= REPORTS && wire->reports[SIDE_SERVER] >= REPORTS;
}

bool wire_await_reports(struct wire *wire)
{
    struct pollfd taps[SIDE_COUNT];
    for (int side = 0; side < SIDE_COUNT; side++)
        taps[side] = (struct pollfd){.fd = wire->tap[side], .events = POLLIN};
    int64_t end = clock_now_ms() + REPORTS_MS;
    int64_t left = REPORTS_MS;
    wire_pump(wire, DRAIN_LIMIT);
    while (left > 0 && !reported(wire)) {
        poll(taps, SIDE_COUNT, (int)left);
        wire_pump(wire, DRAIN_LIMIT);
        left = end - clock_now_ms();
    }
    bool all = reported(wire);
    memset(wire->reports, 0, sizeof wire->reports);
    return all;
}

bool wire_keeps(const struct wire *wire)
{
    return wire->kept[SIDE_CLIENT].first != NULL || wire->kept[SIDE_SERVER].first != NULL ||
           wire->delayed[SIDE_CLIENT].first != NULL || wire->delayed[SIDE_SERVER].first != NULL;
}

int wire_flush_reordered(struct wire *wire)
{
    int moved = 0;
    for (int side = 0; side < SIDE_COUNT; side++)
        if ((wire->held_sides & 1U << side) == 0)
            moved += let_go(wire, &wire->kept[side], (enum side)side, FATE_PASSED) +
                     let_go(wire, &wire->delayed[side], (enum side)side, FATE_DELAYED);
    return moved;
}

void wire_hold(struct wire *wire, unsigned mask)
{
    wire->held_sides |= mask;
}

int wire_release(struct wire *wire, unsigned mask,
                 bool (*match)(void *context, const struct packet *packet, enum side from),
                 void *context)
{
    struct queue before = wire->held;
    struct waiting *one = NULL;
    int moved = 0;
    if (wire->held.first == NULL)
        queue_begin(&before);
    queue_begin(&wire->held);
    if (match == NULL)
        wire->held_sides &= ~mask;
    while ((one = queue_take(&before)) != NULL) {
        struct packet packet;
        packet_parse(&packet, one->frame, one->size);
        if ((mask & 1U << one->from) == 0 || (match && !match(context, &packet, one->from))) {
            queue_add(&wire->held, one);
            continue;
        }
        wire->held_count--;
        depart(wire, &packet, one->from, one->action, one->fault);
        free(one);
        moved++;
    }
    return moved;
}

void wire_cut(struct wire *wire, unsigned mask)
{
    wire->cut_sides |= mask;
}

void wire_heal(struct wire *wire, unsigned mask)
{
    wire->cut_sides &= ~mask;
}

int wire_held(const struct wire *wire)
{
    return wire->held_count;
}

unsigned wire_lost(struct wire *wire)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct tpacket_stats stats = {0}; /* reading them sets them to 0 */
        socklen_t size = sizeof stats;
        if (getsockopt(wire->tap[side], SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0)
            wire->lost += stats.tp_drops;
    }
    return wire->lost;
}

/* Throws away what waits; returns how much. */
static int drain(struct ring *ring)
{
    size_t size = 0;
    bool cut = false;
    int got = 0;
    for (; got < BATCH && ring_front(ring, &size, &cut) != NULL; got++)
        ring_pop(ring);
    return got;
}

void wire_clear(struct wire *wire)
{
    forget(wire);
    wire->held_sides = 0;
    wire->cut_sides = 0;
    int drained = 0;
    int got = 0;
    do {
        got = drain(&wire->ring[SIDE_CLIENT]) + drain(&wire->ring[SIDE_SERVER]);
        drained += got;
    } while (got > 0 && drained < DRAIN_LIMIT);
}
