/* SPDX-License-Identifier: MIT */
#include "packet/describe.h"
#include "packet/draft.h"
#include "packet/kind.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

static struct in6_addr mapped(const char *text)
{
    char long_form[64];
    struct in6_addr address;
    snprintf(long_form, sizeof long_form, "%s%s", strchr(text, ':') ? "" : "::ffff:", text);
    cr_assert_eq(inet_pton(AF_INET6, long_form, &address), 1);
    return address;
}

static void begin(struct draft *draft, int family)
{
    draft_begin(draft, family);
    draft->ip = true;
    draft->source = mapped(family == AF_INET ? "10.0.0.1" : "fd00::1");
    draft->destination = mapped(family == AF_INET ? "10.0.0.2" : "fd00::2");
}

/* The draft as a frame; returns its size. */
static size_t frame_of(const struct draft *draft, uint8_t frame[FRAME_MAX])
{
    memset(frame, 0, ETHER_HEADER);
    frame[12] = draft->family == AF_INET ? 0x08 : 0x86;
    frame[13] = draft->family == AF_INET ? 0x00 : 0xdd;
    ssize_t size = draft_build(draft, frame + ETHER_HEADER, FRAME_MAX - ETHER_HEADER);
    cr_assert_gt(size, 0);
    return (size_t)size + ETHER_HEADER;
}

Test(packet, checksum_is_that_of_rfc_1071)
{
    const uint8_t bytes[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    cr_assert_eq(packet_checksum(0, bytes, sizeof bytes), 0xddf2);
    cr_assert_eq(packet_checksum(packet_checksum(0, bytes, 6), bytes + 6, 2), 0xddf2);
    cr_assert_eq(packet_checksum(0, bytes + 1, 1), 0x0100);
    cr_assert_eq(packet_checksum(0x1ffff, NULL, 0), 1);
}

Test(packet, tcp_is_taken_apart_in_both_families)
{
    for (int six = 0; six < 2; six++) {
        struct draft draft;
        struct packet packet;
        uint8_t frame[FRAME_MAX];
        begin(&draft, six ? AF_INET6 : AF_INET);
        draft_set(&draft, "tcp", "sport", 1000);
        draft_set(&draft, "tcp", "dport", 2000);
        draft_set(&draft, "tcp", "seq", 0xfffffff0);
        draft_set(&draft, "tcp", "ack", 7);
        draft.payload = (const uint8_t *)"odd";
        draft.payload_size = 3;
        size_t size = frame_of(&draft, frame);
        cr_assert(packet_parse(&packet, frame, size));
        cr_assert_eq(packet.family, draft.family);
        cr_assert_eq(packet.source_port, 1000);
        cr_assert_eq(packet.destination_port, 2000);
        cr_assert_eq(packet.seq, 0xfffffff0);
        cr_assert_eq(packet.ack, 7);
        cr_assert_eq(packet.payload_size, 3);
        cr_assert(packet.checksum_valid);
        cr_assert(packet_has_kind(&packet, "ack") && packet_has_kind(&packet, "data"));
        cr_assert_not(packet_has_kind(&packet, "syn") || packet_has_kind(&packet, "nonsense"));
        frame[packet.payload] ^= 1;
        cr_assert(packet_parse(&packet, frame, size) && !packet.checksum_valid);
        packet_mend(frame, size);
        cr_assert(packet_parse(&packet, frame, size) && packet.checksum_valid);
    }
}

Test(packet, every_cut_is_refused_and_reads_nothing_behind)
{
    struct draft draft;
    struct packet packet;
    uint8_t frame[FRAME_MAX];
    begin(&draft, AF_INET6);
    draft_set(&draft, "udp", "sport", 1);
    size_t size = frame_of(&draft, frame);
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *copy = malloc(cut + 1);
        memcpy(copy, frame, cut);
        cr_assert_not(packet_parse(&packet, copy, cut), "cut at %zu", cut);
        cr_assert_eq(packet.family, 0);
        free(copy);
    }
}

Test(packet, noise_is_harmless)
{
    uint8_t frame[128];
    uint32_t state = 1;
    for (int round = 0; round < 200000; round++) {
        struct packet packet;
        for (size_t i = 0; i < sizeof frame; i++)
            frame[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
        frame[12] = round & 1 ? 0x08 : 0x86;
        frame[13] = round & 1 ? 0x00 : 0xdd;
        frame[14] = round & 1 ? 0x45 : 0x60;
        frame[round & 1 ? 16 : 18] = 0;
        frame[round & 1 ? 23 : 20] = (const uint8_t[]){0, 1, 6, 17, 44, 58, 60, 43}[round / 2 & 7];
        if (packet_parse(&packet, frame, sizeof frame)) {
            char line[128];
            packet_line(&packet, NULL, line, sizeof line);
            json_decref(packet_describe(&packet, NULL));
            packet_mend(frame, sizeof frame);
        }
    }
}

Test(packet, padding_is_cut_off)
{
    struct draft draft;
    struct packet packet;
    uint8_t frame[FRAME_MAX] = {0};
    begin(&draft, AF_INET);
    draft_set(&draft, "udp", "sport", 1);
    size_t size = frame_of(&draft, frame);
    cr_assert(packet_parse(&packet, frame, 60));
    cr_assert_eq(packet.size, size);
    cr_assert_eq(packet.payload_size, 0);
    cr_assert(packet_has_kind(&packet, "data"));
}

Test(packet, icmp_error_has_the_ports_of_what_it_quotes)
{
    uint8_t quoted[64];
    struct draft inner;
    struct draft outer;
    struct packet packet;
    uint8_t frame[FRAME_MAX];
    begin(&inner, AF_INET);
    draft_set(&inner, "udp", "sport", 11);
    draft_set(&inner, "udp", "dport", 22);
    ssize_t size = draft_build(&inner, quoted, sizeof quoted);
    begin(&outer, AF_INET);
    draft_set(&outer, "icmp", "type", 3);
    draft_set(&outer, "icmp", "code", 3);
    outer.payload = quoted;
    outer.payload_size = (size_t)size;
    cr_assert(packet_parse(&packet, frame, frame_of(&outer, frame)));
    cr_assert(packet.quoted);
    cr_assert_eq(packet.source_port, 11);
    cr_assert_eq(packet.destination_port, 22);
    cr_assert(packet_icmp_error(&packet) && !packet_has_kind(&packet, "data"));
}

Test(packet, extension_headers_are_skipped)
{
    struct draft draft;
    struct packet packet;
    uint8_t frame[FRAME_MAX];
    uint8_t payload[16 + 8 + 1] = {60, 0, 1, 4};
    begin(&draft, AF_INET6);
    draft_set(&draft, "ip", "proto", 0); /* hop-by-hop, then destination options, then UDP */
    payload[8] = 17;
    payload[16 + 1] = 5;
    payload[16 + 3] = 6;
    payload[16 + 5] = 9;
    draft.payload = payload;
    draft.payload_size = sizeof payload;
    size_t size = frame_of(&draft, frame);
    packet_mend(frame, size);
    cr_assert(packet_parse(&packet, frame, size));
    cr_assert_eq(packet.protocol, IPPROTO_UDP);
    cr_assert_eq(packet.source_port, 5);
    cr_assert_eq(packet.destination_port, 6);
    cr_assert_eq(packet.payload_size, 1);
    cr_assert(packet.checksum_valid);
}

Test(packet, later_fragment_has_no_transport)
{
    struct draft draft;
    struct packet packet;
    uint8_t frame[FRAME_MAX];
    begin(&draft, AF_INET);
    draft_set(&draft, "ip", "frag", 100);
    draft_set(&draft, "ip", "proto", 17);
    draft.payload = (const uint8_t *)"0123456789";
    draft.payload_size = 10;
    cr_assert(packet_parse(&packet, frame, frame_of(&draft, frame)));
    cr_assert(packet.fragment && packet.checksum_valid);
    cr_assert_eq(packet.source_port, 0);
    cr_assert_eq(packet.payload_size, 10);
}
