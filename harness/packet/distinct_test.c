/* SPDX-License-Identifier: MIT */
#include "packet/distinct.h"

#include "packet/draft.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

enum { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };

static struct distinct distinct;

static void begin(void)
{
    distinct = (struct distinct){.arena = arena_new()};
}

static void end(void)
{
    arena_free(distinct.arena);
}

TestSuite(distinct, .init = begin, .fini = end);

struct told {
    const char *layer;
    int64_t port, seq, ack, window, flags;
    size_t size;
    const char *text; /* of a datagram */
};

static bool is_new(struct told told)
{
    static uint8_t payload[100];
    uint8_t frame[256] = {[12] = 8};
    struct draft draft;
    struct packet packet;
    bool tcp = strcmp(told.layer, "tcp") == 0;
    draft_begin(&draft, AF_INET);
    draft.ip = true;
    inet_pton(AF_INET6, "::ffff:10.0.0.1", &draft.source);
    inet_pton(AF_INET6, "::ffff:10.0.0.2", &draft.destination);
    draft.payload = told.text != NULL ? (const uint8_t *)told.text : payload;
    draft.payload_size = told.text != NULL ? strlen(told.text) : told.size;
    cr_assert(draft_set(&draft, told.layer, "sport", told.port));
    cr_assert(draft_set(&draft, told.layer, "dport", 7));
    if (tcp) {
        cr_assert(draft_set(&draft, "tcp", "seq", told.seq));
        cr_assert(draft_set(&draft, "tcp", "ack", told.ack));
        cr_assert(draft_set(&draft, "tcp", "window", told.window));
        cr_assert(draft_set(&draft, "tcp", "flags", told.flags != 0 ? told.flags : ACK));
    }
    ssize_t size = draft_build(&draft, frame + ETHER_HEADER, sizeof frame - ETHER_HEADER);
    cr_assert_gt(size, 0);
    cr_assert(packet_parse(&packet, frame, (size_t)size + ETHER_HEADER));
    return distinct_add(&distinct, &packet);
}

#define SEGMENT(...) ((struct told){.layer = "tcp", .port = 5, __VA_ARGS__})

Test(distinct, a_byte_that_was_there_is_not_new)
{
    cr_expect(is_new(SEGMENT(.seq = 1, .size = 10)));
    cr_expect_not(is_new(SEGMENT(.seq = 1, .size = 10)));
    cr_expect_not(is_new(SEGMENT(.seq = 4, .size = 3, .ack = 9, .flags = ACK | PSH)), "a part");
    cr_expect(is_new(SEGMENT(.seq = 11, .size = 10)));
    cr_expect_not(is_new(SEGMENT(.seq = 1, .size = 20)), "both in one");
    cr_expect(is_new(SEGMENT(.seq = 1, .size = 21)), "and one byte more");
}

Test(distinct, a_gap_is_new)
{
    cr_expect(is_new(SEGMENT(.seq = 1, .size = 10)));
    cr_expect(is_new(SEGMENT(.seq = 21, .size = 10)));
    cr_expect(is_new(SEGMENT(.seq = 1, .size = 30)));
}

Test(distinct, syn_and_fin_have_a_number_each)
{
    cr_expect(is_new(SEGMENT(.seq = 0, .flags = SYN)));
    cr_expect_not(is_new(SEGMENT(.seq = 0, .flags = SYN)));
    cr_expect(is_new(SEGMENT(.seq = 1, .size = 4)));
    cr_expect(is_new(SEGMENT(.seq = 5, .flags = FIN | ACK)));
    cr_expect_not(is_new(SEGMENT(.seq = 5, .flags = FIN | ACK)));
    cr_expect_not(is_new(SEGMENT(.seq = 1, .size = 4, .flags = FIN | ACK)), "with the bytes again");
}

Test(distinct, numbers_go_round)
{
    cr_expect(is_new(SEGMENT(.seq = UINT32_MAX - 4, .size = 10)));
    cr_expect_not(is_new(SEGMENT(.seq = 2, .size = 3)));
    cr_expect(is_new(SEGMENT(.seq = 5, .size = 1)));
}

Test(distinct, an_acknowledgment_is_new_when_it_says_something_else)
{
    cr_expect(is_new(SEGMENT(.seq = 1, .ack = 5, .window = 100)));
    cr_expect_not(is_new(SEGMENT(.seq = 1, .ack = 5, .window = 100)));
    cr_expect(is_new(SEGMENT(.seq = 1, .ack = 6, .window = 100)));
    cr_expect(is_new(SEGMENT(.seq = 1, .ack = 6, .window = 200)));
}

Test(distinct, another_connection_has_numbers_of_its_own)
{
    cr_expect(is_new(SEGMENT(.seq = 1, .size = 10)));
    cr_expect(is_new((struct told){.layer = "tcp", .port = 6, .seq = 1, .size = 10}));
}

Test(distinct, every_datagram_is_a_message)
{
    cr_expect(is_new((struct told){.layer = "udp", .port = 5, .text = "ping"}));
    cr_expect(is_new((struct told){.layer = "udp", .port = 5, .text = "ping"}));
}

/* An SCTP packet of one chunk, in an IPv4 packet. */
static bool is_new_chunk(uint8_t type, uint8_t tag)
{
    uint8_t frame[14 + 20 + 12 + 4] = {[12] = 8, [14] = 0x45, [17] = 36, [22] = 64, [23] = 132};
    struct packet packet;
    frame[26] = frame[30] = 10; /* the two hosts */
    frame[29] = 1;
    frame[33] = 2;
    frame[41] = tag;
    frame[46] = type;
    frame[49] = 4;
    cr_assert(packet_parse(&packet, frame, sizeof frame));
    return distinct_add(&distinct, &packet);
}

Test(distinct, what_sctp_sends_again_is_the_same)
{
    cr_expect(is_new_chunk(10, 1));
    cr_expect_not(is_new_chunk(10, 1));
    cr_expect(is_new_chunk(10, 2));
    cr_expect(is_new_chunk(11, 1));
}
