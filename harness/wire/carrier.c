/* SPDX-License-Identifier: MIT */
#include "wire/carrier.h"

#include "liar/packet_lie.h"
#include "wire/large.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SEND_TRIES = 10, SEND_WAIT_MS = 100 };

void carrier_begin(struct carrier *carrier, const struct hosts *hosts,
                   const struct witness *witness)
{
    *carrier = (struct carrier){.witness = *witness};
    memcpy(carrier->tap, hosts->tap, sizeof carrier->tap);
    memcpy(carrier->mac, hosts->mac, sizeof carrier->mac);
    for (int side = 0; side < SIDE_COUNT; side++) {
        carrier->offload[side] = -1;
        queue_begin(&carrier->kept[side]);
        queue_begin(&carrier->delayed[side]);
    }
}

void carrier_forget(struct carrier *carrier)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        queue_empty(&carrier->kept[side]);
        queue_empty(&carrier->delayed[side]);
    }
}

enum side carrier_other(enum side side)
{
    return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

bool carrier_is_cut(const struct carrier *carrier, enum side side)
{
    return (carrier->cut_sides & 1U << side) != 0;
}

/* True for what makes exceptions to routes: a redirect, or that a packet was too big (RFC 792 and
   1191, RFC 4861 and 8201); and for IPv6 whose extension headers hide what it is. */
static bool teaches(const uint8_t *frame, size_t size)
{
    enum { NEXT_4 = 23, NEXT_6 = 20, HEADER_4 = 20, HEADER_6 = 40 };
    bool four = size > ETHER_HEADER + HEADER_4 && frame[12] == 0x08 && frame[13] == 0x00;
    bool six = size > ETHER_HEADER + HEADER_6 && frame[12] == 0x86 && frame[13] == 0xdd;
    size_t at = ETHER_HEADER + (four ? (frame[ETHER_HEADER] & 0xfU) * 4U : HEADER_6);
    uint8_t next = four ? frame[NEXT_4] : six ? frame[NEXT_6] : IPPROTO_TCP;
    bool hidden = six && (next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING ||
                          next == IPPROTO_FRAGMENT || next == IPPROTO_DSTOPTS);
    if (at >= size || (next != IPPROTO_ICMP && next != IPPROTO_ICMPV6))
        return hidden;
    return four ? frame[at] == ICMP_DEST_UNREACH || frame[at] == ICMP_REDIRECT
                : frame[at] == ICMP6_PACKET_TOO_BIG || frame[at] == ND_REDIRECT;
}

/* True for a part of a datagram: more fragments follow, or it lies behind others (RFC 791, 8200).
 */
static bool is_fragment(const uint8_t *frame, size_t size)
{
    enum {
        OFFSET_4 = ETHER_HEADER + 6,
        NEXT_6 = ETHER_HEADER + 6,
        DONT_FRAGMENT_AND_RESERVED = 0xc0
    };
    bool four = size > OFFSET_4 + 1 && frame[12] == 0x08 && frame[13] == 0x00;
    bool six = size > NEXT_6 && frame[12] == 0x86 && frame[13] == 0xdd;
    return (four &&
            ((frame[OFFSET_4] & ~DONT_FRAGMENT_AND_RESERVED) != 0 || frame[OFFSET_4 + 1] != 0)) ||
           (six && frame[NEXT_6] == IPPROTO_FRAGMENT);
}

/* What the host takes a frame for, in a copy of *size bytes at most. NULL when it takes nothing. */
static const void *misheard(const struct packet_lie *lie, uint8_t copy[FRAME_MAX],
                            const void *frame, size_t *size)
{
    struct packet packet;
    if (lie == NULL || *size > FRAME_MAX)
        return frame;
    memcpy(copy, frame, *size);
    if (!packet_parse(&packet, copy, *size))
        return frame;
    return packet_lie_tell(lie, &packet, copy, size) > 0 ? copy : NULL;
}

bool carrier_is_absent(const struct carrier *carrier, enum side side)
{
    return (carrier->absent_sides & 1U << side) != 0;
}

bool carrier_send(struct carrier *carrier, enum side from, const void *frame, size_t size)
{
    return carrier_is_absent(carrier, carrier_other(from)) ||
           carrier_pass(carrier, from, frame, size);
}

bool carrier_pass(struct carrier *carrier, enum side from, const void *frame, size_t size)
{
    uint8_t copy[FRAME_MAX];
    frame = misheard(carrier->misheard, copy, frame, &size);
    if (frame == NULL)
        return true;
    carrier->taught = carrier->taught || teaches(frame, size);
    carrier->fragmented = carrier->fragmented || is_fragment(frame, size);
    int tap = carrier->tap[carrier_other(from)];
    bool sent = false;
    bool again = true;
    for (int tries = 0; tries < SEND_TRIES && !sent && again; tries++) {
        sent = send(tap, frame, size, MSG_DONTWAIT) == (ssize_t)size;
        again = !sent && (errno == EAGAIN || errno == ENOBUFS || errno == EINTR);
        struct pollfd writable = {.fd = tap, .events = POLLOUT};
        if (again)
            poll(&writable, 1, SEND_WAIT_MS);
    }
    carrier->lost += sent ? 0 : 1;
    return sent;
}

void carrier_tell(const struct carrier *carrier, const struct packet *packet, enum side from,
                  enum fate fate, const char *fault)
{
    carrier->witness.seen(carrier->witness.context, packet, from, fate, fault);
}

void carrier_carry(struct carrier *carrier, const struct packet *packet, enum side from,
                   enum fate fate, const char *fault)
{
    bool absent = carrier_is_absent(carrier, carrier_other(from));
    carrier_send(carrier, from, packet->frame, packet->size);
    carrier_tell(carrier, packet, from, fate == FATE_PASSED && absent ? FATE_ABSORBED : fate,
                 fault);
}

void carrier_keep(struct carrier *carrier, struct queue *queue, const struct packet *packet,
                  enum side from, enum wire_action action, const char *fault)
{
    const struct witness *witness = &carrier->witness;
    struct keeping keeping = carrier->keeping; /* of one that was held before */
    if (keeping.since == 0 && witness->now != NULL)
        keeping.since = witness->now(witness->context);
    queue_copy(queue, packet, from, action, fault, keeping);
}

int carrier_let_go(struct carrier *carrier, struct queue *queue, enum side from, enum fate fate)
{
    int moved = 0;
    struct waiting *one = NULL;
    while ((one = queue_take(queue)) != NULL) {
        struct packet packet;
        packet_parse(&packet, one->frame, one->size);
        carrier->keeping = one->keeping;
        if (carrier_is_cut(carrier, from))
            carrier_tell(carrier, &packet, from, FATE_CUT, one->fault);
        else
            carrier_carry(carrier, &packet, from, fate, one->fault);
        free(one);
        moved++;
    }
    carrier->keeping = (struct keeping){0};
    return moved;
}

/* The Ethernet header of a packet that from sends. */
static void put_ether(const struct carrier *carrier, enum side from, bool six, uint8_t *frame)
{
    memcpy(frame, carrier->mac[carrier_other(from)], 6);
    memcpy(frame + 6, carrier->mac[from], 6);
    frame[12] = six ? 0x86 : 0x08;
    frame[13] = six ? 0xdd : 0x00;
}

bool carrier_open_large(struct carrier *carrier)
{
    bool good = true;
    for (int side = 0; side < SIDE_COUNT; side++) {
        if (carrier->offload[side] < 0)
            carrier->offload[side] = large_open(carrier->tap[side]);
        good = good && carrier->offload[side] >= 0;
    }
    return good;
}

void carrier_close_large(struct carrier *carrier)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        if (carrier->offload[side] >= 0)
            close(carrier->offload[side]);
        carrier->offload[side] = -1;
    }
}

bool carrier_inject_large(struct carrier *carrier, enum side from, const void *bytes, size_t size,
                          unsigned segment)
{
    uint8_t frame[LARGE_MAX];
    struct packet packet;
    if (size == 0 || size + ETHER_HEADER > sizeof frame)
        return false;
    put_ether(carrier, from, *(const uint8_t *)bytes >> 4 == 6, frame);
    memcpy(frame + ETHER_HEADER, bytes, size);
    bool sent =
        large_send(carrier->offload[carrier_other(from)], frame, ETHER_HEADER + size, segment);
    packet_parse(&packet, frame, ETHER_HEADER + size);
    carrier_tell(carrier, &packet, from, FATE_INJECTED, NULL);
    return sent;
}

bool carrier_inject(struct carrier *carrier, enum side from, const void *bytes, size_t size,
                    const char *fault)
{
    uint8_t frame[FRAME_MAX];
    struct packet packet;
    bool six = size > 0 && *(const uint8_t *)bytes >> 4 == 6;
    if (size + ETHER_HEADER > sizeof frame)
        return false;
    put_ether(carrier, from, six, frame);
    memcpy(frame + ETHER_HEADER, bytes, size);
    bool sent = carrier_send(carrier, from, frame, ETHER_HEADER + size);
    packet_parse(&packet, frame, ETHER_HEADER + size);
    carrier_tell(carrier, &packet, from, FATE_INJECTED, fault);
    return sent;
}
