/* SPDX-License-Identifier: MIT */
#include "trial/dialogue.h"

#include "packet/draft.h"
#include "packet/offer.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16, CLIENT_PORT = 40001, SERVER_PORT = 80 };

static struct frame_copy *frames, **end;
static const uint16_t any[SIDE_COUNT];

static void begin(void)
{
    frames = NULL;
    end = &frames;
}

static void finish(void)
{
    while (frames != NULL) {
        struct frame_copy *one = frames;
        frames = one->next;
        free(one);
    }
}

TestSuite(dialogue, .init = begin, .fini = finish);

/* What went by: a segment of a side, with so many bytes. */
struct said {
    enum side from;
    enum fate fate;
    int64_t flags, seq, ack;
    size_t bytes;
    uint16_t port; /* of the client; 0: the usual one */
    bool bad;
};

static void hear(struct said said)
{
    static const uint8_t payload[64];
    uint16_t own = said.port != 0 ? said.port : CLIENT_PORT;
    bool client = said.from == SIDE_CLIENT;
    struct frame_copy *copy = calloc(1, sizeof *copy + 256);
    struct draft draft;
    draft_begin(&draft, AF_INET6);
    draft.ip = true;
    draft.source.s6_addr[15] = client ? 1 : 2;
    draft.destination.s6_addr[15] = client ? 2 : 1;
    draft.payload = payload;
    draft.payload_size = said.bytes;
    draft_set(&draft, "tcp", "sport", client ? own : SERVER_PORT);
    draft_set(&draft, "tcp", "dport", client ? SERVER_PORT : own);
    draft_set(&draft, "tcp", "flags", said.flags);
    draft_set(&draft, "tcp", "seq", said.seq);
    draft_set(&draft, "tcp", "ack", said.ack);
    draft_set(&draft, "tcp", "window", 1000 + (int64_t)said.bytes);
    if (said.bad)
        draft_checksum(&draft, "tcp", CHECKSUM_BAD, 0);
    copy->bytes[12] = 0x86;
    copy->bytes[13] = 0xdd;
    ssize_t size = draft_build(&draft, copy->bytes + ETHER_HEADER, 256 - ETHER_HEADER);
    cr_assert_gt(size, 0);
    copy->from = said.from;
    copy->fate = said.fate;
    copy->size = (size_t)size + ETHER_HEADER;
    *end = copy;
    end = &copy->next;
}

static void shake_hands(void)
{
    hear((struct said){SIDE_CLIENT, FATE_ABSORBED, SYN, 0xffffffff, 0, 0, 0, false});
    hear((struct said){SIDE_SERVER, FATE_INJECTED, SYN | ACK, 5000, 0, 0, 0, false});
    hear((struct said){SIDE_CLIENT, FATE_ABSORBED, ACK, 0, 5001, 0, 0, false});
}

Test(dialogue, nothing_is_known_of_what_was_never_said)
{
    struct dialogue found = dialogue_read(frames, IPPROTO_TCP, any);
    cr_assert_not(found.known);
    shake_hands();
    found = dialogue_read(frames, IPPROTO_UDP, any);
    cr_assert_not(found.known);
}

Test(dialogue, each_side_goes_on_where_it_ended)
{
    shake_hands();
    hear((struct said){SIDE_CLIENT, FATE_ABSORBED, ACK, 0, 5001, 10, 0, false});
    hear((struct said){SIDE_SERVER, FATE_INJECTED, ACK | FIN, 5001, 10, 4, 0, false});
    hear((struct said){SIDE_CLIENT, FATE_ABSORBED, ACK, 0, 5001, 10, 0, false}); /* again */
    struct dialogue found = dialogue_read(frames, IPPROTO_TCP, any);
    cr_assert(found.known && found.family == AF_INET6);
    cr_assert_eq(found.side[SIDE_CLIENT].port, CLIENT_PORT);
    cr_assert_eq(found.side[SIDE_SERVER].port, SERVER_PORT);
    cr_assert_eq(found.side[SIDE_CLIENT].next, 10);
    cr_assert_eq(found.side[SIDE_SERVER].next, 5006, "a FIN is one more");
    cr_assert(found.side[SIDE_CLIENT].acked && found.side[SIDE_CLIENT].ack == 5001);
    cr_assert_eq(found.side[SIDE_SERVER].window, 1004);
}

/* What the receiver is to refuse moves nothing: it lies further on, or is damaged, or a reset. */
Test(dialogue, what_is_to_be_refused_is_no_part_of_it)
{
    shake_hands();
    hear((struct said){SIDE_SERVER, FATE_INJECTED, ACK, 5002, 0, 10, 0, false});
    hear((struct said){SIDE_SERVER, FATE_INJECTED, ACK, 5001, 0, 10, 0, true});
    hear((struct said){SIDE_SERVER, FATE_INJECTED, RST, 5001, 0, 0, 0, false});
    hear((struct said){SIDE_SERVER, FATE_INJECTED, SYN, 5001, 0, 0, 0, false});
    struct dialogue found = dialogue_read(frames, IPPROTO_TCP, any);
    cr_assert_eq(found.side[SIDE_SERVER].next, 5002, "of these the SYN alone goes on, %u",
                 found.side[SIDE_SERVER].next);
    cr_assert_eq(found.side[SIDE_CLIENT].next, 0);
}

Test(dialogue, a_host_that_begins_again_begins_another_one)
{
    shake_hands();
    hear((struct said){SIDE_CLIENT, FATE_ABSORBED, ACK, 0, 5001, 10, 0, false});
    hear((struct said){SIDE_CLIENT, FATE_ABSORBED, SYN, 900, 0, 0, 0, false});
    struct dialogue found = dialogue_read(frames, IPPROTO_TCP, any);
    cr_assert_eq(found.side[SIDE_CLIENT].next, 901);
    cr_assert_not(found.side[SIDE_SERVER].spoke);
}

Test(dialogue, the_last_flow_is_meant_or_that_of_the_ports)
{
    const uint16_t first[SIDE_COUNT] = {CLIENT_PORT, 0};
    shake_hands();
    hear((struct said){SIDE_CLIENT, FATE_ABSORBED, SYN, 70, 0, 0, 40002, false});
    struct dialogue found = dialogue_read(frames, IPPROTO_TCP, any);
    cr_assert_eq(found.side[SIDE_CLIENT].port, 40002);
    cr_assert_eq(found.side[SIDE_CLIENT].next, 71);
    found = dialogue_read(frames, IPPROTO_TCP, first);
    cr_assert_eq(found.side[SIDE_CLIENT].port, CLIENT_PORT);
    cr_assert_eq(found.side[SIDE_CLIENT].next, 0);
}
