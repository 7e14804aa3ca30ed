/* SPDX-License-Identifier: MIT */
#include "wire/action.h"

#include "packet/damage.h"
#include "wire/reset.h"

#include <string.h>

/* Each returns true when the packet has left, so that those which it overtook follow. */

static bool pass(struct carrier *carrier, const struct packet *packet, enum side from,
                 const char *fault)
{
    (void)fault;
    carrier_carry(carrier, packet, from, FATE_PASSED, NULL);
    return true;
}

static bool drop(struct carrier *carrier, const struct packet *packet, enum side from,
                 const char *fault)
{
    carrier_tell(carrier, packet, from, FATE_DROPPED, fault);
    return false;
}

static bool duplicate(struct carrier *carrier, const struct packet *packet, enum side from,
                      const char *fault)
{
    carrier_carry(carrier, packet, from, FATE_PASSED, NULL);
    carrier_carry(carrier, packet, from, FATE_DUPLICATED, fault);
    return true;
}

static bool reorder(struct carrier *carrier, const struct packet *packet, enum side from,
                    const char *fault)
{
    carrier_keep(carrier, &carrier->kept[from], packet, from, WIRE_REORDER, fault);
    return false;
}

static bool delay(struct carrier *carrier, const struct packet *packet, enum side from,
                  const char *fault)
{
    carrier_keep(carrier, &carrier->delayed[from], packet, from, WIRE_DELAY, fault);
    return false;
}

static bool corrupt(struct carrier *carrier, const struct packet *packet, enum side from,
                    const char *fault)
{
    uint8_t frame[FRAME_MAX];
    struct packet corrupted;
    memcpy(frame, packet->frame, packet->size);
    damage_flip(packet, frame);
    packet_parse(&corrupted, frame, packet->size);
    carrier_carry(carrier, &corrupted, from, FATE_CORRUPTED, fault);
    return true;
}

/* What is left goes on; what is told of is the packet as it was sent. */
static bool truncate(struct carrier *carrier, const struct packet *packet, enum side from,
                     const char *fault)
{
    carrier_send(carrier, from, packet->frame, damage_cut(packet));
    carrier_tell(carrier, packet, from, FATE_TRUNCATED, fault);
    return true;
}

/* Both ends are reset: first the receiver, in the name of the sender. */
static bool reset(struct carrier *carrier, const struct packet *packet, enum side from,
                  const char *fault)
{
    carrier_tell(carrier, packet, from, FATE_RESET, fault);
    for (int to_sender = 0; to_sender < 2; to_sender++) {
        uint8_t bytes[RESET_MAX];
        ssize_t size = reset_build(packet, to_sender == 0, bytes);
        if (size > 0)
            carrier_inject(carrier, to_sender ? carrier_other(from) : from, bytes, (size_t)size,
                           fault);
    }
    return false;
}

/* The sender is told by ICMP, as if from the host that the packet was for. */
static bool unreachable(struct carrier *carrier, const struct packet *packet, enum side from,
                        const char *fault)
{
    uint8_t bytes[FRAME_MAX];
    ssize_t size = damage_unreachable(packet, bytes, sizeof bytes);
    carrier_tell(carrier, packet, from, FATE_UNREACHABLE, fault);
    if (size > 0)
        carrier_inject(carrier, carrier_other(from), bytes, (size_t)size, fault);
    return false;
}

/* Both lines, from this packet on. */
static bool cut(struct carrier *carrier, const struct packet *packet, enum side from,
                const char *fault)
{
    carrier->cut_sides = 1U << SIDE_CLIENT | 1U << SIDE_SERVER;
    carrier_tell(carrier, packet, from, FATE_CUT, fault);
    return false;
}

enum { LEAVING, AT_ONCE };

static const struct {
    bool at_once;
    bool (*enact)(struct carrier *carrier, const struct packet *packet, enum side from,
                  const char *fault);
} actions[WIRE_COUNT] = {
    [WIRE_PASS] = {LEAVING, pass},
#define WIRE_ACTION(id, word, fate, fated, when, loses, ...) [WIRE_##id] = {when, word},
#include "fault/wire_action.def"
};

bool action_is_at_once(enum wire_action action)
{
    return actions[action].at_once;
}

void action_enact(struct carrier *carrier, enum wire_action action, const struct packet *packet,
                  enum side from, const char *fault)
{
    if (carrier_is_cut(carrier, from) && action != WIRE_CUT)
        carrier_tell(carrier, packet, from, FATE_CUT, fault);
    else if (actions[action].enact(carrier, packet, from, fault))
        carrier_let_go(carrier, &carrier->kept[from], from, FATE_REORDERED);
}
