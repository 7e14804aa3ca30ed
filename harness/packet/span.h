/* SPDX-License-Identifier: MIT */
/*
 * A span: where a field stands in its header. From it a field is read, and written.
 */
#ifndef SOCKPROOF_PACKET_SPAN_H
#define SOCKPROOF_PACKET_SPAN_H

#include "packet/packet.h"

/* The bytes of one layer of a packet, or of one chunk; borrowed. */
struct header {
    const uint8_t *bytes;
    size_t size; /* as many of them are there */
    int family;
    size_t names_transport;      /* ip: the octet that holds the transport's number */
    const struct packet *packet; /* NULL: of one that is being made */
};

/* The bytes of a packet from one offset of its frame to another. */
static inline struct header header_between(const struct packet *packet, size_t from, size_t to)
{
    return (struct header){.bytes = packet->frame + from,
                           .size = to - from,
                           .family = packet->family,
                           .packet = packet};
}

/* What a number is counted from: itself, or the first number of the packet's sender or receiver. */
enum counted { FROM_ZERO, FROM_SENDER, FROM_RECEIVER };

struct span {
    size_t bit, bits; /* from the header's first bit, in network order */
    int64_t more;     /* the field's value is so much more than what stands there */
    enum counted counted;
};

static inline struct span bits(size_t first, size_t count)
{
    return (struct span){.bit = first, .bits = count};
}

static inline struct span octets(size_t first, size_t count)
{
    return bits(first * 8, count * 8);
}

static inline struct span octet(size_t at)
{
    return octets(at, 1);
}

static inline struct span word(size_t at)
{
    return octets(at, 2);
}

static inline struct span longer(size_t at)
{
    return octets(at, 4);
}

static inline struct span nowhere(void)
{
    return (struct span){.bit = SIZE_MAX};
}

static inline struct span more(struct span span, int64_t by)
{
    span.more = by;
    return span;
}

static inline struct span of_sender(struct span span)
{
    span.counted = FROM_SENDER;
    return span;
}

static inline struct span of_receiver(struct span span)
{
    span.counted = FROM_RECEIVER;
    return span;
}

static inline struct span by_family(const struct header *header, struct span four, struct span six)
{
    return header->family == AF_INET6 ? six : four;
}

#endif
