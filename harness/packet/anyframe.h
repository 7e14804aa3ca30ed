/* SPDX-License-Identifier: MIT */
/*
 * Any frame: what the wire and the reports do with a frame whose bytes nobody vouches for, all of
 * it, for the fuzz target and for the test that replays its corpus.
 */
#ifndef SOCKPROOF_PACKET_ANYFRAME_H
#define SOCKPROOF_PACKET_ANYFRAME_H

#include "packet/damage.h"
#include "packet/describe.h"
#include "packet/flows.h"
#include "packet/kind.h"

#include <stdlib.h>
#include <string.h>

/* As the reports show it. */
static void anyframe_tell(const struct packet *packet)
{
    static const struct naming nobody;
    char line[256], text[24];
    char *json = NULL;
    json_t *description = packet_describe(packet, &nobody);
    json = json_dumps(description, JSON_COMPACT);
    free(json);
    json_decref(description);
    packet_line(packet, &nobody, line, sizeof line);
    packet_line(packet, &nobody, text, sizeof text); /* where it does not fit */
}

/* What an error among them quotes, and what that quotes. */
static void anyframe_quotes(const struct packet *packet)
{
    struct packet outer = *packet, quoted;
    while (packet_quoted(&outer, &quoted)) {
        anyframe_tell(&quoted);
        outer = quoted;
    }
}

/* As the flows know it, once it has been learnt. */
static void anyframe_number(const struct packet *packet)
{
    struct flows *flows = flows_new();
    if (flows == NULL)
        return;
    flows_learn(flows, packet);
    flows_idle(flows, packet);
    struct packet numbered = flows_numbered(flows, packet);
    anyframe_tell(&numbered);
    anyframe_quotes(&numbered);
    flows_free(flows);
}

/* In a copy that ends where the packet does, so that who looks behind it is seen. */
static void anyframe_damage(const struct packet *packet, uint8_t *copy)
{
    uint8_t quoting[FRAME_MAX];
    memcpy(copy, packet->frame, packet->size);
    damage_flip(packet, copy);
    packet_mend(copy, packet->size);
    packet_mend(copy, damage_cut(packet));
    damage_unreachable(packet, quoting, sizeof quoting);
}

/* Takes the frame apart, names its kinds, numbers, describes, damages and mends it. The bytes stay
   as they are; at most FRAME_MAX of them are looked at. end is the end of FRAME_MAX bytes of room.
   False when they are no packet. */
static bool anyframe_try(const uint8_t *frame, size_t size, uint8_t *end)
{
    struct packet packet;
    bool is = packet_parse(&packet, frame, size < FRAME_MAX ? size : FRAME_MAX);
    if (is) {
        packet_kinds(&packet);
        packet_has_kind(&packet, "data");
        packet_has_kind(&packet, "synack");
        anyframe_number(&packet);
        anyframe_damage(&packet, end - packet.size);
    }
    return is;
}

#endif
