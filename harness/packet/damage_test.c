/* SPDX-License-Identifier: MIT */
#include "packet/damage.h"

#include "packet/draft.h"

#include <criterion/criterion.h>
#include <string.h>

static uint8_t frame[FRAME_MAX];

/* A UDP datagram of payload_size bytes in frame. */
static struct packet datagram(int family, size_t payload_size)
{
    static const uint8_t payload[512];
    struct draft draft;
    struct packet packet;
    draft_begin(&draft, family);
    draft.ip = true;
    draft.source.s6_addr[10] = draft.source.s6_addr[11] = 0xff;
    draft.destination = draft.source;
    draft.source.s6_addr[15] = 1;
    draft.destination.s6_addr[15] = 2;
    draft.payload = payload;
    draft.payload_size = payload_size;
    cr_assert(draft_set(&draft, "udp", "sport", 1000));
    cr_assert(draft_set(&draft, "udp", "dport", 2000));
    memset(frame, 0, sizeof frame);
    frame[12] = family == AF_INET ? 0x08 : 0x86;
    frame[13] = family == AF_INET ? 0x00 : 0xdd;
    ssize_t size = draft_build(&draft, frame + ETHER_HEADER, sizeof frame - ETHER_HEADER);
    cr_assert_gt(size, 0);
    cr_assert(packet_parse(&packet, frame, ETHER_HEADER + (size_t)size));
    return packet;
}

Test(damage, a_flipped_bit_breaks_the_checksum)
{
    struct packet packet = datagram(AF_INET, 100);
    cr_assert(packet.checksum_valid);
    damage_flip(&packet, frame);
    cr_assert(packet_parse(&packet, frame, packet.size));
    cr_assert_not(packet.checksum_valid);
    packet = datagram(AF_INET6, 0);
    damage_flip(&packet, frame);
    cr_assert(packet_parse(&packet, frame, packet.size));
    cr_assert_not(packet.checksum_valid);
}

Test(damage, half_of_the_payload_goes)
{
    struct packet packet = datagram(AF_INET, 100);
    cr_assert_eq(damage_cut(&packet), packet.size - 50);
    packet = datagram(AF_INET, 0);
    cr_assert_eq(damage_cut(&packet), packet.size - 4);
}

static void unreachable(int family, uint8_t type, uint8_t code)
{
    struct packet packet = datagram(family, 100);
    struct packet error;
    uint8_t out[FRAME_MAX];
    memcpy(out, frame, ETHER_HEADER);
    ssize_t size = damage_unreachable(&packet, out + ETHER_HEADER, sizeof out - ETHER_HEADER);
    cr_assert_gt(size, 0);
    cr_assert(packet_parse(&error, out, ETHER_HEADER + (size_t)size));
    cr_assert(error.checksum_valid);
    cr_assert(error.quoted, "it belongs to the flow that it is about");
    cr_assert_eq(error.source_port, 1000);
    cr_assert_eq(out[error.transport], type);
    cr_assert_eq(out[error.transport + 1], code);
    cr_assert_eq(memcmp(&error.destination, &packet.source, sizeof error.destination), 0);
}

Test(damage, the_sender_is_told_that_the_host_is_unreachable)
{
    unreachable(AF_INET, 3, 1);
    unreachable(AF_INET6, 1, 3);
}
