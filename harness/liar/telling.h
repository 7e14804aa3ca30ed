/* SPDX-License-Identifier: MIT */
/*
 * What the lies about packets share: what a lie is made of, and the ways of telling one that know
 * no protocol.
 *
 * A lie is a kind of packet that it is told about, and what becomes of such a packet: bytes changed
 * and checksums mended, or a number of times that it is sent. Single-threaded.
 */
#ifndef SOCKPROOF_LIAR_TELLING_H
#define SOCKPROOF_LIAR_TELLING_H

#include "packet/packet.h"

/* A packet in the making: its frame, of *size bytes, may be changed, and made shorter. */
struct telling {
    uint8_t *frame;
    size_t *size;
    const struct packet *packet; /* as it was parsed before */
};

struct packet_lie {
    const char *name; /* "packet/…"; NULL ends a list */
    const char *says; /* in a few words */
    bool (*about)(const struct packet *packet);
    int (*tell)(const struct telling *telling); /* returns how often it is sent: 0, 1 or 2 */
};

/* True for a packet of that protocol that is no fragment. */
bool telling_whole(const struct packet *packet, uint8_t protocol);
/* True when such a packet comes for the first time: what was seen is remembered by a hash of its
   ports, numbers and flags, so that a retransmission gets through. */
bool telling_first_time(const struct packet *packet);

/* The byte at that offset of the IP header, of the transport's, of the payload. */
uint8_t *telling_ip_at(const struct telling *telling, size_t offset);
uint8_t *telling_transport_at(const struct telling *telling, size_t offset);
uint8_t *telling_payload_at(const struct telling *telling, size_t offset);
/* Adds to a number of 16 or 32 bits in network byte order; stores one of 16 bits. */
void telling_add_16(uint8_t *at, int amount);
void telling_add_32(uint8_t *at, int amount);
void telling_put_16(uint8_t *at, size_t value);

/* Mends the checksums: once. All that tell end in it, unless the lie is about a checksum. */
int telling_mended(const struct telling *telling);
/* The packet is not sent; goes twice; is not sent when it comes for the first time. */
int telling_missing(const struct telling *telling);
int telling_doubled(const struct telling *telling);
int telling_missing_once(const struct telling *telling);
/* One bit in the middle of the payload is another; its first two bytes change places. */
int telling_damage_payload(const struct telling *telling);
int telling_swap_payload(const struct telling *telling);
/* The source address is one beside the host's own. */
int telling_shift_source(const struct telling *telling);
/* The source port of TCP or UDP is one higher. */
int telling_shift_source_port(const struct telling *telling);

#endif
