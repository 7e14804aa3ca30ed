/* SPDX-License-Identifier: MIT */
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
 *                                  │       (unless that host is absent)      then what it overtook
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
 * Who does what: the ring (ring.h) takes packets in, the carrier (carrier.h) brings them out and
 * keeps those that are to be overtaken, an action (action.h) is what becomes of one. Here stands
 * the way between them: who is asked, and what a held side keeps in hand.
 */
#include "wire/wire.h"

#include "base/clock.h"
#include "wire/action.h"
#include "wire/carrier.h"
#include "wire/chatter.h"
#include "wire/queue.h"
#include "wire/ring.h"

#include <linux/if_packet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    SEGMENT = 1460, /* of what is above the MTU */
    BATCH = 32,     /* packets of one side before the other has its turn */
    DRAIN_LIMIT = 100000,
    REPORTS_MS = 250
};

struct wire {
    struct wire_hooks hooks;
    struct carrier carrier;
    struct ring ring[SIDE_COUNT];
    const struct packet_lie *lie; /* NULL: hosts are believed */
    unsigned held_sides;          /* a mask */
    struct queue held;
    uint64_t stamp;               /* of the packet in hand; 0: none is */
    unsigned reports[SIDE_COUNT]; /* of multicast listeners, since they were awaited last */
};

struct wire *wire_new(const struct hosts *hosts, const struct wire_hooks *hooks)
{
    const struct witness witness = {hooks->context, hooks->seen, hooks->now};
    struct wire *wire = calloc(1, sizeof *wire);
    if (wire == NULL)
        return NULL;
    wire->hooks = *hooks;
    queue_begin(&wire->held);
    carrier_begin(&wire->carrier, hosts, &witness);
    int status = 0;
    for (int side = 0; side < SIDE_COUNT && status == 0; side++)
        status = ring_open(&wire->ring[side], hosts->tap[side]);
    if (status < 0) {
        wire_free(wire);
        wire = NULL;
    }
    return wire;
}

void wire_lie(struct wire *wire, const struct packet_lie *lie)
{
    bool heard = lie != NULL && packet_lie_is_heard(lie);
    wire->lie = heard ? NULL : lie;
    wire->carrier.misheard = heard ? lie : NULL;
}

static void forget(struct wire *wire)
{
    queue_empty(&wire->held);
    carrier_forget(&wire->carrier);
}

void wire_free(struct wire *wire)
{
    if (wire != NULL) {
        forget(wire);
        carrier_close_large(&wire->carrier);
        for (int side = 0; side < SIDE_COUNT; side++)
            ring_close(&wire->ring[side]);
    }
    free(wire);
}

static void hold_packet(struct wire *wire, const struct packet *packet, enum side from,
                        enum wire_action action, const char *fault)
{
    carrier_keep(&wire->carrier, &wire->held, packet, from, action, fault);
    carrier_tell(&wire->carrier, packet, from, FATE_HELD, NULL);
}

static void handle_own(struct wire *wire, const struct packet *packet, enum side from)
{
    const char *fault = NULL;
    enum wire_action action = wire->hooks.decide(wire->hooks.context, packet, from, &fault);
    bool held = (wire->held_sides & 1U << from) != 0 && !carrier_is_cut(&wire->carrier, from);
    if (held && !action_is_at_once(action))
        hold_packet(wire, packet, from, action, fault);
    else
        action_enact(&wire->carrier, action, packet, from, fault);
}

static void handle(struct wire *wire, uint8_t *frame, size_t size, enum side from)
{
    struct packet packet;
    int times = 1;
    bool whole = packet_parse(&packet, frame, size);
    bool own = whole && !chatter_is(&packet) && wire->hooks.own(wire->hooks.context, &packet);
    wire->reports[from] += whole && chatter_is_report(&packet);
    if (own && wire->lie != NULL)
        times = packet_lie_tell(wire->lie, &packet, frame, &size);
    for (int i = 0; i < times && own; i++)
        handle_own(wire, &packet, from);
    if (!own)
        carrier_pass(&wire->carrier, from, frame, size);
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
            wire->carrier.lost++;
        else {
            wire->stamp = ring_stamp(ring);
            handle(wire, frame, size, from);
            wire->stamp = 0;
        }
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
    return wire->reports[SIDE_CLIENT] >= CHATTER_REPORTS &&
           wire->reports[SIDE_SERVER] >= CHATTER_REPORTS;
}

bool wire_await_reports(struct wire *wire)
{
    struct pollfd taps[SIDE_COUNT];
    for (int side = 0; side < SIDE_COUNT; side++)
        taps[side] = (struct pollfd){.fd = wire->carrier.tap[side], .events = POLLIN};
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
    const struct carrier *carrier = &wire->carrier;
    return carrier->kept[SIDE_CLIENT].first != NULL || carrier->kept[SIDE_SERVER].first != NULL ||
           carrier->delayed[SIDE_CLIENT].first != NULL ||
           carrier->delayed[SIDE_SERVER].first != NULL;
}

int wire_flush_reordered(struct wire *wire)
{
    struct carrier *carrier = &wire->carrier;
    int moved = 0;
    for (int side = 0; side < SIDE_COUNT; side++)
        if ((wire->held_sides & 1U << side) == 0)
            moved +=
                carrier_let_go(carrier, &carrier->kept[side], (enum side)side, FATE_PASSED) +
                carrier_let_go(carrier, &carrier->delayed[side], (enum side)side, FATE_DELAYED);
    return moved;
}

void wire_hold(struct wire *wire, unsigned mask)
{
    wire->held_sides |= mask;
}

bool wire_holds(const struct wire *wire, unsigned mask)
{
    return (wire->held_sides & mask) != 0;
}

uint64_t wire_stamp(const struct wire *wire)
{
    return wire->stamp;
}

struct keeping wire_keeping(const struct wire *wire)
{
    return wire->carrier.keeping;
}

int wire_release(struct wire *wire, unsigned mask, bool ends,
                 bool (*match)(void *context, const struct packet *packet, enum side from),
                 void *context)
{
    struct queue before = wire->held;
    struct waiting *one = NULL;
    int moved = 0;
    if (wire->held.first == NULL)
        queue_begin(&before);
    queue_begin(&wire->held);
    if (ends)
        wire->held_sides &= ~mask;
    while ((one = queue_take(&before)) != NULL) {
        struct packet packet;
        packet_parse(&packet, one->frame, one->size);
        if ((mask & 1U << one->from) == 0 || (match && !match(context, &packet, one->from))) {
            queue_add(&wire->held, one);
            continue;
        }
        wire->carrier.keeping = (struct keeping){one->keeping.since, true};
        action_enact(&wire->carrier, one->action, &packet, one->from, one->fault);
        free(one);
        moved++;
    }
    wire->carrier.keeping = (struct keeping){0};
    return moved;
}

void wire_cut(struct wire *wire, unsigned mask)
{
    wire->carrier.cut_sides |= mask;
}

void wire_heal(struct wire *wire, unsigned mask)
{
    wire->carrier.cut_sides &= ~mask;
}

void wire_absent(struct wire *wire, enum side side)
{
    wire->carrier.absent_sides = side == SIDE_COUNT ? 0 : 1U << side;
}

bool wire_say(struct wire *wire, enum side from, const void *bytes, size_t size)
{
    struct keeping keeping = wire->carrier.keeping;
    wire->carrier.keeping = (struct keeping){0};
    bool sent = size + ETHER_HEADER > FRAME_MAX
                    ? carrier_inject_large(&wire->carrier, from, bytes, size, SEGMENT)
                    : carrier_inject(&wire->carrier, from, bytes, size, NULL);
    wire->carrier.keeping = keeping;
    return sent;
}

bool wire_say_large(struct wire *wire)
{
    return carrier_open_large(&wire->carrier);
}

bool wire_taught(struct wire *wire)
{
    bool taught = wire->carrier.taught;
    wire->carrier.taught = false;
    return taught;
}

bool wire_fragmented(struct wire *wire)
{
    bool fragmented = wire->carrier.fragmented;
    wire->carrier.fragmented = false;
    return fragmented;
}

unsigned wire_lost(struct wire *wire)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct tpacket_stats stats = {0}; /* reading them sets them to 0 */
        socklen_t size = sizeof stats;
        if (getsockopt(wire->carrier.tap[side], SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0)
            wire->carrier.lost += stats.tp_drops;
    }
    return wire->carrier.lost;
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
    wire->carrier.cut_sides = 0;
    wire->carrier.absent_sides = 0;
    int drained = 0;
    int got = 0;
    do {
        got = drain(&wire->ring[SIDE_CLIENT]) + drain(&wire->ring[SIDE_SERVER]);
        drained += got;
    } while (got > 0 && drained < DRAIN_LIMIT);
}
