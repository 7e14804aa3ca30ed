/* SPDX-License-Identifier: MIT */
#include "packet/icmp.h"

#include "packet/fieldtable.h"

enum { ICMP_HEADER = 8 };

static bool is_problem(int family, uint8_t type)
{
    return type == (family == AF_INET6 ? 4 : 12);
}

/* The bytes of an error's second word that say nothing (RFC 792, RFC 4443 section 3). */
static struct span unused(const struct header *header)
{
    uint8_t type = header->bytes[0];
    struct span span = longer(4);
    if (is_problem(header->family, type))
        span = header->family == AF_INET6 ? nowhere() : bits(40, 24);
    else if (header->family == AF_INET6 && type == 2)
        span = nowhere();
    else if (header->family == AF_INET && type == 3)
        span = word(4);
    return span;
}

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
    return query                      ? OF_ICMP_QUERY
           : type == (six ? 2 : 3)    ? OF_ICMP_MTU
           : is_problem(family, type) ? OF_ICMP_PROBLEM
           : !six && type == 5        ? OF_ICMP_REDIRECT
           : error                    ? OF_ICMP_ERROR
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
    "an error that tells an MTU (type 3, ICMPv6: type 2)",
    "a parameter problem (type 12, ICMPv6: type 4)",
    "a redirect of ICMP (type 5)",
    "another error",
    "another message",
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
