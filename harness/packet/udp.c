/* SPDX-License-Identifier: MIT */
#include "packet/udp.h"

#include "packet/fieldtable.h"

enum { UDP_HEADER = 8 };

#define UDP FIELD_AT
#include "packet/field.def"

static const struct field fields[] = {
#define UDP FIELD_LINE
#include "packet/field.def"
    FIELD_END};

/* RFC 768: 0 is no checksum; RFC 8200 section 8.1: which IPv6 does not allow. */
static enum sum sum(const struct header *header)
{
    bool none = header->family == AF_INET && header->bytes[6] == 0 && header->bytes[7] == 0;
    return none ? SUM_NONE : header->packet->checksum_valid ? SUM_RIGHT : SUM_WRONG;
}

static void fill(const struct blank *blank)
{
    blank->bytes[4] = (uint8_t)(blank->size >> 8);
    blank->bytes[5] = (uint8_t)blank->size;
}

const struct layer udp_layer = {.name = "udp",
                                .noun = "a UDP datagram",
                                .fields = fields,
                                .protocol = {IPPROTO_UDP, IPPROTO_UDP},
                                .sum = sum,
                                .made_size = UDP_HEADER,
                                .fill = fill};
