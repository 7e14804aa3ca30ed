/* SPDX-License-Identifier: MIT */
/* The packet that an ICMP error quotes, seen field by field, and made. */
#include "observe/place.h"

#include "case/made.h"

TestSuite(quotes, .init = begin, .fini = end);

/* An error of that type that quotes what text says. */
static void make(struct specimen *one, int family, int64_t type, const char *text)
{
    bool six = family == AF_INET6;
    char whole[512];
    struct draft draft;
    snprintf(whole, sizeof whole, "{quotes: %s}", text);
    draft_begin(&draft, family);
    draft.quoted_source = naming.server[six];
    draft.quoted_destination = naming.client[six];
    draft.first_of_sender = FIRST_OF_RECEIVER;
    draft.first_of_receiver = FIRST_OF_SENDER;
    draft_set(&draft, "icmp", "type", type);
    cr_assert(made_put(&draft, "icmp", yaml(whole)->first), "%s", text);
    build(one, &draft, family);
}

static bool is(const char *text, const struct specimen *one)
{
    char whole[1024];
    snprintf(whole, sizeof whole, "icmp: {quotes: %s}", text);
    return matches(whole, &one->packet);
}

static const char segment[] = "{ip: {ttl: 7}, tcp: {sport: 80, dport: 90, flags: [SYN], seq: 5, "
                              "options: [sackok, nop, nop]}, "
                              "payload: \"ab\"}";

Test(quotes, a_whole_segment_is_seen_as_it_was_made)
{
    static const int families[] = {AF_INET, AF_INET6};
    struct specimen one;
    for (int i = 0; i < 2; i++) {
        make(&one, families[i], families[i] == AF_INET ? 11 : 3, segment);
        cr_expect(is(segment, &one));
        cr_expect(is("{ip: {src: server, dst: client}, tcp: {checksum: valid}}", &one));
        cr_expect_not(is("{ip: {src: client}}", &one));
        cr_expect_not(is("{ip: {ttl: 8}}", &one));
        cr_expect_not(is("{tcp: {seq: 6}}", &one));
        cr_expect_not(is("{tcp: {options: [sackok]}}", &one));
        cr_expect_not(is("{udp: {}}", &one));
        cr_expect_not(is("{payload: \"abc\"}", &one));
    }
}

Test(quotes, ports_are_those_of_the_flow_unless_they_are_given)
{
    struct specimen one;
    struct draft draft;
    draft_begin(&draft, AF_INET);
    draft.quoted_source_port = 80;
    draft.quoted_destination_port = 90;
    draft_set(&draft, "icmp", "type", 3);
    cr_assert(made_put(&draft, "icmp", yaml("{quotes: {udp: {dport: 7}}}")->first));
    build(&one, &draft, AF_INET);
    cr_expect(is("{udp: {sport: 80, dport: 7}}", &one));
    cr_assert(made_put(&draft, "icmp", yaml("{quotes: {tcp: {}}}")->first));
    build(&one, &draft, AF_INET);
    cr_expect(is("{tcp: {sport: 80, dport: 90}}", &one));
}

/* RFC 792: the header and 64 bits. */
Test(quotes, what_is_cut_off_is_not_there)
{
    struct specimen one;
    make(&one, AF_INET, 3, segment);
    size_t size = one.packet.payload + 20 + 8;
    one.frame[one.packet.ip + 2] = (uint8_t)((size - one.packet.ip) >> 8);
    one.frame[one.packet.ip + 3] = (uint8_t)(size - one.packet.ip);
    packet_mend(one.frame, one.size);
    parse(&one);
    cr_expect(is("{ip: {proto: 6}, tcp: {sport: 80, dport: 90, seq: 5}}", &one));
    cr_expect_not(is("{tcp: {ack: 0}}", &one));
    cr_expect_not(is("{tcp: {flags: [SYN]}}", &one));
    cr_expect_not(is("{tcp: {options: []}}", &one));
    cr_expect(is("{payload: \"\"}", &one));
}

Test(quotes, who_is_no_error_quotes_nothing)
{
    struct specimen one;
    struct packet quoted;
    datagram_specimen(&one, AF_INET, "icmp", "type", 8);
    cr_expect_not(packet_quoted(&one.packet, &quoted));
    datagram_specimen(&one, AF_INET, "icmp", "type", 3);
    cr_expect_not(packet_quoted(&one.packet, &quoted), "its four bytes are no header");
    tcp_specimen(&one, AF_INET6);
    cr_expect_not(packet_quoted(&one.packet, &quoted));
}

Test(quotes, an_error_that_is_quoted_quotes_nothing)
{
    struct draft draft;
    draft_begin(&draft, AF_INET);
    draft_set(&draft, "icmp", "type", 3);
    cr_expect_not(made_put(&draft, "icmp",
                           yaml("{quotes: {icmp: {type: 3, quotes: {udp: {sport: 1}}}}}")->first));
    cr_expect(made_put(&draft, "icmp", yaml("{quotes: {udp: {sport: $port}}}")->first));
    cr_expect_not(made_put(&draft, "icmp", yaml("{quotes: {payload: {zeros: 1300}}}")->first));
}
