/* SPDX-License-Identifier: MIT */
#include "packet/draft.h"
#include "packet/tcp.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static void begin4(struct draft *draft)
{
    draft_begin(draft, AF_INET);
    inet_pton(AF_INET6, "::ffff:10.0.0.1", &draft->source);
    inet_pton(AF_INET6, "::ffff:10.0.0.2", &draft->destination);
}

Test(draft, fields_are_known_by_name)
{
    struct draft draft;
    begin4(&draft);
    for (const struct field *one = tcp_layer.fields; one->name != NULL; one++)
        cr_assert_eq(draft_set(&draft, "tcp", one->name, 1),
                     one->made && one->type != FIELD_OPTIONS, "%s", one->name);
    cr_assert_eq(draft.transport.layer, &tcp_layer);
    cr_assert_not(draft.ip);
    cr_assert_not(draft_set(&draft, "tcp", "ttl", 1));
    cr_assert_not(draft_set(&draft, "sctp", "tag", 1));
    cr_assert_not(draft_set(&draft, "ip", "flow", 1));
    cr_assert_not(draft_set(&draft, "ip", "src", 1), "a host is no number");
    cr_assert_not(draft_set(&draft, "payload", "payload", 0));
    cr_assert_not(draft_set(&draft, "tcp", "sport", 65536));
    cr_assert_not(draft_set(&draft, "tcp", "sport", -1));
}

Test(draft, what_is_given_stands_and_the_rest_is_computed)
{
    struct draft draft;
    uint8_t out[64];
    begin4(&draft);
    draft_set(&draft, "ip", "ttl", 17);
    draft_set(&draft, "ip", "len", 9999);
    draft_set(&draft, "ip", "checksum", 0);
    draft_set(&draft, "ip", "proto", 253);
    draft.payload = (const uint8_t *)"abcd";
    draft.payload_size = 4;
    cr_assert_eq(draft_build(&draft, out, sizeof out), 24);
    cr_assert_eq(out[8], 17);
    cr_assert_eq(out[2] << 8 | out[3], 9999);
    cr_assert_eq(out[10] << 8 | out[11], 0);
    cr_assert_eq(memcmp(out + 12, "\x0a\0\0\1\x0a\0\0\2abcd", 12), 0);
    draft_checksum(&draft, "ip", CHECKSUM_COMPUTE, 0);
    draft_build(&draft, out, sizeof out);
    cr_assert_eq(packet_checksum(0, out, 20), 0xffff);
    draft_checksum(&draft, "ip", CHECKSUM_BAD, 0);
    draft_build(&draft, out, sizeof out);
    cr_assert_neq(packet_checksum(0, out, 20), 0xffff);
}

Test(draft, options_make_the_header_longer_unless_it_says_otherwise)
{
    static const uint8_t options[41] = {3, 3, 7};
    struct draft draft;
    uint8_t out[64];
    begin4(&draft);
    cr_assert(draft_options(&draft, "tcp", options, 3));
    cr_assert_eq(draft_build(&draft, out, sizeof out), 24);
    cr_assert_eq(out[12], 6 << 4);
    cr_assert_eq(memcmp(out + 20, "\3\3\7\0", 4), 0);
    uint16_t pseudo = packet_pseudo(AF_INET, &draft.source, &draft.destination, IPPROTO_TCP, 24);
    cr_assert_eq(packet_checksum(pseudo, out, 24), 0xffff);
    draft_set(&draft, "tcp", "data_offset", 15);
    cr_assert_eq(draft_build(&draft, out, sizeof out), 24);
    cr_assert_eq(out[12], 15 << 4);
    cr_assert_not(draft_options(&draft, "tcp", options, 41));
    cr_assert_not(draft_options(&draft, "udp", options, 3));
    cr_assert(draft_options(&draft, "tcp", options, 40));
    cr_assert_eq(draft_size(&draft), 60);
}

Test(draft, numbers_count_from_the_first_ones)
{
    struct draft draft;
    uint8_t out[64];
    begin4(&draft);
    draft.first_of_sender = 0xfffffffe;
    draft.first_of_receiver = 100;
    draft_set(&draft, "tcp", "seq", 3);
    draft_set(&draft, "tcp", "ack", 1);
    draft_set(&draft, "tcp", "window", 7);
    draft_build(&draft, out, sizeof out);
    cr_assert_eq(memcmp(out + 4, "\0\0\0\1\0\0\0\x65", 8), 0);
    cr_assert_eq(memcmp(out + 14, "\0\7", 2), 0);
}

Test(draft, icmp_without_ip_header_is_eight_bytes_and_payload)
{
    struct draft draft;
    uint8_t out[64];
    begin4(&draft);
    draft_set(&draft, "icmp", "type", 8);
    draft_set(&draft, "icmp", "id", 4660);
    draft.payload = (const uint8_t *)"\x00\xff\x80\x01\x7f";
    draft.payload_size = 5;
    cr_assert_eq(draft_build(&draft, out, sizeof out), 13);
    cr_assert_eq(packet_checksum(0, out, 13), 0xffff);
    cr_assert_eq(out[4] << 8 | out[5], 4660);
    draft_begin(&draft, AF_INET6);
    draft_set(&draft, "icmp", "type", 128);
    cr_assert_eq(draft.transport.layer->protocol[1], IPPROTO_ICMPV6);
}

Test(draft, damaged_checksum_is_wrong_and_never_none)
{
    struct draft draft;
    uint8_t out[64];
    begin4(&draft);
    for (int64_t port = 0; port < 65536; port++) {
        draft_set(&draft, "udp", "sport", port);
        draft_checksum(&draft, "udp", CHECKSUM_BAD, 0);
        cr_assert_eq(draft_build(&draft, out, sizeof out), 8);
        uint16_t pseudo = packet_pseudo(AF_INET, &draft.source, &draft.destination, IPPROTO_UDP, 8);
        if ((out[6] | out[7]) == 0 || packet_checksum(pseudo, out, 8) == 0xffff)
            cr_assert_fail("port %lld", (long long)port);
    }
}

Test(draft, too_little_room_is_emsgsize)
{
    struct draft draft;
    uint8_t out[7];
    begin4(&draft);
    draft_set(&draft, "udp", "sport", 1);
    errno = 0;
    cr_assert_eq(draft_build(&draft, out, sizeof out), -1);
    cr_assert_eq(errno, EMSGSIZE);
}
