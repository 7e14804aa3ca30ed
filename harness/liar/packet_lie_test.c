/* SPDX-License-Identifier: MIT */
#include "liar/packet_lie.h"

#include "packet/draft.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

/* A frame on the wire: Ethernet header, and what a draft builds. */
static size_t frame_of(uint8_t *frame, int family, const char *layer, int64_t flags,
                       const char *payload)
{
    struct draft draft;
    draft_begin(&draft, family);
    draft.ip = true;
    inet_pton(AF_INET6, family == AF_INET ? "::ffff:10.0.0.1" : "fd00::1", &draft.source);
    inet_pton(AF_INET6, family == AF_INET ? "::ffff:10.0.0.2" : "fd00::2", &draft.destination);
    draft_set(&draft, layer, "sport", 1000);
    draft_set(&draft, layer, "dport", 2000);
    if (strcmp(layer, "tcp") == 0)
        draft_set(&draft, layer, "flags", flags);
    draft.payload = (const uint8_t *)payload;
    draft.payload_size = strlen(payload);
    memset(frame, 0, ETHER_HEADER);
    frame[12] = family == AF_INET ? 0x08 : 0x86;
    frame[13] = family == AF_INET ? 0x00 : 0xdd;
    ssize_t size = draft_build(&draft, frame + ETHER_HEADER, FRAME_MAX - ETHER_HEADER);
    cr_assert_gt(size, 0);
    return ETHER_HEADER + (size_t)size;
}

/* Tells the lie about a packet; how often it goes. */
static int tell(const char *lie, uint8_t *frame, size_t *size, struct packet *packet)
{
    const struct packet_lie *found = packet_lie_find(lie);
    cr_assert_not_null(found, "%s", lie);
    cr_assert(packet_parse(packet, frame, *size));
    return packet_lie_tell(found, packet, frame, size);
}

Test(packet_lie, every_lie_has_a_name_of_its_own)
{
    for (const char *const *one = packet_lie_names(); *one != NULL; one++) {
        cr_assert_eq(strncmp(*one, "packet/", 7), 0);
        cr_assert_gt(strlen(packet_lie_says(packet_lie_find(*one))), 0);
        for (const char *const *other = one + 1; *other != NULL; other++)
            cr_assert_str_neq(*one, *other);
    }
    cr_assert_null(packet_lie_find("packet/truth"));
}

Test(packet_lie, no_lie_makes_a_frame_longer_or_something_else_than_a_packet)
{
    static const char *const layers[] = {"tcp", "udp"};
    static const int families[] = {AF_INET, AF_INET6};
    uint8_t frame[FRAME_MAX];
    struct packet packet;
    for (const char *const *lie = packet_lie_names(); *lie != NULL; lie++)
        for (int i = 0; i < 4; i++) {
            size_t before = frame_of(frame, families[i / 2], layers[i % 2], 0x18, "abcd");
            size_t size = before;
            int times = tell(*lie, frame, &size, &packet);
            cr_assert(times >= 0 && times <= 2, "%s", *lie);
            cr_assert_leq(size, before, "%s", *lie);
            cr_assert_neq(packet.family, 0, "%s", *lie);
        }
}

/* Lies about what arrives are found by name, and no other lie is one of them. */
Test(packet_lie, only_lies_about_what_arrives_are_heard)
{
    int heard = 0;
    for (const char *const *lie = packet_lie_names(); *lie != NULL; lie++)
        heard += packet_lie_is_heard(packet_lie_find(*lie));
    cr_assert_gt(heard, 10);
    cr_assert(packet_lie_is_heard(packet_lie_find("packet/heard-source")));
    cr_assert_not(packet_lie_is_heard(packet_lie_find("packet/source")));
}

Test(packet_lie, a_checksum_that_is_wrong_is_heard_as_right)
{
    uint8_t frame[FRAME_MAX];
    struct packet packet;
    size_t size = frame_of(frame, AF_INET, "tcp", 0x18, "abcd");
    frame[size - 1] ^= 1;
    cr_assert(packet_parse(&packet, frame, size));
    cr_assert_not(packet.checksum_valid);
    cr_assert_eq(tell("packet/heard-tcp-checksum", frame, &size, &packet), 1);
    cr_assert(packet.checksum_valid);
}

static void changes_payload(const char *lie, const char *layer, int family, const char *wanted)
{
    uint8_t frame[FRAME_MAX];
    struct packet packet;
    size_t size = frame_of(frame, family, layer, 0x18, "abcd");
    cr_assert_eq(tell(lie, frame, &size, &packet), 1);
    cr_assert_eq(packet.payload_size, strlen(wanted), "%s", lie);
    cr_assert_eq(memcmp(frame + packet.payload, wanted, strlen(wanted)), 0, "%s", lie);
    cr_assert(packet.checksum_valid, "%s", lie);
}

Test(packet_lie, data_is_damaged_behind_a_valid_checksum)
{
    changes_payload("packet/tcp-payload-bit", "tcp", AF_INET, "abbd");
    changes_payload("packet/tcp-payload-bit", "tcp", AF_INET6, "abbd");
    changes_payload("packet/tcp-payload-swapped", "tcp", AF_INET, "bacd");
    changes_payload("packet/udp-payload-bit", "udp", AF_INET6, "abbd");
    changes_payload("packet/udp-payload-short", "udp", AF_INET, "abc");
    changes_payload("packet/udp-payload-short", "udp", AF_INET6, "abc");
    changes_payload("packet/udp-payload-bit", "tcp", AF_INET, "abcd");
}

Test(packet_lie, packets_are_missing_doubled_and_missing_once)
{
    uint8_t frame[FRAME_MAX];
    struct packet packet;
    size_t size = frame_of(frame, AF_INET, "tcp", 0x18, "abcd");
    cr_assert_eq(tell("packet/tcp-data-missing", frame, &size, &packet), 0);
    cr_assert_eq(tell("packet/tcp-data-doubled", frame, &size, &packet), 2);
    cr_assert_eq(tell("packet/tcp-data-missing-once", frame, &size, &packet), 0);
    cr_assert_eq(tell("packet/tcp-data-missing-once", frame, &size, &packet), 1);
    cr_assert_eq(tell("packet/udp-missing", frame, &size, &packet), 1);
}

/* How often a packet with those flags and number goes, when no pure acknowledgment does. */
static int acknowledged(uint8_t flags, uint32_t seq)
{
    uint8_t frame[FRAME_MAX];
    struct packet packet;
    size_t size = frame_of(frame, AF_INET, "tcp", flags, "");
    cr_assert(packet_parse(&packet, frame, size));
    for (int i = 0; i < 4; i++)
        frame[packet.transport + 4 + (size_t)i] = (uint8_t)(seq >> (24 - 8 * i));
    return tell("packet/tcp-ack-missing", frame, &size, &packet);
}

Test(packet_lie, the_acknowledgment_of_the_handshake_goes_and_no_other)
{
    enum { SYN = 0x02, ACK = 0x10 };
    cr_expect_eq(acknowledged(ACK, 500), 0, "of who has not dialled");
    cr_expect_eq(acknowledged(SYN, 99), 1);
    cr_expect_eq(acknowledged(SYN, 99), 1);
    cr_expect_eq(acknowledged(ACK, 100), 1);
    cr_expect_eq(acknowledged(ACK, 100), 0);
    cr_expect_eq(acknowledged(ACK, 104), 0);
    cr_expect_eq(acknowledged(SYN | ACK, 99), 1);
}

Test(packet_lie, flags_and_numbers_change)
{
    uint8_t frame[FRAME_MAX];
    struct packet packet;
    size_t size = frame_of(frame, AF_INET6, "tcp", 0x11, "");
    cr_assert_eq(tell("packet/tcp-rst-for-fin", frame, &size, &packet), 1);
    cr_assert_eq(packet.tcp_flags, 0x14);
    cr_assert(packet.checksum_valid);
    size = frame_of(frame, AF_INET, "tcp", 0x18, "abcd");
    cr_assert(packet_parse(&packet, frame, size));
    uint32_t seq = packet.seq;
    cr_assert_eq(tell("packet/tcp-seq", frame, &size, &packet), 1);
    cr_assert_eq(packet.seq, seq + 1);
    cr_assert(packet.checksum_valid);
    cr_assert_eq(tell("packet/tcp-checksum-once", frame, &size, &packet), 1);
    cr_assert_not(packet.checksum_valid);
}
