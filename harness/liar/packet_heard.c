/* SPDX-License-Identifier: MIT */
/*
 * The lies about what arrives: a host that takes a packet for something else than it is. The case
 * sees the packet that was sent; the host gets another, which it answers or believes. So a stack
 * that accepts what it must not is one that was given what it may.
 */
#include "liar/layers.h"
#include "packet/chunk.h"

#include <string.h>

enum { IP4_FRAGMENT = 6, IP4_SOURCE = 12, IP4_DESTINATION = 16, IP6_SOURCE = 8 };
enum { IP6_DESTINATION = 24, IP4_TTL = 8, IP6_HOPS = 7, LOOPBACK_NET = 127 };
enum { ICMP_TYPE = 0, ICMP_CODE = 1, ICMP_QUOTE = 8, QUOTED_PROTOCOL_4 = 9, QUOTED_NEXT_6 = 6 };
enum { UNREACHABLE = 3, QUENCH = 4, ECHO_4 = 8, ECHO_6 = 128 };
enum { LAST_KNOWN_4 = 14, FIRST_ERROR_UNKNOWN_6 = 160 };
enum { CHUNK_TYPE = -4, CHUNK_FLAGS = -3, NOBODY_KNOWS = 0xC5, SCTP_TAG = 4, PORTS = 65536 };

static bool tcp(const struct packet *packet)
{
    return telling_whole(packet, IPPROTO_TCP);
}

static bool udp(const struct packet *packet)
{
    return telling_whole(packet, IPPROTO_UDP);
}

static bool sctp(const struct packet *packet)
{
    return telling_whole(packet, IPPROTO_SCTP);
}

static uint8_t icmp_type(const struct packet *packet)
{
    return packet->frame[packet->transport];
}

static bool icmp_error(const struct packet *packet)
{
    return packet_icmp_error(packet);
}

static bool quench(const struct packet *packet)
{
    return telling_whole(packet, IPPROTO_ICMP) && icmp_type(packet) == QUENCH;
}

/* Types that nobody answers: obsolete ones, and such as have no meaning (RFC 792, RFC 4443). */
static bool icmp_unanswered(const struct packet *packet)
{
    return (telling_whole(packet, IPPROTO_ICMP) && icmp_type(packet) > LAST_KNOWN_4) ||
           (telling_whole(packet, IPPROTO_ICMPV6) && icmp_type(packet) >= FIRST_ERROR_UNKNOWN_6);
}

static bool later_fragment(const struct packet *packet)
{
    return packet->family == AF_INET && packet->fragment;
}

static bool last_hop(const struct packet *packet)
{
    size_t at = packet->ip + (packet->family == AF_INET ? IP4_TTL : IP6_HOPS);
    return packet->family != 0 && packet->frame[at] <= 1;
}

/* From the receiver's own address, or from the loopback's. */
static bool forged(const struct packet *packet)
{
    return packet->family == AF_INET &&
           (packet->frame[packet->ip + IP4_SOURCE] == LOOPBACK_NET ||
            memcmp(&packet->source, &packet->destination, sizeof packet->source) == 0);
}

static bool sctp_abort(const struct packet *packet)
{
    return chunk_has(packet, CHUNK_ABORT);
}

static int as_if_valid(const struct telling *telling)
{
    return telling_mended(telling);
}

static int as_unreachable(const struct telling *telling)
{
    *telling_transport_at(telling, ICMP_TYPE) = UNREACHABLE;
    *telling_transport_at(telling, ICMP_CODE) = 1; /* the host */
    return telling_mended(telling);
}

static int as_echo(const struct telling *telling)
{
    bool four = telling->packet->family == AF_INET;
    *telling_transport_at(telling, ICMP_TYPE) = four ? ECHO_4 : ECHO_6;
    *telling_transport_at(telling, ICMP_CODE) = 0;
    return telling_mended(telling);
}

/* As if what it quotes were a datagram of UDP. */
static int as_about_udp(const struct telling *telling)
{
    size_t at = telling->packet->family == AF_INET ? QUOTED_PROTOCOL_4 : QUOTED_NEXT_6;
    *telling_transport_at(telling, (size_t)ICMP_QUOTE + at) = IPPROTO_UDP;
    return telling_mended(telling);
}

static int as_whole(const struct telling *telling)
{
    telling_put_16(telling_ip_at(telling, IP4_FRAGMENT), 0);
    return telling_mended(telling);
}

/* The addresses of the two hosts differ in their last two bits, which are 1 and 2. */
static void put_other_end(const struct telling *telling, bool source)
{
    bool four = telling->packet->family == AF_INET;
    size_t size = four ? 4 : 16;
    uint8_t *from = telling_ip_at(telling, four ? IP4_SOURCE : IP6_SOURCE);
    uint8_t *to = telling_ip_at(telling, four ? IP4_DESTINATION : IP6_DESTINATION);
    uint8_t *changed = source ? from : to;
    memcpy(changed, source ? to : from, size);
    changed[size - 1] ^= 3;
}

static int as_from_peer(const struct telling *telling)
{
    put_other_end(telling, true);
    return telling_mended(telling);
}

static int as_for_me(const struct telling *telling)
{
    put_other_end(telling, false);
    return telling_mended(telling);
}

static uint8_t *first_chunk(const struct telling *telling, struct chunk *chunk)
{
    return chunk_first(chunk, telling->packet)
               ? telling->frame + (chunk->body - telling->packet->frame)
               : NULL;
}

/* The two high bits of its type say that such a one is skipped and reported (RFC 9260, 3.2). */
static int as_unknown_chunk(const struct telling *telling)
{
    struct chunk chunk;
    uint8_t *body = first_chunk(telling, &chunk);
    if (body != NULL)
        body[CHUNK_TYPE] = NOBODY_KNOWS;
    return telling_mended(telling);
}

/* Each port's tag is the one of the last cookie, sent there or taken; every other is put right. */
static int as_if_tagged(const struct telling *telling)
{
    static uint8_t tags[PORTS][4];
    struct chunk chunk;
    uint8_t *tag = telling_transport_at(telling, SCTP_TAG);
    uint8_t *known = tags[telling->packet->destination_port];
    uint8_t *body = first_chunk(telling, &chunk);
    if (body != NULL && (chunk.type == CHUNK_COOKIE_ECHO || chunk.type == CHUNK_COOKIE_ACK))
        memcpy(known, tag, 4);
    bool other = body != NULL && chunk.type != CHUNK_INIT && chunk.type != CHUNK_INIT_ACK &&
                 memcmp(known, "\0\0\0", 4) != 0 && memcmp(known, tag, 4) != 0;
    if (other)
        memcpy(tag, known, 4);
    if (other && (chunk.type == CHUNK_ABORT || chunk.type == CHUNK_SHUTDOWN_COMPLETE))
        body[CHUNK_FLAGS] = 0;
    return other ? telling_mended(telling) : 1;
}

const struct packet_lie packet_lies_heard[] = {
    {"packet/heard-tcp-checksum", "tcp: a wrong checksum is taken", tcp, as_if_valid},
    {"packet/heard-udp-checksum", "udp: a wrong checksum is taken, or none", udp, as_if_valid},
    {"packet/heard-sctp-checksum", "sctp: a wrong checksum is taken", sctp, as_if_valid},
    {"packet/heard-sctp-tag", "sctp: any tag is taken", sctp, as_if_tagged},
    {"packet/heard-sctp-abort", "sctp: ABORT is a chunk to complain of", sctp_abort,
     as_unknown_chunk},
    {"packet/heard-udp-destination", "udp: what is for others is taken", udp, as_for_me},
    {"packet/heard-source", "ip: any source is taken", forged, as_from_peer},
    {"packet/heard-fragment", "ip: a later fragment is taken for a packet", later_fragment,
     as_whole},
    {"packet/heard-last-hop", "ip: what may go no further is not taken", last_hop, telling_missing},
    {"packet/heard-icmp-quench", "icmp: source quench is an error", quench, as_unreachable},
    {"packet/heard-icmp-unknown", "icmp: types that nobody answers are answered", icmp_unanswered,
     as_echo},
    {"packet/heard-icmp-error", "icmp: errors are answered", icmp_error, as_echo},
    {"packet/heard-icmp-protocol", "icmp: every error is one of UDP", icmp_error, as_about_udp},
    {NULL, NULL, NULL, NULL}};
