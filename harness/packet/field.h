/* SPDX-License-Identifier: MIT */
/*
 * A field of a layer: its value in a packet, and writing it into a packet that is being made.
 */
#ifndef SOCKPROOF_PACKET_FIELD_H
#define SOCKPROOF_PACKET_FIELD_H

#include "packet/layer.h"

struct value {
    int64_t number;       /* but of those below */
    enum sum sum;         /* FIELD_CHECKSUM */
    struct in6_addr host; /* FIELD_HOST; IPv4 as mapped */
    const uint8_t *bytes; /* FIELD_BYTES, FIELD_OPTIONS, FIELD_BLOCKS; borrowed */
    size_t size;
};

/* True when a header of that kind has the field; what it holds may be cut off nevertheless, or be
   an option that is not there. */
bool field_borne(const struct layer *layer, const struct field *field, const struct header *header);
/* Reads the field. False when the header does not hold it. Numbers that count from a flow's first
   one are told so (flows.h). */
bool field_read(const struct layer *layer, const struct field *field, const struct header *header,
                struct value *value);
/* True when number can be written there. */
bool field_takes(const struct field *field, const struct header *header, int64_t number);
/* Writes number, which the field takes, into bytes, which are the header's. */
void field_write(const struct field *field, const struct header *header, uint8_t *bytes,
                 int64_t number);

#endif
