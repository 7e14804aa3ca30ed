/* SPDX-License-Identifier: MIT */
/*
 * Packets of a packetdrill script: what stands behind < and >.
 */
#ifndef SOCKPROOF_CASE_PKTPACKET_H
#define SOCKPROOF_CASE_PKTPACKET_H

#include "case/pktcursor.h"

/* Reads the packet whose direction is at the cursor. What is wrong, and what is not known, is told
   by the cursor. */
struct pkt_packet pktpacket_read(struct pktcursor *cursor);

#endif
