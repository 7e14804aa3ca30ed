/* SPDX-License-Identifier: MIT */
#include "wire/chatter.h"

enum {
    MLD_FIRST = 130,      /* RFC 2710 section 3; then come RFC 4861's five */
    DISCOVERY_LAST = 137, /* RFC 4861 section 4.5 */
    MLD2_REPORT = 143     /* RFC 3810 section 5.2 */
};

/* The type of an ICMPv6 message, or -1. */
static int icmp6_type(const struct packet *packet)
{
    bool has = packet->protocol == IPPROTO_ICMPV6 && packet->transport < packet->size;
    return has ? packet->frame[packet->transport] : -1;
}

bool chatter_is(const struct packet *packet)
{
    int type = icmp6_type(packet);
    return (type >= MLD_FIRST && type <= DISCOVERY_LAST) || chatter_is_report(packet) ||
           packet->protocol == IPPROTO_IGMP;
}

bool chatter_is_report(const struct packet *packet)
{
    return icmp6_type(packet) == MLD2_REPORT;
}
