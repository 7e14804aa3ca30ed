/* SPDX-License-Identifier: MIT */
#include "packet/icmp.h"

#include "packet/fieldtable.h"

enum { ICMP_HEADER = 8 };

#define ICMP FIELD_AT
#include "packet/field.def"

static const struct field fields[] = {
#define ICMP FIELD_LINE
#include "packet/field.def"
    FIELD_END};

/* Queries and their answers have an identifier and a sequence number (RFC 792, RFC 950, RFC 4443
   section 4); an unreachable destination may be so by its MTU (RFC 1191 section 4), which ICMPv6
   says in a message of its own (RFC 4443 section 3.2). */
static uint32_t kind(int family, uint8_t type)
{
    bool six = family == AF_INET6;
    bool query =
        six ? type == 128 || type == 129 : type == 0 || type == 8 || (type >= 13 && type <= 18);
    bool error = packet_icmp_error_type(family, type);
    return query                   ? OF_ICMP_QUERY
           : type == (six ? 2 : 3) ? OF_ICMP_MTU
           : error                 ? OF_ICMP_ERROR
                                   : OF_ICMP_OTHER;
}

static enum sum sum(const struct header *header)
{
    return header->packet->checksum_valid ? SUM_RIGHT : SUM_WRONG;
}

static void fill(const struct blank *blank)
{
    (void)blank; /* all zeros */
}

static const char *const kind_names[] = {
    "a query or its answer (echo, timestamp, information, address mask)",
    "an error that tells an MTU (type 3, ICMPv6: type 2)", "another error", "another message",
    NULL};

const struct layer icmp_layer = {.name = "icmp",
                                 .noun = "an ICMP message",
                                 .fields = fields,
                                 .protocol = {IPPROTO_ICMP, IPPROTO_ICMPV6},
                                 .kind = kind,
                                 .kind_names = kind_names,
                                 .decides = "type",
                                 .sum = sum,
                                 .made_size = ICMP_HEADER,
                                 .fill = fill};
