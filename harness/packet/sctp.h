/* SPDX-License-Identifier: MIT */
/*
 * SCTP: RFC 9260. The packet's own header, and its chunks, of which each is a header.
 */
#ifndef SOCKPROOF_PACKET_SCTP_H
#define SOCKPROOF_PACKET_SCTP_H

#include "packet/layer.h"

extern const struct layer sctp_layer, chunk_layer;

/* The header of a chunk of the packet. */
struct header sctp_chunk(const struct packet *packet, const struct chunk *chunk);

#endif
