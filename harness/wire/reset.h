/* SPDX-License-Identifier: MIT */
/*
 * What resets the two ends of a flow in which a packet was dropped: RSTs of TCP, ABORTs of SCTP.
 *
 * The RSTs are made to be accepted (RFC 9293 section 3.10.7): the receiver gets one with the
 * sequence number of the dropped packet, which it was about to expect; the sender gets the one that
 * a closed port would have answered. RFC 5961 makes a receiver that expected another number (behind
 * a gap) answer with a challenge ACK: its peer, reset, answers that one with the RST that fits. So
 * both ends are reset in any case, in order flows at once.
 */
#ifndef SOCKPROOF_WIRE_RESET_H
#define SOCKPROOF_WIRE_RESET_H

#include "packet/packet.h"

#include <sys/types.h>

#define RESET_MAX 128 /* bytes that hold any */

/* Builds the IP packet that resets the receiver of the dropped packet (forward: it seems to come
   from its sender), or its sender (it seems to come from its receiver), into bytes, of RESET_MAX.
   Its size; 0 when that end has nothing to reset (the receiver of a bare SYN, and where the
   protocol knows no reset), or -1 with errno. */
ssize_t reset_build(const struct packet *dropped, bool forward, uint8_t *bytes);

#endif
