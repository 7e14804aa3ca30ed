/* SPDX-License-Identifier: MIT */
/*
 * Flows: the initial sequence numbers of one case's connections and associations, from which the
 * numbers of packets are counted in words, in expectations and in what faults look at.
 */
#ifndef SOCKPROOF_PACKET_FLOWS_H
#define SOCKPROOF_PACKET_FLOWS_H

#include "packet/packet.h"

struct flows;

/* NULL without memory; free with flows_free, which takes NULL. */
struct flows *flows_new(void);
void flows_free(struct flows *flows);
void flows_clear(struct flows *flows);
/* Learns from a packet (SYN, SYN-ACK, INIT, INIT ACK; the first segment otherwise). */
void flows_learn(struct flows *flows, const struct packet *packet);
/* What the numbers of the packet's sender, or of its receiver, are counted from: *number. False,
   and 0, when nothing is known of it. Of packet its addresses, ports and protocol are looked at. */
bool flows_first(const struct flows *flows, const struct packet *packet, bool of_sender,
                 uint32_t *number);
/* The numbers of the packet's sender are counted from number, unless it is known that they are
   counted from another. */
void flows_begin(struct flows *flows, const struct packet *packet, uint32_t number);
/* How many packets the connection or association has seen, of either side, since one last brought
   anything new: data, an acknowledgement of more, another window, a step of its set-up or end. To
   be asked once for each packet, which flows_learn has seen; 0 for a packet of no such flow. */
unsigned flows_idle(struct flows *flows, const struct packet *packet);
/* The packet with its numbers counted from the first ones of its flow: a SYN has number 0, an
   initial TSN is 1. They stay absolute where none is known, and when flows is NULL. An association
   is one flow on all of its paths. An ICMP error has the first numbers of the packet that it
   quotes. */
struct packet flows_numbered(const struct flows *flows, const struct packet *packet);

#endif
