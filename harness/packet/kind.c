/* SPDX-License-Identifier: MIT */
#include "packet/kind.h"

#include "packet/chunk.h"

#include <string.h>

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

const char *const kind_names[] = {"syn", "synack", "ack", "fin", "rst", "data", NULL};
/* The flags that a TCP segment of the kind has, in the same order. */
static const uint8_t flags[] = {SYN, SYN | ACK, ACK, FIN, RST};
enum { FLAGGED = sizeof flags, KIND_RST = FLAGGED - 1, KIND_DATA = FLAGGED };

static bool is_data(const struct packet *packet)
{
    bool empty_datagram = packet->protocol == IPPROTO_UDP && packet->payload > packet->transport;
    if (packet->protocol == IPPROTO_SCTP && packet->payload > packet->transport)
        return chunk_has(packet, CHUNK_DATA) || chunk_has(packet, CHUNK_I_DATA);
    return packet->family != 0 && !packet_icmp_error(packet) &&
           (packet->payload_size > 0 || empty_datagram);
}

/* The place of a kind in kind_names; that of the end when it is none. */
static size_t number_of(const char *kind)
{
    size_t number = 0;
    while (kind_names[number] != NULL && strcmp(kind_names[number], kind) != 0)
        number++;
    return number;
}

uint8_t kind_flags(const char *kind)
{
    size_t number = number_of(kind);
    return number < FLAGGED ? flags[number] : 0;
}

unsigned packet_kinds(const struct packet *packet)
{
    unsigned kinds = is_data(packet) ? 1U << KIND_DATA : 0;
    for (size_t i = 0; i < FLAGGED; i++)
        kinds |= (packet->tcp_flags & flags[i]) == flags[i] ? 1U << i : 0;
    return chunk_has(packet, CHUNK_ABORT) ? kinds | 1U << KIND_RST : kinds;
}

bool packet_has_kind(const struct packet *packet, const char *kind)
{
    return (packet_kinds(packet) >> number_of(kind) & 1) != 0;
}

bool kind_fits(const char *kind, const char *transport)
{
    bool aborts = strcmp(kind, "rst") == 0 && strcmp(transport, "sctp") == 0;
    return strcmp(kind, "data") == 0 || strcmp(transport, "tcp") == 0 || aborts;
}
