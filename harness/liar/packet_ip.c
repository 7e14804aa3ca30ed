/* SPDX-License-Identifier: MIT */
/* The lies about IP. */
#include "liar/layers.h"

static bool any(const struct packet *packet)
{
    return packet->family != 0;
}

static bool four(const struct packet *packet)
{
    return packet->family == AF_INET;
}

static bool fragment(const struct packet *packet)
{
    return packet->fragment;
}

static int shift_ttl(const struct telling *telling)
{
    *telling_ip_at(telling, telling->packet->family == AF_INET ? 8 : 7) -= 1;
    return telling_mended(telling);
}

/* The bit of DSCP that stands lowest: bit 2 of IPv4's second byte; of IPv6's traffic class bit 6 of
   the second byte (RFC 8200 section 3). */
static int change_tos(const struct telling *telling)
{
    *telling_ip_at(telling, 1) ^= telling->packet->family == AF_INET ? 0x04 : 0x40;
    return telling_mended(telling);
}

static int change_flow_label(const struct telling *telling)
{
    if (telling->packet->family == AF_INET6)
        *telling_ip_at(telling, 3) ^= 1;
    return telling_mended(telling);
}

static int change_id(const struct telling *telling)
{
    telling_add_16(telling_ip_at(telling, 4), 1);
    return telling_mended(telling);
}

static int flip_dont_fragment(const struct telling *telling)
{
    *telling_ip_at(telling, 6) ^= 0x40;
    return telling_mended(telling);
}

static int spoil_ip_checksum(const struct telling *telling)
{
    *telling_ip_at(telling, 10) ^= 1;
    return 1;
}

const struct packet_lie packet_lies_ip[] = {
    {"packet/ttl", "ip: one hop less than the host set", any, shift_ttl},
    {"packet/tos", "ip: another service class", any, change_tos},
    {"packet/flow-label", "ip: another IPv6 flow label", any, change_flow_label},
    {"packet/source", "ip: from an address that the host does not have", any, telling_shift_source},
    {"packet/id", "ip: another IPv4 identification", four, change_id},
    {"packet/dont-fragment", "ip: DF turned over", four, flip_dont_fragment},
    {"packet/ip-checksum", "ip: a wrong IPv4 checksum", four, spoil_ip_checksum},
    {"packet/fragment-missing", "ip: fragments after the first are not sent", fragment,
     telling_missing},
    {"packet/fragment-doubled", "ip: fragments after the first go twice", fragment,
     telling_doubled},
    {NULL, NULL, NULL, NULL}};
