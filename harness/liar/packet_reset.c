/* SPDX-License-Identifier: MIT */
/* The lies about what a host takes resets and late SYNs for (RFC 5961). */
#include "liar/layers.h"

#include <string.h>

enum { TCP_SEQ = 4, TCP_FLAGS = 13 };
enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };
enum { PORTS = 65536 };

static bool tcp(const struct packet *packet)
{
    return telling_whole(packet, IPPROTO_TCP);
}

static bool rst(const struct packet *packet)
{
    return tcp(packet) && (packet->tcp_flags & RST) != 0;
}

/* The number that the receiver expects next of the sender on that port, as far as what came says.
 */
static uint32_t *expected(const struct packet *packet)
{
    static uint32_t next[PORTS];
    return &next[packet->source_port];
}

static bool begins(const struct packet *packet)
{
    return (packet->tcp_flags & (SYN | ACK)) == SYN;
}

static void learn(const struct packet *packet)
{
    uint32_t *next = expected(packet);
    uint32_t flags = packet->tcp_flags;
    uint32_t end = packet->seq + (uint32_t)packet->payload_size + ((flags & SYN) != 0 ? 1 : 0) +
                   ((flags & FIN) != 0 ? 1 : 0);
    if ((flags & SYN) != 0 || packet->seq == *next)
        *next = end;
}

static int reset_at_next(const struct telling *telling)
{
    uint8_t *seq = telling_transport_at(telling, TCP_SEQ);
    uint32_t next = *expected(telling->packet);
    for (size_t i = 0; i < 4; i++)
        seq[i] = (uint8_t)(next >> (24 - 8 * i));
    *telling_transport_at(telling, TCP_FLAGS) = RST;
    return telling_mended(telling);
}

static int any_reset_is_exact(const struct telling *telling)
{
    if (rst(telling->packet))
        return reset_at_next(telling);
    learn(telling->packet);
    return 1;
}

/* A SYN on a connection that has had its own is heard as a reset. */
static int late_syn_resets(const struct telling *telling)
{
    static uint32_t begun[PORTS]; /* the number behind each port's SYN */
    const struct packet *packet = telling->packet;
    uint32_t *own = &begun[packet->source_port];
    bool late = begins(packet) && *own != 0 && *expected(packet) - *own < 0x10000;
    if (begins(packet) && late)
        return reset_at_next(telling);
    if (begins(packet))
        *own = packet->seq + 1;
    learn(packet);
    return 1;
}

const struct packet_lie packet_lies_reset[] = {
    {"packet/heard-no-reset", "tcp: no RST is heard", rst, telling_missing},
    {"packet/heard-reset-anywhere", "tcp: every RST is heard at the number expected", tcp,
     any_reset_is_exact},
    {"packet/heard-late-syn", "tcp: a SYN in a connection is heard as RST", tcp, late_syn_resets},
    {NULL, NULL, NULL, NULL}};
