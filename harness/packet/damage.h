/* SPDX-License-Identifier: MIT */
/*
 * Damage: what a bad line does to one packet.
 */
#ifndef SOCKPROOF_PACKET_DAMAGE_H
#define SOCKPROOF_PACKET_DAMAGE_H

#include "packet/packet.h"

#include <sys/types.h>

/* Flips one bit in the middle of the payload of frame, a copy of the packet, and mends nothing;
   without payload, one of the transport's checksum (or of the last byte, where there is none). */
void damage_flip(const struct packet *packet, uint8_t *frame);
/* Bytes of the frame that are left when half of its payload is gone; the headers go on saying how
   long it was. Without payload, half of the transport's header goes. */
size_t damage_cut(const struct packet *packet);
/* The ICMP error that a router sends which cannot reach the packet's host (RFC 792: type 3 code
   1; RFC 4443: type 1 code 3), from the IP header on, into out. Its size, or -1 with errno. */
ssize_t damage_unreachable(const struct packet *packet, uint8_t *out, size_t capacity);

#endif
