/* SPDX-License-Identifier: MIT */
#include "trial/scripticmp.h"

#include "case/pkticmp.h"

#include <arpa/inet.h>
#include <string.h>

enum { QUOTED = 8 };

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

/* The IP header of a packet of the host under test, of that size behind it. */
static size_t quote_ip(const struct scriptflow *flow, uint8_t protocol, size_t size, uint8_t *out)
{
    bool six = flow->family == AF_INET6;
    memset(out, 0, 40);
    if (six) {
        put_long(out, 6U << 28);
        put_short(out + 4, (unsigned)size);
        out[6] = protocol;
        out[7] = 64;
        memcpy(out + 8, &flow->own, 16);
        memcpy(out + 24, &flow->peer, 16);
        return 40;
    }
    out[0] = 0x45;
    put_short(out + 2, (unsigned)size + 20);
    out[8] = 64;
    out[9] = protocol;
    memcpy(out + 12, &flow->own.s6_addr[12], 4);
    memcpy(out + 16, &flow->peer.s6_addr[12], 4);
    put_short(out + 10, 0xffffU & ~(unsigned)packet_checksum(0, out, 20));
    return 20;
}

/* What the message is about: its header of IP, and the begin of what stands behind. */
static size_t quote(const struct scriptflow *flow, const struct pkt_packet *packet, uint8_t *out)
{
    bool udp = packet->quotes_udp;
    size_t length = udp ? 8 + packet->payload : 20 + packet->range.length;
    size_t size = quote_ip(flow, udp ? IPPROTO_UDP : IPPROTO_TCP, length, out);
    uint8_t *transport = out + size;
    memset(transport, 0, 20);
    put_short(transport, flow->own_port);
    put_short(transport + 2, flow->peer_port);
    if (udp) {
        put_short(transport + 4, 8 + packet->payload);
        return size + QUOTED;
    }
    put_long(transport + 4, packet->range.first + scriptflow_local(flow, false));
    transport[12] = 5 << 4;
    transport[13] = PKT_ACK;
    return size + 20;
}

size_t scripticmp_write(const struct scriptflow *flow, const struct pkt_packet *packet,
                        uint8_t *out)
{
    bool six = flow->family == AF_INET6;
    int type = 0, code = 0;
    if (!pkticmp_find(packet->icmp_type.text, packet->icmp_code.text, six, &type, &code))
        return 0;
    memset(out, 0, 8);
    out[0] = (uint8_t)type;
    out[1] = (uint8_t)code;
    if (packet->has_mtu && six)
        put_long(out + 4, packet->mtu);
    else if (packet->has_mtu)
        put_short(out + 6, packet->mtu);
    return 8 + quote(flow, packet, out + 8);
}
