/* SPDX-License-Identifier: MIT */
/*
 * Matching a packet: an expectation of a case, or what a fault looks for, against a packet, field
 * by field as field.def lists them.
 *
 * A field that a packet cannot have, being of another kind, is never matched. Whether any packet
 * that was compared has it is kept, so that a question which none of them could answer does not
 * count as answered with no.
 */
#ifndef SOCKPROOF_OBSERVE_PACKETMATCH_H
#define SOCKPROOF_OBSERVE_PACKETMATCH_H

#include "case/node.h"
#include "packet/naming.h"

/* What came of comparing packets with one expectation; zeros to begin with. */
struct answered {
    uint64_t had;    /* by the number of the field in the expectation: some packet has it */
    uint64_t lacked; /* some packet does not have it, and is what is meant in all else */
};

/* True when the packet has the kind or the fields that expected names; its other keys (from:,
   triggers) are not looked at. The packet's numbers are those of flows_numbered; naming may be
   NULL, and answered, to which this packet is added. */
bool packetmatch(const struct node *expected, const struct packet *packet,
                 const struct naming *naming, struct answered *answered);
/* A field that no packet had which was compared with expected, while one is what is meant in all
   else: its name ("icmp.id") in out. False when there is none. */
bool packetmatch_unanswered(const struct node *expected, const struct answered *answered, char *out,
                            size_t size);

#endif
