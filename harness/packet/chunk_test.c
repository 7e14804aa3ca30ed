/* SPDX-License-Identifier: MIT */
#include "packet/chunk.h"

#include "packet/crc32c.h"
#include "packet/kind.h"

#include <criterion/criterion.h>
#include <string.h>

/* An IPv4 packet from 10.0.0.1 to 10.0.0.2 with these chunks, its CRC32c right. */
static size_t build(uint8_t *frame, const void *chunks, size_t size)
{
    static const uint8_t head[] = {2,    0, 0,  0, 0, 2, 2,    0,    0,    0,    0, 1, 8,  0,
                                   0x45, 0, 0,  0, 0, 0, 0,    0,    64,   132,  0, 0, 10, 0,
                                   0,    1, 10, 0, 0, 2, 0x13, 0x88, 0x17, 0x70, 0, 0, 0,  7};
    memcpy(frame, head, sizeof head);
    memset(frame + sizeof head, 0, 4);
    memcpy(frame + sizeof head + 4, chunks, size);
    size_t total = sizeof head + 4 + size;
    frame[ETHER_HEADER + 3] = (uint8_t)(total - ETHER_HEADER);
    uint32_t sum = crc32c(frame + 34, total - 34);
    for (int i = 0; i < 4; i++)
        frame[34 + 8 + i] = (uint8_t)(sum >> 8 * i);
    return total;
}

/* DATA "hi" (B and E) tsn 100 stream 2 ssn 3 ppid 9, padded, then SACK 7. */
static const uint8_t two[] = {0, 3, 0, 18, 0, 0,  0, 100, 0, 2, 0, 3, 0,  0, 0, 9, 'h', 'i',
                              0, 0, 3, 0,  0, 16, 0, 0,   0, 7, 0, 0, 16, 0, 0, 1, 0,   0};

Test(chunk, every_chunk_of_a_packet_is_walked)
{
    uint8_t frame[256];
    struct packet packet;
    struct chunk chunk;
    cr_assert(packet_parse(&packet, frame, build(frame, two, sizeof two)));
    cr_assert(packet.checksum_valid);
    cr_assert_eq(packet.source_port, 5000);
    cr_assert(chunk_first(&chunk, &packet));
    cr_assert_str_eq(chunk_name(chunk.type), "DATA");
    cr_assert_eq(chunk_tsn(&chunk), 100);
    cr_assert(chunk_next(&chunk, &packet));
    cr_assert_str_eq(chunk_name(chunk.type), "SACK");
    cr_assert_not(chunk_next(&chunk, &packet));
    cr_assert(packet_has_kind(&packet, "data"));
    cr_assert_not(packet_has_kind(&packet, "rst"));
}

Test(chunk, a_changed_byte_makes_the_checksum_bad_and_mending_makes_it_good)
{
    uint8_t frame[256];
    struct packet packet;
    size_t size = build(frame, two, sizeof two);
    frame[size - 1] ^= 1;
    packet_parse(&packet, frame, size);
    cr_assert_not(packet.checksum_valid);
    packet_mend(frame, size);
    packet_parse(&packet, frame, size);
    cr_assert(packet.checksum_valid);
}

Test(chunk, an_abort_is_a_reset)
{
    static const uint8_t abort[] = {6, 1, 0, 12, 0, 12, 0, 8, 'b', 'y', 'e', '!'};
    uint8_t frame[256];
    struct packet packet;
    packet_parse(&packet, frame, build(frame, abort, sizeof abort));
    cr_assert(packet_has_kind(&packet, "rst"));
}

/* What a chunk says of its length may lie: nothing beyond the packet is read. */
Test(chunk, a_length_beyond_the_packet_is_cut_and_one_below_the_header_ends_it)
{
    static const uint8_t longer[] = {0, 3, 1, 0, 0, 0, 0, 1};
    static const uint8_t none[] = {0, 3, 0, 2, 0, 0, 0, 1};
    uint8_t frame[256];
    struct packet packet;
    struct chunk chunk;
    packet_parse(&packet, frame, build(frame, longer, sizeof longer));
    cr_assert(chunk_first(&chunk, &packet));
    cr_assert_eq(chunk.body_size, 4);
    cr_assert_not(chunk_next(&chunk, &packet));
    packet_parse(&packet, frame, build(frame, none, sizeof none));
    cr_assert_not(chunk_first(&chunk, &packet));
}
