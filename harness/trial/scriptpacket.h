/* SPDX-License-Identifier: MIT */
/*
 * A packet that a script lets the remote host send, as it goes onto the wire.
 */
#ifndef SOCKPROOF_TRIAL_SCRIPTPACKET_H
#define SOCKPROOF_TRIAL_SCRIPTPACKET_H

#include "trial/scriptflow.h"

/* Room for an IP packet that crosses the wire, above the MTU as well. */
#define SCRIPTPACKET_ROOM 65535

/* Writes the IP packet to out; what the script says is what stands in it, in the numbers of the
   flow, which learns the first number of a SYN. Returns its size; 0 with a reason in *why when
   there is no such packet. */
size_t scriptpacket_build(struct scriptflow *flow, const struct pkt_packet *packet,
                          uint8_t out[SCRIPTPACKET_ROOM], const char **why);

#endif
