/* SPDX-License-Identifier: MIT */
/*
 * Chatter: what the kernel says of its own accord on a link. Neighbour discovery, multicast
 * listener reports and IGMP are nobody's: raw ICMP cases own all other ICMP of the pair, and what
 * the kernel says when it likes must not count there.
 */
#ifndef SOCKPROOF_WIRE_CHATTER_H
#define SOCKPROOF_WIRE_CHATTER_H

#include "packet/packet.h"

/* Times that a host says which multicast groups it joined or left: RFC 3810's Robustness Variable,
   with the value that kernels have. */
#define CHATTER_REPORTS 2

/* True for chatter (RFC 4861, RFC 2710, RFC 3810, RFC 3376). */
bool chatter_is(const struct packet *packet);
/* True for a multicast listener report of version 2 (RFC 3810 section 5.2). */
bool chatter_is_report(const struct packet *packet);

#endif
