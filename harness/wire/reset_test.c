/* SPDX-License-Identifier: MIT */
#include "wire/reset.h"

#include "packet/chunk.h"
#include "packet/crc32c.h"
#include "wire/specimen.h"

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

static const int families[] = {AF_INET, AF_INET6};

/* The reset of an end is an RST with these numbers, between the ends of the dropped packet. */
static void resets(const struct packet *dropped, bool forward, int flags, uint32_t seq,
                   uint32_t ack)
{
    uint8_t bytes[RESET_MAX];
    struct packet made = specimen_parse(bytes, reset_build(dropped, forward, bytes));
    cr_assert_eq(made.tcp_flags, flags, "%#x", made.tcp_flags);
    cr_assert_eq(made.seq, seq, "%u", made.seq);
    cr_assert_eq(made.ack, ack, "%u", made.ack);
    cr_assert(made.checksum_valid);
    cr_assert_eq(made.source_port, forward ? SPECIMEN_SPORT : SPECIMEN_DPORT);
    cr_assert_eq(made.destination_port, forward ? SPECIMEN_DPORT : SPECIMEN_SPORT);
    const struct in6_addr *from = forward ? &dropped->source : &dropped->destination;
    cr_assert_eq(memcmp(&made.source, from, sizeof *from), 0);
}

Test(reset, data_resets_its_receiver_where_it_is_and_its_sender_where_it_acknowledged)
{
    for (size_t i = 0; i < 2; i++) {
        struct packet data = specimen_tcp(families[i], PSH | ACK, 100, 500, "abcd");
        resets(&data, true, RST | ACK, 100, 500);
        resets(&data, false, RST, 500, 0);
    }
}

Test(reset, a_bare_syn_resets_its_sender_alone)
{
    uint8_t bytes[RESET_MAX];
    struct packet syn = specimen_tcp(AF_INET, SYN, 100, 0, "");
    cr_assert_eq(reset_build(&syn, true, bytes), 0);
    resets(&syn, false, RST | ACK, 0, 101);
}

Test(reset, a_syn_ack_resets_both)
{
    struct packet synack = specimen_tcp(AF_INET, SYN | ACK, 100, 500, "");
    resets(&synack, true, RST | ACK, 100, 500);
    resets(&synack, false, RST, 500, 0);
}

Test(reset, what_comes_without_ack_is_acknowledged_whole)
{
    struct packet segment = specimen_tcp(AF_INET6, FIN, 100, 0, "abcd");
    resets(&segment, true, RST, 100, 0);
    resets(&segment, false, RST | ACK, 0, 105);
}

Test(reset, an_abort_has_the_tag_of_the_packet_and_the_t_bit_towards_its_sender)
{
    static const uint8_t data[SCTP_HEADER + 16] = {3, 232, 7, 208, 0xaa,       0xbb, 0xcc, 0xdd,
                                                   0, 0,   0, 0,   CHUNK_DATA, 3,    0,    16};
    struct packet dropped = specimen_raw(AF_INET, IPPROTO_SCTP, data, sizeof data);
    for (int forward = 0; forward < 2; forward++) {
        uint8_t bytes[RESET_MAX];
        struct packet made = specimen_parse(bytes, reset_build(&dropped, forward == 1, bytes));
        const uint8_t *header = made.frame + made.transport;
        cr_assert(made.checksum_valid);
        cr_assert_eq(made.source_port, forward ? SPECIMEN_SPORT : SPECIMEN_DPORT);
        cr_assert_eq(memcmp(header + 4, data + 4, 4), 0);
        cr_assert_eq(header[SCTP_HEADER], CHUNK_ABORT);
        cr_assert_eq(header[SCTP_HEADER + 1], forward ? 0 : 1);
    }
}

Test(reset, other_protocols_know_none)
{
    uint8_t bytes[RESET_MAX];
    struct packet datagram = specimen_udp(AF_INET, "abcd");
    cr_assert_eq(reset_build(&datagram, true, bytes), 0);
    cr_assert_eq(reset_build(&datagram, false, bytes), 0);
}
