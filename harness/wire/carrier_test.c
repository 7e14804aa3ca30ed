/* SPDX-License-Identifier: MIT */
#include "wire/carrier.h"

#include "liar/packet_lie.h"
#include "wire/specimen.h"

#include <unistd.h>

static struct carrier carrier;
static int arrives[SIDE_COUNT];
static enum fate last;
static enum side last_from;
static int times;
static uint64_t clock_now;
static uint64_t last_taken;

static void seen(void *context, const struct packet *packet, enum side from, enum fate fate,
                 const char *fault)
{
    cr_assert_eq(context, &carrier);
    cr_assert(packet->family != 0 && fault == NULL);
    last = fate;
    last_from = from;
    last_taken = carrier.keeping.since;
    times++;
}

static uint64_t now(void *context)
{
    cr_assert_eq(context, &carrier);
    return ++clock_now;
}

static void begin(void)
{
    struct hosts hosts = {.mac = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}}};
    const struct witness witness = {&carrier, seen, now};
    specimen_taps(&hosts, arrives);
    carrier_begin(&carrier, &hosts, &witness);
}

TestSuite(carrier, .init = begin);

Test(carrier, what_is_injected_has_the_addresses_of_a_frame_of_that_side)
{
    static const int families[] = {AF_INET, AF_INET6};
    for (size_t i = 0; i < 2; i++) {
        uint8_t frame[FRAME_MAX];
        struct packet packet = specimen_udp(families[i], "a");
        cr_assert(carrier_inject(&carrier, SIDE_SERVER, packet.frame + ETHER_HEADER,
                                 packet.size - ETHER_HEADER, NULL));
        cr_assert_eq(recv(arrives[SIDE_CLIENT], frame, sizeof frame, MSG_DONTWAIT),
                     (ssize_t)packet.size);
        cr_assert(frame[5] == 1 && frame[11] == 2);
        cr_assert_eq(memcmp(frame + 12, packet.frame + 12, packet.size - 12), 0);
        cr_assert(last == FATE_INJECTED && last_from == SIDE_SERVER);
    }
    cr_assert_eq(times, 2);
}

Test(carrier, what_is_no_frame_is_not_injected)
{
    static const uint8_t bytes[FRAME_MAX] = {0x45};
    cr_assert_not(carrier_inject(&carrier, SIDE_CLIENT, bytes, FRAME_MAX - ETHER_HEADER + 1, NULL));
    cr_assert_eq(times, 0);
}

Test(carrier, what_cannot_be_sent_is_counted_as_lost)
{
    close(arrives[SIDE_SERVER]);
    cr_assert_not(carrier_send(&carrier, SIDE_CLIENT, "frame", 5));
    cr_assert_eq(carrier.lost, 1);
    cr_assert(carrier_send(&carrier, SIDE_SERVER, "frame", 5));
    cr_assert_eq(carrier.lost, 1);
}

/* A lie about what arrives: the host gets another packet than the witness is told of. */
Test(carrier, what_is_misheard_is_another_packet_to_the_host_alone)
{
    uint8_t frame[FRAME_MAX], sent[FRAME_MAX];
    struct packet packet = specimen_udp(AF_INET, "a");
    memcpy(sent, packet.frame, packet.size);
    sent[packet.size - 1] ^= 1;
    cr_assert(packet_parse(&packet, sent, packet.size));
    carrier.misheard = packet_lie_find("packet/heard-udp-checksum");
    carrier_carry(&carrier, &packet, SIDE_CLIENT, FATE_PASSED, NULL);
    cr_assert_not(packet.checksum_valid);
    cr_assert_eq(recv(arrives[SIDE_SERVER], frame, sizeof frame, MSG_DONTWAIT),
                 (ssize_t)packet.size);
    cr_assert(packet_parse(&packet, frame, packet.size));
    cr_assert(packet.checksum_valid && times == 1);
}

Test(carrier, what_is_not_heard_is_not_lost)
{
    static uint8_t frame[FRAME_MAX];
    struct packet packet = specimen_udp(AF_INET, "a");
    memcpy(frame, packet.frame, packet.size);
    frame[ETHER_HEADER + 8] = 1; /* its last hop */
    carrier.misheard = packet_lie_find("packet/heard-last-hop");
    cr_assert(carrier_send(&carrier, SIDE_CLIENT, frame, packet.size));
    cr_assert_eq(recv(arrives[SIDE_SERVER], frame, sizeof frame, MSG_DONTWAIT), -1);
    cr_assert_eq(carrier.lost, 0);
}

Test(carrier, what_it_keeps_is_let_go_in_order_or_forgotten)
{
    struct packet packet = specimen_udp(AF_INET, "a");
    struct queue *kept = &carrier.kept[SIDE_CLIENT];
    for (int i = 0; i < 3; i++)
        carrier_keep(&carrier, kept, &packet, SIDE_CLIENT, WIRE_REORDER, NULL);
    cr_assert_eq(carrier_let_go(&carrier, kept, SIDE_CLIENT, FATE_REORDERED), 3);
    cr_assert(last == FATE_REORDERED && times == 3);
    carrier_keep(&carrier, kept, &packet, SIDE_CLIENT, WIRE_REORDER, NULL);
    carrier_forget(&carrier);
    cr_assert_eq(carrier_let_go(&carrier, kept, SIDE_CLIENT, FATE_REORDERED), 0);
}

Test(carrier, what_it_lets_go_tells_when_it_was_taken)
{
    struct queue *held = &carrier.kept[SIDE_CLIENT];
    struct packet packet = specimen_udp(AF_INET, "a");
    clock_now = 40;
    carrier_keep(&carrier, held, &packet, SIDE_CLIENT, WIRE_REORDER, NULL);
    carrier_keep(&carrier, held, &packet, SIDE_CLIENT, WIRE_REORDER, NULL);
    cr_assert_eq(carrier_let_go(&carrier, held, SIDE_CLIENT, FATE_REORDERED), 2);
    cr_assert_eq(last_taken, 42);
    carrier_carry(&carrier, &packet, SIDE_CLIENT, FATE_PASSED, NULL);
    cr_assert_eq(last_taken, 0, "what was not kept has no such time");
}
