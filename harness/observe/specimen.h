/* SPDX-License-Identifier: MIT */
/*
 * Specimens: packets of every kind, for the tests of this room only, which include it once each.
 */
#ifndef SOCKPROOF_OBSERVE_SPECIMEN_H
#define SOCKPROOF_OBSERVE_SPECIMEN_H

#include "case/reader.h"
#include "observe/packetmatch.h"
#include "packet/draft.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { ROOM = 256, SLACK = 32, FIRST_OF_SENDER = 1000, FIRST_OF_RECEIVER = 2000 };

static struct arena *arena;
static struct naming naming;

static void begin(void)
{
    arena = arena_new();
    inet_pton(AF_INET6, "::ffff:10.0.0.1", &naming.client[0]);
    inet_pton(AF_INET6, "fd00::1", &naming.client[1]);
    inet_pton(AF_INET6, "::ffff:10.0.0.2", &naming.server[0]);
    inet_pton(AF_INET6, "fd00::2", &naming.server[1]);
}

static void end(void)
{
    arena_free(arena);
}

static struct complaints complaints_about(const char *text)
{
    return (struct complaints){
        .arena = arena, .file = "test", .text = text, .length = strlen(text)};
}

static const struct node *yaml(const char *text)
{
    struct complaints list = complaints_about(text);
    const struct node *root = reader_parse(&list);
    cr_assert_not_null(root, "%s", text);
    return root;
}

/* --- specimens ----------------------------------------------------------------------------- */

/* A packet and its frame, behind which there is room. */
struct specimen {
    uint8_t frame[ROOM];
    size_t size;
    struct packet packet;
};

static void parse(struct specimen *specimen)
{
    cr_assert(packet_parse(&specimen->packet, specimen->frame, specimen->size));
    specimen->packet.first_of_sender = FIRST_OF_SENDER;
    specimen->packet.first_of_receiver = FIRST_OF_RECEIVER;
}

static void build(struct specimen *specimen, struct draft *draft, int family)
{
    bool six = family == AF_INET6;
    draft->ip = true;
    draft->source = naming.client[six];
    draft->destination = naming.server[six];
    memset(specimen->frame, 0, ROOM);
    specimen->frame[12] = six ? 0x86 : 0x08;
    specimen->frame[13] = six ? 0xdd : 0x00;
    ssize_t size = draft_build(draft, specimen->frame + ETHER_HEADER, ROOM - ETHER_HEADER);
    cr_assert_gt(size, 0);
    specimen->size = ETHER_HEADER + (size_t)size + SLACK;
    parse(specimen);
}

/* A segment with the MSS option, which a payload becomes by a longer header. */
static inline void tcp_specimen(struct specimen *specimen, int family)
{
    static const uint8_t option_and_text[] = {2, 4, 5, 0xb4, 'p', 'i', 'n', 'g'};
    struct draft draft;
    draft_begin(&draft, family);
    draft_set(&draft, "tcp", "seq", FIRST_OF_SENDER + 5);
    draft_set(&draft, "tcp", "ack", FIRST_OF_RECEIVER + 7);
    draft_set(&draft, "tcp", "sport", 80);
    draft.payload = option_and_text;
    draft.payload_size = sizeof option_and_text;
    build(specimen, &draft, family);
    specimen->frame[specimen->packet.transport + 12] = 6 << 4;
    packet_mend(specimen->frame, specimen->size);
    parse(specimen);
}

static inline void datagram_specimen(struct specimen *specimen, int family, const char *layer,
                                     const char *field, int64_t value)
{
    struct draft draft;
    draft_begin(&draft, family);
    cr_assert(draft_set(&draft, layer, field, value));
    draft.payload = (const uint8_t *)"ping";
    draft.payload_size = 4;
    build(specimen, &draft, family);
}

#endif
