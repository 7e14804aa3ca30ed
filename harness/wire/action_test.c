/* SPDX-License-Identifier: MIT */
#include "wire/action.h"

#include "wire/specimen.h"

#include <stdio.h>

/*
 * A carrier whose taps are socket pairs: what it sends to a side can be read at the other end. What
 * the witness is told is written down, "passed a, cut b".
 */
static struct carrier carrier;
static int arrives[SIDE_COUNT]; /* what is sent to that side */
static char told[256];

static void seen(void *context, const struct packet *packet, enum side from, enum fate fate,
                 const char *fault)
{
    size_t used = strlen(told);
    char first = packet->payload_size > 0 ? (char)packet->frame[packet->payload] : '-';
    (void)context;
    snprintf(told + used, sizeof told - used, "%s%s%s %c%s%s", used > 0 ? ", " : "",
             from == SIDE_SERVER ? "back " : "", fate_name(fate), first,
             fault != NULL ? " by " : "", fault != NULL ? fault : "");
}

static void begin(void)
{
    struct hosts hosts = {0};
    const struct witness witness = {NULL, seen, NULL};
    specimen_taps(&hosts, arrives);
    carrier_begin(&carrier, &hosts, &witness);
    told[0] = '\0';
}

static void end(void)
{
    carrier_forget(&carrier);
    cr_assert_eq(carrier.lost, 0);
}

TestSuite(action, .init = begin, .fini = end);

/* Does it to a datagram of the client that begins with that letter. */
static void enact(enum wire_action action, const char *payload)
{
    struct packet packet = specimen_udp(AF_INET, payload);
    action_enact(&carrier, action, &packet, SIDE_CLIENT, "it");
}

/* The first letters of the datagrams that have come to a side, in order; static storage. */
static const char *came_to(enum side side)
{
    static char letters[32];
    uint8_t frame[FRAME_MAX];
    struct packet packet;
    size_t count = 0;
    ssize_t size = 0;
    while ((size = recv(arrives[side], frame, sizeof frame, MSG_DONTWAIT)) > 0 &&
           count < sizeof letters - 1) {
        cr_assert(packet_parse(&packet, frame, (size_t)size));
        bool intact = packet.checksum_valid;
        char letter = packet.payload_size > 0 ? (char)frame[packet.payload] : '-';
        letters[count++] = intact ? letter : '?';
    }
    letters[count] = '\0';
    return letters;
}

static void comes(const char *letters, const char *seen_as)
{
    cr_assert_str_eq(came_to(SIDE_SERVER), letters);
    cr_assert_str_eq(told, seen_as);
}

Test(action, pass)
{
    enact(WIRE_PASS, "a");
    comes("a", "passed a");
}

Test(action, drop)
{
    enact(WIRE_DROP, "a");
    comes("", "dropped a by it");
}

Test(action, duplicate)
{
    enact(WIRE_DUPLICATE, "a");
    comes("aa", "passed a, duplicated a by it");
}

Test(action, corrupt)
{
    enact(WIRE_CORRUPT, "abcd");
    comes("?", "corrupted a by it");
}

Test(action, truncate_tells_of_the_packet_as_it_was)
{
    uint8_t frame[FRAME_MAX];
    enact(WIRE_TRUNCATE, "abcd");
    ssize_t size = recv(arrives[SIDE_SERVER], frame, sizeof frame, MSG_DONTWAIT);
    struct packet whole = specimen_udp(AF_INET, "abcd");
    cr_assert_eq((size_t)size, whole.size - 2);
    cr_assert_str_eq(told, "truncated a by it");
}

Test(action, reorder_lets_the_next_that_leaves_go_first)
{
    enact(WIRE_REORDER, "a");
    enact(WIRE_REORDER, "b");
    enact(WIRE_DROP, "c");
    comes("", "dropped c by it");
    enact(WIRE_PASS, "d");
    comes("dab", "dropped c by it, passed d, reordered a by it, reordered b by it");
}

Test(action, what_one_side_reorders_is_not_overtaken_by_the_other)
{
    struct packet packet = specimen_udp(AF_INET, "b");
    enact(WIRE_REORDER, "a");
    action_enact(&carrier, WIRE_PASS, &packet, SIDE_SERVER, NULL);
    comes("", "back passed b");
    cr_assert_str_eq(came_to(SIDE_CLIENT), "b");
}

Test(action, delay_waits_for_more_than_the_next_packet)
{
    enact(WIRE_DELAY, "a");
    enact(WIRE_PASS, "b");
    comes("b", "passed b");
    cr_assert_eq(carrier_let_go(&carrier, &carrier.delayed[SIDE_CLIENT], SIDE_CLIENT, FATE_DELAYED),
                 1);
    comes("a", "passed b, delayed a by it");
}

Test(action, unreachable_tells_the_sender)
{
    enact(WIRE_UNREACHABLE, "a");
    cr_assert_str_eq(came_to(SIDE_SERVER), "");
    cr_assert_eq(strlen(came_to(SIDE_CLIENT)), 1);
    cr_assert_eq(strncmp(told, "unreachable a by it, back injected ", 35), 0, "%s", told);
}

Test(action, reset_resets_the_receiver_first)
{
    struct packet data = specimen_tcp(AF_INET6, 24, 100, 500, "a");
    action_enact(&carrier, WIRE_RESET, &data, SIDE_CLIENT, "it");
    cr_assert_str_eq(told, "reset a by it, injected - by it, back injected - by it");
    cr_assert_eq(strlen(came_to(SIDE_SERVER)), 1);
    cr_assert_eq(strlen(came_to(SIDE_CLIENT)), 1);
}

Test(action, cut_cuts_both_lines_and_what_waits_there)
{
    struct packet back = specimen_udp(AF_INET, "c");
    enact(WIRE_DELAY, "a");
    enact(WIRE_CUT, "b");
    action_enact(&carrier, WIRE_PASS, &back, SIDE_SERVER, NULL);
    carrier_let_go(&carrier, &carrier.delayed[SIDE_CLIENT], SIDE_CLIENT, FATE_DELAYED);
    comes("", "cut b by it, back cut c, cut a by it");
    cr_assert_str_eq(came_to(SIDE_CLIENT), "");
}

Test(action, a_cut_of_both_lines_comes_through_where_one_is_cut)
{
    carrier.cut_sides = 1U << SIDE_CLIENT;
    enact(WIRE_DROP, "a");
    cr_assert_not(carrier_is_cut(&carrier, SIDE_SERVER));
    enact(WIRE_CUT, "b");
    cr_assert(carrier_is_cut(&carrier, SIDE_SERVER));
    comes("", "cut a by it, cut b by it");
}

Test(action, what_is_done_at_once_is_what_never_was_on_the_line)
{
    static const enum wire_action at_once[] = {WIRE_DROP, WIRE_RESET, WIRE_CUT, WIRE_UNREACHABLE};
    int count = 0;
    for (int action = 0; action < WIRE_COUNT; action++)
        count += action_is_at_once((enum wire_action)action);
    cr_assert_eq(count, 4);
    for (size_t i = 0; i < 4; i++)
        cr_assert(action_is_at_once(at_once[i]));
}
