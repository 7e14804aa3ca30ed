/* SPDX-License-Identifier: MIT */
/*
 * Distinct packets: which of several bring something that none before them has brought. A stack
 * that waits for an acknowledgment sends again, when a timer of its own says so; what it sends
 * again is no packet more.
 */
#ifndef SOCKPROOF_PACKET_DISTINCT_H
#define SOCKPROOF_PACKET_DISTINCT_H

#include "base/arena.h"
#include "packet/packet.h"

/* Those that were there; its memory is the arena's. */
struct distinct {
    struct arena *arena;
    struct passed *first;
};

/* True when the packet is new beside those before it, to which it is added. A TCP segment is new
   when it carries a byte, a SYN or a FIN that none did (each has a sequence number); one that has
   none of them, and a packet of SCTP, when no other was like it. Any other packet is a message of
   its own. */
bool distinct_add(struct distinct *distinct, const struct packet *packet);

#endif
