/* SPDX-License-Identifier: MIT */
#include "packet/flows.h"

#include <criterion/criterion.h>
#include <string.h>

#define FIN 1
#define SYN 2
#define RST 4
#define ACK 16

static struct packet segment(bool from_client, uint16_t port, uint8_t flags, uint32_t seq,
                             uint32_t ack)
{
    struct packet packet = {.family = AF_INET,
                            .protocol = IPPROTO_TCP,
                            .transport = 34,
                            .payload = 54,
                            .tcp_flags = flags,
                            .seq = seq,
                            .ack = ack};
    packet.source.s6_addr[15] = from_client ? 1 : 2;
    packet.destination.s6_addr[15] = from_client ? 2 : 1;
    packet.source_port = from_client ? port : 80;
    packet.destination_port = from_client ? 80 : port;
    return packet;
}

static uint32_t seq(const struct flows *flows, const struct packet *packet)
{
    struct packet numbered = flows_numbered(flows, packet);
    return packet_seq(&numbered);
}

static uint32_t ack(const struct flows *flows, const struct packet *packet)
{
    struct packet numbered = flows_numbered(flows, packet);
    return numbered.ack - numbered.first_of_receiver;
}

Test(flows, numbers_are_relative_to_the_handshake)
{
    struct flows *flows = flows_new();
    struct packet syn = segment(true, 1, SYN, 0xffffffff, 0);
    struct packet synack = segment(false, 1, SYN | ACK, 500, 0);
    struct packet data = segment(true, 1, ACK, 9, 501);
    flows_learn(flows, &syn);
    flows_learn(flows, &syn);
    flows_learn(flows, &synack);
    cr_assert_eq(seq(flows, &syn), 0);
    cr_assert_eq(seq(flows, &synack), 0);
    cr_assert_eq(ack(flows, &synack), 1);
    cr_assert_eq(seq(flows, &data), 10);
    cr_assert_eq(ack(flows, &data), 1);
    flows_clear(flows);
    cr_assert_eq(seq(flows, &data), 9);
    flows_free(flows);
}

Test(flows, refusal_has_sequence_number_zero)
{
    struct flows *flows = flows_new();
    struct packet syn = segment(true, 1, SYN, 700, 0);
    struct packet rst = segment(false, 1, RST | ACK, 0, 701);
    flows_learn(flows, &syn);
    flows_learn(flows, &rst);
    cr_assert_eq(seq(flows, &rst), 0);
    cr_assert_eq(ack(flows, &rst), 1);
    flows_free(flows);
}

Test(flows, ports_used_again_begin_anew)
{
    struct flows *flows = flows_new();
    struct packet first = segment(true, 1, SYN, 100, 0);
    struct packet second = segment(true, 1, SYN, 900, 0);
    struct packet answer = segment(false, 1, SYN | ACK, 5000, 901);
    flows_learn(flows, &first);
    flows_learn(flows, &second);
    flows_learn(flows, &answer);
    cr_assert_eq(seq(flows, &second), 0);
    cr_assert_eq(ack(flows, &answer), 1);
    flows_free(flows);
}

Test(flows, first_segment_seen_late_is_number_one)
{
    struct flows *flows = flows_new();
    struct packet late = segment(true, 1, ACK | FIN, 100, 200);
    flows_learn(flows, &late);
    cr_assert_eq(seq(flows, &late), 1);
    cr_assert_eq(ack(flows, &late), 1);
    flows_free(flows);
}

Test(flows, thousands_are_kept_apart)
{
    struct flows *flows = flows_new();
    for (int round = 0; round < 3; round++) {
        for (uint16_t port = 1; port <= 5000; port++) {
            struct packet syn = segment(true, port, SYN, port * 1000U, 0);
            flows_learn(flows, &syn);
        }
        for (uint16_t port = 1; port <= 5000; port++) {
            struct packet data = segment(true, port, ACK, port * 1000U + 5, 1);
            cr_assert_eq(seq(flows, &data), 5);
        }
        flows_clear(flows);
    }
    flows_free(flows);
}

/* An IPv4 SCTP packet with one chunk, whose last four bytes are a TSN. */
static struct packet association(uint8_t *frame, uint8_t host, const uint8_t *chunk, size_t size)
{
    static const uint8_t head[] = {0x45, 0, 0,  0, 0, 0, 0,    0,    64,   132,  0, 0, 10, 0,
                                   0,    1, 10, 0, 0, 2, 0x13, 0x88, 0x17, 0x70, 0, 0, 0,  7};
    struct packet packet;
    memset(frame, 0, 128);
    frame[12] = 8;
    memcpy(frame + ETHER_HEADER, head, sizeof head);
    memcpy(frame + ETHER_HEADER + sizeof head + 4, chunk, size);
    frame[ETHER_HEADER + 3] = (uint8_t)(sizeof head + 4 + size);
    frame[ETHER_HEADER + 15] = host;
    cr_assert(packet_parse(&packet, frame, ETHER_HEADER + sizeof head + 4 + size));
    return packet;
}

Test(flows, tsns_count_from_the_initial_one_whatever_the_address)
{
    static const uint8_t init[] = {1, 0, 0, 20, 0, 0, 0, 5, 0, 0, 16, 0, 0, 1, 0, 1, 0, 0, 0, 100};
    static const uint8_t data[] = {0, 3, 0, 17, 0, 0, 0, 102, 0, 0, 0, 0, 0, 0, 0, 0, 'x'};
    uint8_t frame[2][128];
    struct flows *flows = flows_new();
    struct packet opening = association(frame[0], 1, init, sizeof init);
    struct packet message = association(frame[1], 99, data, sizeof data);
    flows_learn(flows, &opening);
    struct packet numbered = flows_numbered(flows, &message);
    cr_expect_eq(102 - numbered.first_of_sender, 3);
    cr_expect_eq(numbered.first_of_receiver, 0, "nobody knows the other side's yet");
    numbered = flows_numbered(NULL, &message);
    cr_expect_eq(numbered.first_of_sender, 0);
    flows_free(flows);
}

/* How many packets of its connection brought nothing new, with that one. */
static unsigned idle(struct flows *flows, struct packet packet, uint8_t window, size_t payload)
{
    uint8_t frame[64] = {0};
    frame[34 + 14] = window;
    packet.frame = frame;
    packet.payload_size = payload;
    flows_learn(flows, &packet);
    return flows_idle(flows, &packet);
}

Test(flows, what_brings_nothing_new_is_counted_on_both_sides)
{
    struct flows *flows = flows_new();
    cr_assert_eq(idle(flows, segment(true, 1, SYN, 10, 0), 1, 0), 0);
    cr_assert_eq(idle(flows, segment(false, 1, SYN | ACK, 50, 11), 1, 0), 0);
    cr_assert_eq(idle(flows, segment(true, 1, ACK, 11, 51), 1, 0), 0);
    cr_assert_eq(idle(flows, segment(true, 1, ACK, 11, 51), 1, 5), 0, "data");
    cr_assert_eq(idle(flows, segment(true, 1, ACK, 11, 51), 1, 5), 1, "the same again");
    cr_assert_eq(idle(flows, segment(false, 1, ACK, 51, 16), 1, 0), 0,
                 "an acknowledgement of more");
    cr_assert_eq(idle(flows, segment(false, 1, ACK, 51, 16), 1, 0), 1);
    cr_assert_eq(idle(flows, segment(true, 1, ACK, 16, 51), 1, 0), 2);
    cr_assert_eq(idle(flows, segment(true, 2, ACK, 16, 51), 1, 0), 0, "another connection");
    cr_assert_eq(idle(flows, segment(false, 1, ACK, 51, 16), 1, 0), 3);
    cr_assert_eq(idle(flows, segment(true, 1, ACK, 16, 51), 9, 0), 0, "a window that opens");
    cr_assert_eq(idle(flows, segment(true, 1, ACK, 16, 51), 9, 0), 1);
    cr_assert_eq(idle(flows, segment(true, 1, RST, 16, 0), 0, 0), 0, "the end");
    flows_free(flows);
}

Test(flows, what_has_no_numbers_is_never_idle)
{
    struct flows *flows = flows_new();
    struct packet datagram = {.protocol = IPPROTO_UDP, .source_port = 1, .destination_port = 2};
    cr_assert_eq(idle(flows, datagram, 0, 1), 0);
    cr_assert_eq(idle(flows, datagram, 0, 1), 0);
    flows_free(flows);
}

/* Of a side for which nobody spoke yet it is said what it begins with; nothing that is known
   changes. */
Test(flows, a_side_begins_with_what_it_is_told_to)
{
    struct flows *flows = flows_new();
    struct packet syn = segment(true, 1, SYN, 700, 0);
    struct packet answer = segment(false, 1, SYN | ACK, 4000, 701);
    uint32_t number = 1;
    cr_assert_not(flows_first(flows, &answer, true, &number));
    cr_assert_eq(number, 0);
    flows_learn(flows, &syn);
    cr_assert(flows_first(flows, &answer, false, &number));
    cr_assert_eq(number, 700);
    flows_begin(flows, &answer, 4000);
    flows_begin(flows, &answer, 5000);
    flows_begin(flows, &syn, 6000);
    cr_assert(flows_first(flows, &answer, true, &number));
    cr_assert_eq(number, 4000);
    cr_assert_eq(seq(flows, &syn), 0);
    flows_free(flows);
}
