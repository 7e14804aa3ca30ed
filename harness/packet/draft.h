/* SPDX-License-Identifier: MIT */
/*
 * A draft: a packet being built from the fields that a case names; what is not given is
 * computed. Used for what raw sockets send.
 */
#ifndef SOCKPROOF_PACKET_DRAFT_H
#define SOCKPROOF_PACKET_DRAFT_H

#include "packet/layer.h"

#include <sys/types.h>

#define DRAFT_PAYLOAD_MAX 65535
#define DRAFT_FIELDS 32  /* of one layer */
#define DRAFT_QUOTE 1232 /* RFC 4443 section 2.4 c: what fits the minimum MTU of IPv6 */
#define DRAFT_EXTENSIONS 256
#define DRAFT_OPTIONS 40 /* bytes behind a header of TCP, a multiple of four */

enum draft_checksum { CHECKSUM_COMPUTE, CHECKSUM_BAD, CHECKSUM_LITERAL };

/* Extension headers of IPv6, of which each holds the number of the next: the number of the first,
   and where the last one begins, which holds the transport's. */
struct draft_chain {
    uint8_t first;
    size_t last;
};

/* A header being built. */
struct draft_part {
    const struct layer *layer; /* NULL: there is none such */
    uint64_t given;            /* by the number of the field in the layer's table */
    int64_t value[DRAFT_FIELDS];
    uint8_t options[DRAFT_EXTENSIONS]; /* behind the fixed part of the header */
    size_t options_size;
    struct draft_chain chain; /* of the extension headers among them */
    bool damaged;             /* its checksum is made wrong */
};

struct draft {
    int family;
    bool ip; /* an IP header is part of it (IP_HDRINCL) */
    struct draft_part network, transport;
    struct in6_addr source, destination; /* IPv4 as mapped; needed for pseudo headers too */
    uint32_t first_of_sender,
        first_of_receiver; /* what the packet's numbers count from; 0: they are absolute */
    struct in6_addr quoted_source, quoted_destination;    /* of the packet that an error quotes */
    uint16_t quoted_source_port, quoted_destination_port; /* where the quote gives none */
    uint8_t quote[DRAFT_QUOTE];
    size_t quote_size;
    bool quoting;           /* it is one that is quoted, and quotes none */
    const uint8_t *payload; /* borrowed; behind the quote */
    size_t payload_size;
};

/* Begins a draft of that family with all fields computed. */
void draft_begin(struct draft *draft, int family);
/* Sets a field of a layer, as field.def names them, to a number. False when the draft cannot have
   it so: no such field, one that is only seen, one of the other family, a number that does not fit,
   or bits that another field has set already. Setting a field of a transport layer makes it the
   draft's transport, of "ip" adds the IP header. Hosts are the draft's source and destination. */
bool draft_set(struct draft *draft, const char *layer, const char *field, int64_t value);
/* The checksum of a layer: compute it (default), damage it, or take value. */
bool draft_checksum(struct draft *draft, const char *layer, enum draft_checksum how, int64_t value);
/* Sets the options of a layer, bytes that are copied; zeros follow up to a multiple of four. False
   when the draft cannot have them: no such layer, or too many. */
bool draft_options(struct draft *draft, const char *layer, const uint8_t *bytes, size_t size);
/* Sets the extension headers of an IPv6 draft, bytes that are copied. False when the draft cannot
   have them: one of IPv4, or too many. */
bool draft_extensions(struct draft *draft, const uint8_t *bytes, size_t size,
                      const struct draft_chain *chain);
/* Sets what stands between headers and payload: a packet that is quoted, whose bytes are copied.
   False when they are too many. */
bool draft_quote(struct draft *draft, const uint8_t *bytes, size_t size);
/* The bytes of the packet that draft_build writes. */
size_t draft_size(const struct draft *draft);
/* Writes the packet, from the IP header (if any) or the transport header on, into out. Returns
   its size, or -1 with errno EMSGSIZE when it does not fit capacity. */
ssize_t draft_build(const struct draft *draft, uint8_t *out, size_t capacity);

#endif
