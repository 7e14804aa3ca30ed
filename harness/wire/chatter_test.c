/* SPDX-License-Identifier: MIT */
#include "wire/chatter.h"

#include "wire/specimen.h"

static struct packet icmp6(uint8_t type)
{
    uint8_t bytes[8] = {type};
    return specimen_raw(AF_INET6, IPPROTO_ICMPV6, bytes, sizeof bytes);
}

Test(chatter, discovery_and_reports_are_and_errors_and_echo_are_not)
{
    static const struct {
        uint8_t type;
        bool chatter;
    } types[] = {{1, false},  {128, false}, {129, false}, {130, true}, {133, true},
                 {136, true}, {137, true},  {138, false}, {143, true}, {144, false}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct packet packet = icmp6(types[i].type);
        cr_assert_eq(chatter_is(&packet), types[i].chatter, "type %d", types[i].type);
        cr_assert_eq(chatter_is_report(&packet), types[i].type == 143);
    }
}

Test(chatter, igmp_is_and_the_same_byte_elsewhere_is_not)
{
    uint8_t bytes[8] = {143};
    struct packet igmp = specimen_raw(AF_INET, IPPROTO_IGMP, bytes, sizeof bytes);
    struct packet other = specimen_raw(AF_INET, 253, bytes, sizeof bytes);
    struct packet datagram = specimen_udp(AF_INET6, "\217");
    cr_assert(chatter_is(&igmp) && !chatter_is_report(&igmp));
    cr_assert(!chatter_is(&other) && !chatter_is_report(&other));
    cr_assert(!chatter_is(&datagram));
}
