/* SPDX-License-Identifier: MIT */
#include "fault/wirefault.h"

#include <criterion/criterion.h>
#include <string.h>

enum { CLIENT = 1, SERVER = 2, PORT = 5000, PAYLOAD = 34 };

/* An IPv4 SCTP packet from 10.0.0.1 to 10.0.0.2 with one chunk, of which the TSN stands at `at`. */
static void parse(struct packet *packet, uint8_t *frame, const uint8_t *chunk, size_t size,
                  size_t at, uint32_t tsn)
{
    static const uint8_t head[] = {
        2,         0,          0,    0, 0, 2,      2,  0, 0, 0,      0,         1,
        8,         0,          0x45, 0, 0, 0,      0,  0, 0, 0,      64,        132,
        0,         0,          10,   0, 0, CLIENT, 10, 0, 0, SERVER, PORT >> 8, PORT & 255,
        PORT >> 8, PORT & 255, 0,    0, 0, 7,      0,  0, 0, 0};
    memcpy(frame, head, sizeof head);
    memcpy(frame + sizeof head, chunk, size);
    for (size_t i = 0; i < 4; i++)
        frame[sizeof head + at + i] = (uint8_t)(tsn >> (24 - 8 * i));
    frame[ETHER_HEADER + 3] = (uint8_t)(sizeof head + size - ETHER_HEADER);
    cr_assert(packet_parse(packet, frame, sizeof head + size));
}

/* The identity of the DATA chunk with the given number of an association, which begins at first. */
static uint64_t identity_of_data(uint32_t first, uint32_t number)
{
    static const uint8_t init[20] = {1, 0, 0, 20, 0, 0, 0, 9, 0, 0, 16, 0, 0, 1, 0, 1};
    static const uint8_t data[20] = {0, 3, 0, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'h', 'i'};
    uint8_t frame[2][128];
    struct packet opening, message;
    struct flows *flows = flows_new();
    struct wirefault *wirefault = wirefault_new();
    const struct wirefault_scope scope = {.flows = flows, .first_port = PORT, .ports = 16};
    parse(&opening, frame[0], init, sizeof init, 16, first);
    parse(&message, frame[1], data, sizeof data, 4, first + number);
    flows_learn(flows, &opening);
    wirefault_begin(wirefault, &scope);
    uint64_t identity = wirefault_chance(wirefault, &message, SIDE_CLIENT).identity;
    wirefault_free(wirefault);
    flows_free(flows);
    return identity;
}

/* The same seed is the same faults, though each association draws its first TSN anew. */
Test(wirefault, a_message_is_the_same_wherever_its_association_begins)
{
    cr_assert_eq(identity_of_data(1000, 3), identity_of_data(0xfffffffe, 3));
    cr_assert_neq(identity_of_data(1000, 3), identity_of_data(1000, 4));
}

/* A fault's trigger sees what an expectation would. */
Test(wirefault, a_trigger_looks_at_fields_and_says_which_no_packet_has)
{
    static const uint8_t sack[16] = {3, 0, 0, 16, 0, 0, 0, 0, 0, 0, 16, 0, 0, 1};
    struct node values[] = {{.kind = NODE_SCALAR, .plain = true, .text = "1", .key = "gaps"},
                            {.kind = NODE_SCALAR, .plain = true, .text = "2", .key = "gaps"},
                            {.kind = NODE_SCALAR, .plain = true, .text = "1", .key = "stream"}};
    struct node layers[3], whens[3];
    struct wirefault_scope wanted = {.first_port = PORT, .ports = 16, .count = 3};
    static struct plan plan = {.count = 3};
    struct wirefault *wirefault = wirefault_new();
    struct packet packet;
    uint8_t frame[128];
    char field[64];
    for (size_t i = 0; i < 3; i++) {
        layers[i] = (struct node){.kind = NODE_MAP, .key = "sctp", .first = &values[i], .count = 1};
        whens[i] = (struct node){.kind = NODE_MAP, .first = &layers[i], .count = 1};
        wanted.when[i] = &whens[i];
        plan.fault[i] = (struct fault){.name = "f", .senders = 1, .wire = WIRE_DROP};
    }
    cr_assert_eq(plan_arm(&plan), 0);
    parse(&packet, frame, sack, sizeof sack, 4, 9);
    wirefault_begin(wirefault, &wanted);
    cr_expect_eq(wirefault_chance(wirefault, &packet, SIDE_CLIENT).applicable, 1);
    cr_expect_not(wirefault_unanswered(wirefault, 0, field, sizeof field));
    cr_expect_not(wirefault_unanswered(wirefault, 1, field, sizeof field),
                  "it has gaps, and not two");
    cr_expect(wirefault_unanswered(wirefault, 2, field, sizeof field));
    cr_expect_str_eq(field, "sctp.stream");
    plan_disarm();
    wirefault_free(wirefault);
}
