/* SPDX-License-Identifier: MIT */
#include "wire/reset.h"

#include "packet/chunk.h"
#include "packet/crc32c.h"
#include "packet/draft.h"
#include "packet/kind.h"

#include <string.h>

enum { TCP_RST = 4, TCP_ACK = 16 };

/* A draft between the ends of a packet, in its direction (forward) or the other. */
static void between(struct draft *draft, const struct packet *packet, bool forward)
{
    draft_begin(draft, packet->family);
    draft->ip = true;
    draft->source = forward ? packet->source : packet->destination;
    draft->destination = forward ? packet->destination : packet->source;
}

static ssize_t build_rst(const struct packet *packet, bool forward, unsigned flags, uint32_t seq,
                         uint32_t ack, uint8_t *bytes)
{
    struct draft draft;
    between(&draft, packet, forward);
    draft_set(&draft, "tcp", "sport", forward ? packet->source_port : packet->destination_port);
    draft_set(&draft, "tcp", "dport", forward ? packet->destination_port : packet->source_port);
    draft_set(&draft, "tcp", "flags", (int64_t)flags);
    draft_set(&draft, "tcp", "seq", seq);
    draft_set(&draft, "tcp", "ack", ack);
    draft_set(&draft, "tcp", "window", 0);
    return draft_build(&draft, bytes, RESET_MAX);
}

/* What the sender of a packet without ACK is answered acknowledges all of it. */
static ssize_t reset_tcp(const struct packet *dropped, bool forward, uint8_t *bytes)
{
    bool syn = packet_has_kind(dropped, "syn");
    bool ack = packet_has_kind(dropped, "ack");
    uint32_t end = dropped->seq + (uint32_t)dropped->payload_size + (syn ? 1 : 0) +
                   (packet_has_kind(dropped, "fin") ? 1 : 0);
    if (forward && syn && !ack)
        return 0;
    if (forward)
        return build_rst(dropped, true, ack ? TCP_RST | TCP_ACK : TCP_RST, dropped->seq,
                         ack ? dropped->ack : 0, bytes);
    return ack ? build_rst(dropped, false, TCP_RST, dropped->ack, 0, bytes)
               : build_rst(dropped, false, TCP_RST | TCP_ACK, 0, end, bytes);
}

/* RFC 9260 section 8.5.1: the ABORT to the receiver has the tag that the packet carries; the one to
   its sender has that same tag, which is its peer's, and the T bit. */
static ssize_t reset_sctp(const struct packet *dropped, bool forward, uint8_t *bytes)
{
    uint8_t abort[SCTP_HEADER + 4] = {0};
    struct draft draft;
    const uint8_t *header = dropped->frame + dropped->transport;
    memcpy(abort, header + (forward ? 0 : 2), 2);
    memcpy(abort + 2, header + (forward ? 2 : 0), 2);
    memcpy(abort + 4, header + 4, 4);
    abort[SCTP_HEADER] = CHUNK_ABORT;
    abort[SCTP_HEADER + 1] = forward ? 0 : 1;
    abort[SCTP_HEADER + 3] = 4;
    uint32_t sum = crc32c(abort, sizeof abort);
    for (size_t i = 0; i < 4; i++)
        abort[SCTP_CHECKSUM_OFFSET + i] = (uint8_t)(sum >> 8 * i);
    between(&draft, dropped, forward);
    draft_set(&draft, "ip", "proto", IPPROTO_SCTP);
    draft.payload = abort;
    draft.payload_size = sizeof abort;
    return draft_build(&draft, bytes, RESET_MAX);
}

ssize_t reset_build(const struct packet *dropped, bool forward, uint8_t *bytes)
{
    if (dropped->payload == dropped->transport) /* no header of a transport */
        return 0;
    switch (dropped->protocol) {
    case IPPROTO_TCP:
        return reset_tcp(dropped, forward, bytes);
    case IPPROTO_SCTP:
        return reset_sctp(dropped, forward, bytes);
    }
    return 0;
}
