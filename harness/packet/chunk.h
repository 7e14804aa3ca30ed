/*
 * A chunk: one part of an SCTP packet (RFC 9260 section 3). A packet is walked chunk by chunk.
 */
#ifndef SOCKPROOF_PACKET_CHUNK_H
#define SOCKPROOF_PACKET_CHUNK_H

#include "packet/packet.h"

#define SCTP_HEADER 12
#define SCTP_CHECKSUM_OFFSET 8

enum chunk_type {
    CHUNK_DATA = 0,
    CHUNK_INIT = 1,
    CHUNK_INIT_ACK = 2,
    CHUNK_SACK = 3,
    CHUNK_HEARTBEAT = 4,
    CHUNK_HEARTBEAT_ACK = 5,
    CHUNK_ABORT = 6,
    CHUNK_SHUTDOWN = 7,
    CHUNK_SHUTDOWN_ACK = 8,
    CHUNK_ERROR = 9,
    CHUNK_COOKIE_ECHO = 10,
    CHUNK_COOKIE_ACK = 11,
    CHUNK_ECNE = 12,
    CHUNK_CWR = 13,
    CHUNK_SHUTDOWN_COMPLETE = 14,
    CHUNK_AUTH = 15,
    CHUNK_I_DATA = 64,
    CHUNK_ASCONF_ACK = 128,
    CHUNK_RE_CONFIG = 130,
    CHUNK_PAD = 132,
    CHUNK_FORWARD_TSN = 192,
    CHUNK_ASCONF = 193,
    CHUNK_I_FORWARD_TSN = 194
};

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
/* "DATA", "INIT_ACK", … as cases name them, or NULL. Static storage. */
const char *chunk_name(uint8_t type);
/* The absolute TSN of a DATA chunk, 0 when it is cut short. */
uint32_t chunk_tsn(const struct chunk *chunk);
/* The initial TSN of an INIT or INIT ACK. False for any other packet. */
bool chunk_initial_tsn(const struct packet *packet, uint32_t *tsn);

/* The SCTP packet for events and expectations: {"sport":…,"dport":…,"vtag":…,"checksum":"valid",
   "chunks":[{"chunk":"DATA","flags":["B","E"],"length":20,"tsn":1,"stream":0,"ssn":0,"ppid":0,
   "data":"text"},…]}. A TSN counts from 1, its sender's initial one; flows may be NULL (absolute).
   New reference. */
json_t *chunk_describe(const struct packet *packet, const struct flows *flows);
/* The same in one line: "DATA tsn 1 stream 0 ssn 0, SACK 1". out is size bytes. */
void chunk_line(const struct packet *packet, const struct flows *flows, char *out, size_t size);

#endif
