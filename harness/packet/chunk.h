/* SPDX-License-Identifier: MIT */
/*
 * A chunk: one part of an SCTP packet (RFC 9260 section 3). A packet is walked chunk by chunk.
 */
#ifndef SOCKPROOF_PACKET_CHUNK_H
#define SOCKPROOF_PACKET_CHUNK_H

#include "packet/packet.h"

#define CHUNK_HEADER 4

enum chunk_type {
#define KIND(name, type) CHUNK_##name = (type),
#include "packet/chunk.def"
#undef KIND
};

/* Their numbers in the order of chunk.def. */
enum chunk_kind {
#define KIND(name, type) CHUNK_KIND_##name,
#include "packet/chunk.def"
#undef KIND
    CHUNK_KINDS
};

/* By enum chunk_kind: "DATA", "INIT_ACK", … as cases name them, ended by NULL, and their types. */
extern const char *const chunk_names[];
extern const uint8_t chunk_types[];

struct chunk {
    uint8_t type, flags;
    const uint8_t *body; /* behind the chunk's header; borrowed */
    size_t body_size;    /* as the chunk says, cut at the packet's end */
    const uint8_t *next; /* where the next one begins */
};

/* The first chunk of an SCTP packet. False when there is none. */
bool chunk_first(struct chunk *chunk, const struct packet *packet);
/* The one behind it; false at the end, or where what is left is no chunk. */
bool chunk_next(struct chunk *chunk, const struct packet *packet);
/* True when the packet has a chunk of that type. */
bool chunk_has(const struct packet *packet, enum chunk_type type);
/* The name of a type, or NULL. Static storage. */
const char *chunk_name(uint8_t type);
/* The absolute TSN of a DATA chunk, 0 when it is cut short. */
uint32_t chunk_tsn(const struct chunk *chunk);
/* The initial TSN of an INIT or INIT ACK. False for any other packet. */
bool chunk_initial_tsn(const struct packet *packet, uint32_t *tsn);

#endif
