/* SPDX-License-Identifier: MIT */
#include "packet/kind.h"

#include <criterion/criterion.h>

static struct packet segment(uint8_t flags)
{
    return (struct packet){.family = AF_INET, .protocol = IPPROTO_TCP, .tcp_flags = flags};
}

Test(kind, a_segment_has_every_kind_whose_flags_it_has)
{
    struct packet synack = segment(0x12), finack = segment(0x11), rst = segment(0x04);
    cr_expect(packet_has_kind(&synack, "syn") && packet_has_kind(&synack, "synack") &&
              packet_has_kind(&synack, "ack"));
    cr_expect_not(packet_has_kind(&synack, "fin") || packet_has_kind(&synack, "rst"));
    cr_expect(packet_has_kind(&finack, "fin") && packet_has_kind(&finack, "ack"));
    cr_expect_not(packet_has_kind(&finack, "synack"));
    cr_expect(packet_has_kind(&rst, "rst"));
    cr_expect_not(packet_has_kind(&rst, "data") || packet_has_kind(&rst, "nonsense"));
}

Test(kind, a_datagram_is_data_without_any_byte_and_a_segment_is_not)
{
    struct packet empty = {
        .family = AF_INET, .protocol = IPPROTO_UDP, .transport = 34, .payload = 42};
    struct packet bare = segment(0x10);
    cr_expect(packet_has_kind(&empty, "data"));
    cr_expect_not(packet_has_kind(&bare, "data"));
    bare.payload_size = 1;
    cr_expect(packet_has_kind(&bare, "data"));
}

Test(kind, each_transport_has_its_kinds)
{
    for (const char *const *kind = kind_names; *kind != NULL; kind++)
        cr_expect(kind_fits(*kind, "tcp"), "%s", *kind);
    cr_expect(kind_fits("data", "udp") && kind_fits("data", "icmp") && kind_fits("data", "sctp"));
    cr_expect(kind_fits("rst", "sctp"));
    cr_expect_not(kind_fits("rst", "udp") || kind_fits("syn", "sctp") || kind_fits("ack", "icmp"));
}

Test(kind, a_kind_is_its_flags)
{
    cr_expect_eq(kind_flags("synack"), 0x12);
    cr_expect_eq(kind_flags("fin"), 0x01);
    cr_expect_eq(kind_flags("data"), 0);
}
