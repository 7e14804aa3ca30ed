/*
 * A draft: a packet being built from the fields that a case names; what is not given is
 * computed. Used for what raw sockets send.
 */
#ifndef SOCKPROOF_PACKET_DRAFT_H
#define SOCKPROOF_PACKET_DRAFT_H

#include "packet/packet.h"

#define DRAFT_PAYLOAD_MAX 65535

enum draft_checksum { CHECKSUM_COMPUTE, CHECKSUM_BAD, CHECKSUM_LITERAL };

struct draft {
    int family;
    bool ip;                             /* an IP header is part of it (IP_HDRINCL) */
    uint8_t layer;                       /* IPPROTO_TCP, _UDP, _ICMP, _ICMPV6, or 0: payload only */
    struct in6_addr source, destination; /* IPv4 as mapped; needed for pseudo headers too */
    uint64_t given;                      /* bits of the fields that were set */
    int64_t field[40];
    const uint8_t *payload; /* borrowed */
    size_t payload_size;
};

/* Begins a draft of that family with all fields computed. */
void draft_begin(struct draft *draft, int family);
/* Sets layer ("ip", "tcp", "udp", "icmp") field ("ttl", "tos", "id", "len", "proto", "frag",
   "checksum"; "sport", "dport", "seq", "ack", "flags", "window", "urg", "len"; "type", "code",
   "id", "seq") to a number. False when there is no such field. Setting a field of a transport layer
   makes it the draft's layer, of "ip" adds the IP header. */
bool draft_set(struct draft *draft, const char *layer, const char *field, int64_t value);
/* The checksum of a layer: compute it (default), damage it, or take value. */
bool draft_checksum(struct draft *draft, const char *layer, enum draft_checksum how, int64_t value);
/* Writes the packet, from the IP header (if any) or the transport header on, into out. Returns
   its size, or -1 with errno EMSGSIZE when it does not fit capacity. */
ssize_t draft_build(const struct draft *draft, uint8_t *out, size_t capacity);

/* The names of the fields of each layer, for the checker: NULL terminated; NULL for no layer. */
const char *const *draft_fields(const char *layer);

#endif
