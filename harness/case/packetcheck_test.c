/* SPDX-License-Identifier: MIT */
#include "case/packetcheck.h"

#include "case/packetshape.h"
#include "case/reader.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>

typedef bool checker(struct complaints *list, const struct node *node);

/* What is complained about first, or "". */
static const char *message_of(checker *check, const char *text)
{
    static char message[256];
    struct complaints list = {
        .arena = arena_new(), .file = "x.yaml", .text = text, .length = strlen(text)};
    const struct node *node = reader_parse(&list);
    cr_assert_not_null(node, "%s", text);
    bool good = check(&list, node);
    cr_assert_eq(good, list.count == 0, "%s", text);
    cr_assert_eq(check(NULL, node), good, "%s", text);
    snprintf(message, sizeof message, "%s", list.first != NULL ? list.first->message : "");
    arena_free(list.arena);
    return message;
}

#define TAKES(check, text) cr_expect_str_eq(message_of(check, text), "", "%s", text)
#define REFUSES(check, text, message) cr_expect_str_eq(message_of(check, text), message, "%s", text)

Test(packetcheck, a_field_goes_with_some_kinds_of_its_layer)
{
    static const char no_id[] = "an ICMP message that has the other fields has no 'id'";
    TAKES(packetcheck_seen, "{icmp: {id: 0}}");
    TAKES(packetcheck_seen, "{icmp: {type: 8, id: 0, seq: 1}}");
    TAKES(packetcheck_seen, "{icmp: {type: 128, id: 0}}");
    TAKES(packetcheck_seen, "{icmp: {type: {any_of: [3, 8]}, id: 0}}");
    TAKES(packetcheck_seen, "{icmp: {type: {not: 3}, id: 0}}");
    TAKES(packetcheck_seen, "{icmp: {type: $saved, id: 0}}");
    REFUSES(packetcheck_seen, "{icmp: {type: 3, id: 0}}", no_id);
    REFUSES(packetcheck_seen, "{icmp: {id: 0, type: 3}}", no_id);
    REFUSES(packetcheck_seen, "{icmp: {type: {any_of: [3, 11]}, id: 0}}", no_id);
    REFUSES(packetcheck_seen, "{icmp: {mtu: 1, id: 0}}", no_id);
    REFUSES(packetcheck_made, "{icmp: {type: 3, id: 0}, to: server}", no_id);
    TAKES(packetcheck_made, "{icmp: {type: 3, mtu: 1400}, to: server}");
    REFUSES(packetcheck_seen, "{ip: {ttl: 1, id: 1, flow: 1}}",
            "an IP packet that has the other fields has no 'flow'");
}

Test(packetcheck, a_field_goes_with_some_chunks)
{
    TAKES(packetcheck_seen, "{sctp: {chunk: DATA, tsn: 1, sport: 5000}}");
    TAKES(packetcheck_seen, "{sctp: {a_rwnd: 1, chunk: {any_of: [INIT, SACK]}}}");
    TAKES(packetcheck_seen, "{sctp: {chunk: DATA, flags: {all: [B], none: [T]}}}");
    REFUSES(packetcheck_seen, "{sctp: {chunk: SACK, tsn: 1}}",
            "a chunk that has the other fields has no 'tsn'");
    REFUSES(packetcheck_seen, "{sctp: {gaps: 0, data: x}}",
            "a chunk that has the other fields has no 'data'");
    REFUSES(packetcheck_seen, "{sctp: {chunk: DATA, flags: [B, T]}}",
            "a chunk that has the other fields has no 'T'");
    REFUSES(packetcheck_seen, "{sctp: {flags: {all: [T]}, tsn: 1}}",
            "a chunk that has the other fields has no 'tsn'");
}

Test(packetcheck, a_packet_is_of_one_transport_and_of_its_kinds)
{
    TAKES(packetcheck_seen, "{packet: data, ip: {ttl: 1}, udp: {dport: 1}, payload: x}");
    TAKES(packetcheck_seen, "{packet: rst, sctp: {chunk: ABORT}}");
    TAKES(packetcheck_seen, "{packet: $kind, udp: {dport: 1}}");
    TAKES(packetcheck_seen, "{packet: syn, tcp: {flags: [SYN, ECE, CWR]}}");
    TAKES(packetcheck_seen, "{packet: data, icmp: {type: {any_of: [3, 8]}}}");
    REFUSES(packetcheck_seen, "{tcp: {}, udp: {}}", "no packet has 'tcp' and 'udp'");
    REFUSES(packetcheck_seen, "{packet: fin, udp: {dport: 1}}",
            "a UDP datagram like that is never 'fin'");
    REFUSES(packetcheck_seen, "{packet: synack, tcp: {flags: [SYN]}}",
            "a TCP segment like that is never 'synack'");
    REFUSES(packetcheck_seen, "{packet: data, icmp: {type: 3}}",
            "an ICMP message like that is never 'data'");
}

static bool makeable4(struct complaints *list, const struct node *node)
{
    return packetcheck_makeable(list, node, AF_INET);
}

static bool makeable6(struct complaints *list, const struct node *node)
{
    return packetcheck_makeable(list, node, AF_INET6);
}

Test(packetcheck, a_family_makes_its_own_fields_and_what_they_hold)
{
    TAKES(makeable4, "{ip: {id: 1, frag: 1, checksum: bad, src: client, len: 3}, payload: x}");
    TAKES(makeable6, "{ip: {flow: 1048575, len: 40}, tcp: {checksum: 0}}");
    TAKES(makeable6, "{ip: {ttl: $ttl}, to: server}");
    REFUSES(makeable4, "{ip: {flow: 1}}", "an IPv4 packet cannot have this 'flow' in 'ip'");
    REFUSES(makeable6, "{ip: {ttl: 1, id: 1}}", "an IPv6 packet cannot have this 'id' in 'ip'");
    REFUSES(makeable6, "{ip: {checksum: bad}}",
            "an IPv6 packet cannot have this 'checksum' in 'ip'");
    REFUSES(makeable6, "{ip: {len: 39}}", "an IPv6 packet cannot have this 'len' in 'ip'");
}

Test(packetcheck, a_raw_socket_of_ipv6_gives_no_header)
{
    TAKES(packetcheck_headless, "{icmp: {type: 129}, payload: x}");
    REFUSES(packetcheck_headless, "{icmp: {type: 129}, ip: {ttl: 64}}",
            "a raw socket gives no header of IPv6");
    REFUSES(packetcheck_headless, "{to: server}", "a raw socket gives no header of IPv6");
}
