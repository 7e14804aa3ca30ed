/* SPDX-License-Identifier: MIT */
#include "observe/packetmatch.h"

#include "observe/specimen.h"

#include "case/packetshape.h"

TestSuite(packetmatch, .init = begin, .fini = end);

/* What an expectation that lint takes says of the packet. */
static bool says(const char *text, const struct packet *packet)
{
    struct complaints list = complaints_about("");
    const struct node *expected = yaml(text);
    cr_assert(shape_check(&list, expected, &packetshape_seen, "sees"), "%s", text);
    return packetmatch(expected, packet, &naming, NULL);
}

Test(packetmatch, kinds_hosts_and_bytes)
{
    struct specimen one;
    tcp_specimen(&one, AF_INET);
    cr_expect(says("ack", &one.packet) && says("{packet: data}", &one.packet));
    cr_expect_not(says("syn", &one.packet) || says("{packet: fin}", &one.packet));
    cr_expect(says("{to: server, ip: {src: {host: client}}}", &one.packet));
    cr_expect(says("{ip: {dst: {not: client}, src: {any_of: [server, client]}}}", &one.packet));
    cr_expect_not(says("{to: {host: client}}", &one.packet));
    cr_expect(says("{payload: {starts: pi, contains: in, not: pong}}", &one.packet));
    cr_expect(says("{payload: {prefix_of: \"ping pong\"}}", &one.packet));
    cr_expect_not(says("{udp: {sport: 80}}", &one.packet), "it is no datagram");
    cr_expect(says("{tcp: {flags: {all: [ACK], none: [FIN]}, sport: {at_most: 80}}}", &one.packet));
    cr_expect_not(says("{tcp: $saved}", &one.packet));
}

Test(packetmatch, all_fields_of_a_chunk_are_one_chunks)
{
    static const uint8_t two[] = {0x13, 0x88, 0x17, 0x70, 0, 0, 0, 7, 0, 0,   0, 0, 0,
                                  3,    0,    17,   0,    0, 0, 1, 0, 1, 0,   0, 0, 0,
                                  0,    0,    'a',  0,    0, 0, 0, 3, 0, 17,  0, 0, 0,
                                  2,    0,    2,    0,    0, 0, 0, 0, 0, 'b', 0, 0, 0};
    struct specimen one;
    struct draft draft;
    draft_begin(&draft, AF_INET);
    draft_set(&draft, "ip", "proto", IPPROTO_SCTP);
    draft.payload = two;
    draft.payload_size = sizeof two;
    build(&one, &draft, AF_INET);
    cr_expect(says("{sctp: {sport: 5000, stream: 1, data: a}}", &one.packet));
    cr_expect(says("{sctp: {stream: 2, data: b}}", &one.packet));
    cr_expect_not(says("{sctp: {stream: 1, data: b}}", &one.packet));
    cr_expect_not(says("{sctp: {sport: 5001, stream: 1}}", &one.packet));
}

/* Of many packets some have the field: then it has been answered. */
Test(packetmatch, a_field_that_some_packet_had_is_answered)
{
    const struct node *asked = yaml("{icmp: {id: 7}}");
    struct answered answered = {0, 0};
    struct specimen error, query;
    char field[64];
    datagram_specimen(&error, AF_INET, "icmp", "type", 11);
    datagram_specimen(&query, AF_INET, "icmp", "type", 8);
    cr_expect_not(packetmatch(asked, &error.packet, &naming, &answered));
    cr_expect(packetmatch_unanswered(asked, &answered, field, sizeof field));
    cr_expect_not(packetmatch(asked, &query.packet, &naming, &answered));
    cr_expect_not(packetmatch_unanswered(asked, &answered, field, sizeof field));
}

/* A packet that is another one anyway says nothing about the field. */
Test(packetmatch, a_packet_that_differs_does_not_lack)
{
    const struct node *asked = yaml("{ip: {ttl: 3}, icmp: {id: 7}, payload: {starts: p}}");
    struct answered answered = {0, 0};
    struct specimen error;
    char field[64];
    datagram_specimen(&error, AF_INET, "icmp", "type", 11);
    cr_expect_not(packetmatch(asked, &error.packet, &naming, &answered));
    cr_expect_not(packetmatch_unanswered(asked, &answered, field, sizeof field));
    asked = yaml("{ip: {ttl: 64}, icmp: {id: 7}, payload: {starts: p}}");
    cr_expect_not(packetmatch(asked, &error.packet, &naming, &answered));
    cr_expect(packetmatch_unanswered(asked, &answered, field, sizeof field));
    cr_expect_str_eq(field, "icmp.id");
}

/* What was put in front of a packet that came without its header is not compared. */
Test(packetmatch, a_packet_without_its_header_has_none_of_its_fields)
{
    const struct node *asked = yaml("{ip: {ttl: 64}}");
    struct answered answered = {0, 0};
    struct specimen one;
    char field[64];
    datagram_specimen(&one, AF_INET6, "icmp", "type", 128);
    one.packet.headless = true;
    cr_expect_not(packetmatch(asked, &one.packet, &naming, &answered));
    cr_expect(packetmatch_unanswered(asked, &answered, field, sizeof field));
    cr_expect_str_eq(field, "ip.ttl");
    cr_expect(says("{icmp: {type: 128}}", &one.packet));
}
