/* SPDX-License-Identifier: MIT */
/*
 * An offer: what the options of a TCP segment offer or agree to (RFC 9293 section 3.2, RFC 7323
 * sections 2 and 3, RFC 2018 section 2).
 */
#ifndef SOCKPROOF_PACKET_OFFER_H
#define SOCKPROOF_PACKET_OFFER_H

#include "packet/packet.h"

#define OFFER_MAX 20 /* bytes of all of them */

struct offer {
    bool mss, wscale, sackok, stamps; /* which of them it has */
    uint16_t mss_value;
    uint8_t wscale_value;
    uint32_t val, ecr; /* of the time stamps */
};

/* What the segment's options hold of that; of what is no TCP segment, and behind an option that
   cannot be, nothing. */
struct offer offer_read(const struct packet *packet);
/* Writes them: MSS, SACK permitted, time stamps, window scale, padded to words with NOPs. Returns
   how many bytes. */
size_t offer_write(const struct offer *offer, uint8_t out[OFFER_MAX]);

#endif
