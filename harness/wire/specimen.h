/* SPDX-License-Identifier: MIT */
/*
 * A specimen: a packet for tests, made from a few numbers. For the tests of this room only, which
 * include it once each.
 */
#ifndef SOCKPROOF_WIRE_SPECIMEN_H
#define SOCKPROOF_WIRE_SPECIMEN_H

#include "packet/draft.h"
#include "packet/packet.h"
#include "wire/hosts.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>

enum { SPECIMEN_SPORT = 1000, SPECIMEN_DPORT = 2000 };

/* Parses what a draft builds, as a frame in static storage of its own for each of the last four. */
static inline struct packet specimen_of(struct draft *draft)
{
    static uint8_t frames[4][FRAME_MAX];
    static unsigned next;
    struct packet packet;
    uint8_t *frame = frames[next++ % 4];
    bool four = draft->family == AF_INET;
    draft->ip = true;
    inet_pton(AF_INET6, four ? "::ffff:10.0.0.1" : "fd00::1", &draft->source);
    inet_pton(AF_INET6, four ? "::ffff:10.0.0.2" : "fd00::2", &draft->destination);
    memset(frame, 0, ETHER_HEADER);
    frame[12] = four ? 0x08 : 0x86;
    frame[13] = four ? 0x00 : 0xdd;
    ssize_t size = draft_build(draft, frame + ETHER_HEADER, FRAME_MAX - ETHER_HEADER);
    cr_assert_gt(size, 0);
    cr_assert(packet_parse(&packet, frame, ETHER_HEADER + (size_t)size));
    return packet;
}

/* What a draft built, parsed as if it had come in a frame; without a header of IP it is none. */
static inline struct packet specimen_parse(const uint8_t *bytes, ssize_t size)
{
    static uint8_t frame[FRAME_MAX];
    struct packet packet;
    cr_assert(size > 0 && (size_t)size <= sizeof frame - ETHER_HEADER);
    memset(frame, 0, ETHER_HEADER);
    frame[12] = bytes[0] >> 4 == 4 ? 0x08 : 0x86;
    frame[13] = bytes[0] >> 4 == 4 ? 0x00 : 0xdd;
    memcpy(frame + ETHER_HEADER, bytes, (size_t)size);
    cr_assert(packet_parse(&packet, frame, ETHER_HEADER + (size_t)size));
    return packet;
}

/* A datagram with that payload. */
static inline struct packet specimen_udp(int family, const char *payload)
{
    struct draft draft;
    draft_begin(&draft, family);
    draft_set(&draft, "udp", "sport", SPECIMEN_SPORT);
    draft_set(&draft, "udp", "dport", SPECIMEN_DPORT);
    draft.payload = (const uint8_t *)payload;
    draft.payload_size = strlen(payload);
    return specimen_of(&draft);
}

/* A segment with those flags, numbers and payload. */
static inline struct packet specimen_tcp(int family, int flags, uint32_t seq, uint32_t ack,
                                         const char *payload)
{
    struct draft draft;
    draft_begin(&draft, family);
    draft_set(&draft, "tcp", "sport", SPECIMEN_SPORT);
    draft_set(&draft, "tcp", "dport", SPECIMEN_DPORT);
    draft_set(&draft, "tcp", "flags", flags);
    draft_set(&draft, "tcp", "seq", seq);
    draft_set(&draft, "tcp", "ack", ack);
    draft.payload = (const uint8_t *)payload;
    draft.payload_size = strlen(payload);
    return specimen_of(&draft);
}

/* Bytes behind an IP header that names a protocol. */
static inline struct packet specimen_raw(int family, int protocol, const void *bytes, size_t size)
{
    struct draft draft;
    draft_begin(&draft, family);
    draft_set(&draft, "ip", "proto", protocol);
    draft.payload = bytes;
    draft.payload_size = size;
    return specimen_of(&draft);
}

/* Gives hosts taps that are socket pairs: what is sent to a side can be read from arrives. */
static inline void specimen_taps(struct hosts *hosts, int arrives[SIDE_COUNT])
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        int ends[2];
        cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
        hosts->tap[side] = ends[0];
        arrives[side] = ends[1];
    }
}

#endif
