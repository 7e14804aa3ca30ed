/* SPDX-License-Identifier: MIT */
#include "trial/dialogue.h"

#include "packet/kind.h"
#include "packet/offer.h"

#include <netinet/tcp.h>
#include <string.h>

enum { WINDOW_AT = 14 };

static enum side other(enum side side)
{
    return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

static bool fits(uint16_t wanted, uint16_t port)
{
    return wanted == 0 || wanted == port;
}

/* A packet of that protocol between those ports. */
static bool parse(const struct frame_copy *frame, uint8_t protocol, const uint16_t port[SIDE_COUNT],
                  struct packet *packet)
{
    return packet_parse(packet, frame->bytes, frame->size) && packet->protocol == protocol &&
           !packet->fragment && packet->payload > packet->transport &&
           fits(port[frame->from], packet->source_port) &&
           fits(port[other(frame->from)], packet->destination_port);
}

/* Whose flow it is: that of the last packet. */
static struct dialogue find(const struct frame_copy *frames, uint8_t protocol,
                            const uint16_t port[SIDE_COUNT])
{
    struct dialogue out = {.known = false};
    struct packet packet;
    for (const struct frame_copy *one = frames; one != NULL; one = one->next) {
        if (!parse(one, protocol, port, &packet))
            continue;
        struct speaker *sender = &out.side[one->from];
        struct speaker *receiver = &out.side[other(one->from)];
        out.known = true;
        out.family = packet.family;
        *sender = (struct speaker){.address = packet.source, .port = packet.source_port};
        *receiver =
            (struct speaker){.address = packet.destination, .port = packet.destination_port};
    }
    return out;
}

/* Another connection begins on the same ports: nothing that was said before counts. */
static void restart(struct dialogue *dialogue)
{
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++) {
        const struct speaker *one = &dialogue->side[side];
        dialogue->side[side] = (struct speaker){.address = one->address, .port = one->port};
    }
}

/* A segment that goes on where the last one ended, or before. */
static bool goes_on(const struct speaker *speaker, const struct packet *packet)
{
    return !speaker->spoke || (int32_t)(packet->seq - speaker->next) <= 0;
}

static void hear_options(struct speaker *speaker, const struct packet *packet)
{
    struct offer offer = offer_read(packet);
    if ((packet->tcp_flags & TH_SYN) != 0)
        speaker->stamps = offer.stamps;
    if (offer.stamps)
        speaker->stamp = offer.val;
}

static void hear(struct dialogue *dialogue, const struct frame_copy *frame,
                 const struct packet *packet)
{
    struct speaker *speaker = &dialogue->side[frame->from];
    const uint8_t *header = packet->frame + packet->transport;
    bool syn = (packet->tcp_flags & TH_SYN) != 0, ack = (packet->tcp_flags & TH_ACK) != 0;
    uint32_t end = packet->seq + (uint32_t)packet->payload_size + (syn ? 1 : 0) +
                   ((packet->tcp_flags & TH_FIN) != 0 ? 1 : 0);
    if (syn && !ack && speaker->spoke && frame->fate != FATE_INJECTED &&
        packet->seq + 1 != speaker->next)
        restart(dialogue);
    if ((packet->tcp_flags & TH_RST) != 0 || !packet->checksum_valid || !goes_on(speaker, packet))
        return;
    if (!speaker->spoke || (int32_t)(end - speaker->next) > 0)
        speaker->next = end;
    if (ack)
        speaker->ack = packet->ack;
    speaker->acked = speaker->acked || ack;
    speaker->window = (uint16_t)(header[WINDOW_AT] << 8 | header[WINDOW_AT + 1]);
    speaker->spoke = true;
    hear_options(speaker, packet);
}

struct dialogue dialogue_read(const struct frame_copy *frames, uint8_t protocol,
                              const uint16_t port[SIDE_COUNT])
{
    struct dialogue out = find(frames, protocol, port);
    const uint16_t own[SIDE_COUNT] = {out.side[SIDE_CLIENT].port, out.side[SIDE_SERVER].port};
    struct packet packet;
    for (const struct frame_copy *one = protocol == IPPROTO_TCP && out.known ? frames : NULL;
         one != NULL; one = one->next)
        if (parse(one, protocol, own, &packet))
            hear(&out, one, &packet);
    return out;
}

bool dialogue_stamps(const struct dialogue *dialogue)
{
    return dialogue->side[SIDE_CLIENT].stamps && dialogue->side[SIDE_SERVER].stamps;
}
