/* SPDX-License-Identifier: MIT */
#include "trial/scriptpacket.h"

#include "trial/scripticmp.h"

#include <arpa/inet.h>
#include <string.h>

enum { HEADERS_MAX = 120, TTL = 255, FOEXP_MAGIC = 0xf989, OPTIONS_MAX = 40, PAD_NOP = 1 };

static void put_short(uint8_t *at, unsigned number)
{
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
}

static void put_long(uint8_t *at, uint32_t number)
{
    number = htonl(number);
    memcpy(at, &number, sizeof number);
}

/* --- options -------------------------------------------------------------------------------- */

/* An option under way into a header. */
struct writing {
    uint8_t *out;
    size_t size;
    bool full;
};

/* Room for an option of that length, its kind and length written; NULL when there is none. */
static uint8_t *option_at(struct writing *writing, uint8_t kind, size_t length)
{
    uint8_t *at = writing->out + writing->size;
    writing->full = writing->full || writing->size + length > OPTIONS_MAX;
    if (writing->full)
        return NULL;
    writing->size += length;
    at[0] = kind;
    if (length > 1)
        at[1] = (uint8_t)length;
    return at + 2;
}

static void write_octets(struct writing *writing, uint8_t kind, const struct pkt_tcp_option *option)
{
    uint8_t *at = option_at(writing, kind, 2 + option->length);
    if (at != NULL)
        memcpy(at, option->bytes, option->length);
}

static void write_foexp(struct writing *writing, const struct pkt_tcp_option *option)
{
    uint8_t *at = option_at(writing, 254, 4 + option->length);
    if (at == NULL)
        return;
    put_short(at, FOEXP_MAGIC);
    memcpy(at + 2, option->bytes, option->length);
}

static void write_sack(struct writing *writing, const struct scriptflow *flow, bool syn,
                       const struct pkt_tcp_option *option)
{
    uint8_t *at = option_at(writing, 5, 2 + 8 * option->blocks);
    uint32_t offset = scriptflow_local(flow, syn);
    for (size_t i = 0; i < option->blocks && at != NULL; i++) {
        put_long(at + 8 * i, option->block[i].first + offset);
        put_long(at + 8 * i + 4, option->block[i].end + offset);
    }
}

static void write_stamp(struct writing *writing, const struct scriptflow *flow,
                        const struct pkt_tcp_option *option)
{
    uint8_t *at = option_at(writing, 8, 10);
    if (at == NULL)
        return;
    put_long(at, option->number);
    put_long(at + 4, scriptflow_echo(flow, option->second));
}

static void write_number(struct writing *writing, uint8_t kind, size_t length, uint32_t number)
{
    uint8_t *at = option_at(writing, kind, length);
    if (at != NULL && length == 3)
        *at = (uint8_t)number;
    else if (at != NULL && length == 4)
        put_short(at, number);
}

static void write_option(struct writing *writing, const struct scriptflow *flow, bool syn,
                         const struct pkt_tcp_option *option)
{
    switch (option->kind) {
    case PKT_OPTION_MSS:
        write_number(writing, 2, 4, option->number);
        break;
    case PKT_OPTION_WSCALE:
        write_number(writing, 3, 3, option->number);
        break;
    case PKT_OPTION_SACKOK:
        write_number(writing, 4, 2, 0);
        break;
    case PKT_OPTION_NOP:
        write_number(writing, 1, 1, 0);
        break;
    case PKT_OPTION_EOL:
        write_number(writing, 0, 1, 0);
        break;
    case PKT_OPTION_TS:
        write_stamp(writing, flow, option);
        break;
    case PKT_OPTION_SACK:
        write_sack(writing, flow, syn, option);
        break;
    case PKT_OPTION_FO:
        write_octets(writing, 34, option);
        break;
    case PKT_OPTION_FOEXP:
        write_foexp(writing, option);
        break;
    case PKT_OPTION_MD5:
        write_octets(writing, 19, option);
        break;
    case PKT_OPTION_ACCECN0:
        write_octets(writing, 172, option);
        break;
    case PKT_OPTION_ACCECN1:
        write_octets(writing, 174, option);
        break;
    }
}

/* --- headers -------------------------------------------------------------------------------- */

static unsigned tos_of(const struct pkt_packet *packet)
{
    static const unsigned codes[] = {[PKT_ECN_ANY] = 0,  [PKT_ECN_NONE] = 0,  [PKT_ECN_ECT1] = 1,
                                     [PKT_ECN_ECT0] = 2, [PKT_ECN_ECT01] = 2, [PKT_ECN_CE] = 3};
    return (packet->tos >= 0 ? (unsigned)packet->tos : 0) | codes[packet->ecn];
}

static size_t write_ip(const struct scriptflow *flow, const struct pkt_packet *packet,
                       uint8_t protocol, size_t size, uint8_t *out)
{
    bool six = flow->family == AF_INET6;
    unsigned tos = tos_of(packet);
    uint8_t ttl = (uint8_t)(packet->ttl >= 0 ? packet->ttl : TTL);
    memset(out, 0, six ? 40 : 20);
    if (six) {
        put_long(out, 6U << 28 | tos << 20);
        put_short(out + 4, (unsigned)size);
        out[6] = protocol;
        out[7] = ttl;
        memcpy(out + 8, &flow->peer, 16);
        memcpy(out + 24, &flow->own, 16);
        return 40;
    }
    out[0] = 0x45;
    out[1] = (uint8_t)tos;
    put_short(out + 2, (unsigned)size + 20);
    out[8] = ttl;
    out[9] = protocol;
    memcpy(out + 12, &flow->peer.s6_addr[12], 4);
    memcpy(out + 16, &flow->own.s6_addr[12], 4);
    return 20;
}

static unsigned flags_of(const struct pkt_packet *packet)
{
    unsigned flags = packet->flags;
    unsigned ace = packet->ace >= 0 ? (unsigned)packet->ace : 0;
    return flags | ((ace & 4) != 0 ? PKT_AE : 0U) | ((ace & 2) != 0 ? PKT_CWR : 0U) |
           ((ace & 1) != 0 ? PKT_ECE : 0U);
}

/* Header and payload, which is zeros. Returns the size; 0 when the options do not fit. */
static size_t write_tcp(struct scriptflow *flow, const struct pkt_packet *packet, uint8_t *out)
{
    bool syn = (packet->flags & PKT_SYN) != 0;
    unsigned flags = flags_of(packet);
    struct writing writing = {.out = out + 20};
    if (syn)
        scriptflow_remote_begins(flow, packet->range.first);
    memset(out, 0, 20 + OPTIONS_MAX + packet->range.length);
    for (const struct pkt_tcp_option *one = packet->options; one != NULL; one = one->next)
        write_option(&writing, flow, syn, one);
    while (writing.size % 4 != 0)
        writing.out[writing.size++] = PAD_NOP;
    put_short(out, flow->peer_port);
    put_short(out + 2, flow->own_port);
    put_long(out + 4, packet->range.first + scriptflow_remote(flow, syn));
    put_long(out + 8, packet->has_ack ? packet->ack + scriptflow_local(flow, syn) : 0);
    out[12] = (uint8_t)((20 + writing.size) / 4 << 4 | ((flags & PKT_AE) != 0 ? 1U : 0));
    out[13] = (uint8_t)flags;
    put_short(out + 14, packet->window);
    put_short(out + 18, packet->urgent);
    return writing.full ? 0 : 20 + writing.size + packet->range.length;
}

static size_t write_udp(const struct scriptflow *flow, const struct pkt_packet *packet,
                        uint8_t *out)
{
    memset(out, 0, 8 + packet->payload);
    put_short(out, flow->peer_port);
    put_short(out + 2, flow->own_port);
    put_short(out + 4, packet->payload + 8);
    return 8 + packet->payload;
}

size_t scriptpacket_build(struct scriptflow *flow, const struct pkt_packet *packet,
                          uint8_t out[SCRIPTPACKET_ROOM], const char **why)
{
    static const uint8_t protocols[] = {[PKT_TCP] = IPPROTO_TCP, [PKT_UDP] = IPPROTO_UDP};
    uint8_t frame[ETHER_HEADER + SCRIPTPACKET_ROOM] = {0};
    bool six = flow->family == AF_INET6;
    uint8_t *ip = frame + ETHER_HEADER, *transport = ip + (six ? 40 : 20);
    uint8_t protocol = packet->protocol == PKT_ICMP ? (six ? IPPROTO_ICMPV6 : IPPROTO_ICMP)
                                                    : protocols[packet->protocol];
    size_t size = 0;
    if (packet->range.length + HEADERS_MAX > SCRIPTPACKET_ROOM ||
        packet->payload + HEADERS_MAX > SCRIPTPACKET_ROOM) {
        *why = "it is larger than what crosses the wire at once";
        return 0;
    }
    if (packet->protocol == PKT_TCP)
        size = write_tcp(flow, packet, transport);
    else if (packet->protocol == PKT_UDP)
        size = write_udp(flow, packet, transport);
    else
        size = scripticmp_write(flow, packet, transport);
    *why = packet->protocol == PKT_ICMP ? "no ICMP message of this version of IP is called so"
                                        : "its options do not fit a header";
    if (size == 0)
        return 0;
    size += write_ip(flow, packet, protocol, size, ip);
    put_short(frame + 12, six ? 0x86dd : 0x0800);
    packet_mend(frame, ETHER_HEADER + size);
    memcpy(out, ip, size);
    return size;
}
