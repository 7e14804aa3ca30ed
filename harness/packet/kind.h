/* SPDX-License-Identifier: MIT */
/*
 * The kind of a packet, as cases name it. A packet *has* a kind: a SYN-ACK has syn, synack and ack.
 */
#ifndef SOCKPROOF_PACKET_KIND_H
#define SOCKPROOF_PACKET_KIND_H

#include "packet/packet.h"

/* "syn", "synack", "ack", "fin", "rst", "data"; ended by NULL. */
extern const char *const kind_names[];

/* The kinds of the packet, a bit each by their places in kind_names. */
unsigned packet_kinds(const struct packet *packet);
/* True when the packet has the kind. data is any TCP segment, UDP datagram, raw or ICMP message
   with a payload (UDP also an empty one), and an SCTP packet with a DATA chunk; an ABORT is SCTP's
   rst. */
bool packet_has_kind(const struct packet *packet, const char *kind);
/* The flags that a TCP segment of the kind has; 0 for data. */
uint8_t kind_flags(const char *kind);
/* True when some packet of that transport ("tcp", "udp", "icmp", "sctp") has the kind. */
bool kind_fits(const char *kind, const char *transport);

#endif
