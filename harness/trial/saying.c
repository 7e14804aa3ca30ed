/* SPDX-License-Identifier: MIT */
/*
 * Theory of operation. A packet is made in two rounds: first what the side would send by itself,
 * from the dialogue of the flow that is meant (dialogue.h), then what the step gives, which
 * overrides it. Numbers of a flow come last, since they are counted from what the flow began with;
 * of a side of which nothing is known yet that is chosen, by a hash of the seed and the variant, so
 * that it is the same in every run.
 */
#include "trial/saying.h"

#include "base/hash.h"
#include "case/made.h"
#include "case/number.h"
#include "case/peercheck.h"
#include "observe/content.h"
#include "packet/flows.h"
#include "packet/kind.h"
#include "packet/layers.h"
#include "packet/offer.h"
#include "trial/aside.h"
#include "trial/crafted.h"
#include "trial/dialogue.h"
#include "trial/endpoint.h"

#include <netinet/tcp.h>
#include <string.h>

enum { PACKET_ROOM = FRAME_USUAL - ETHER_HEADER };

struct saying {
    struct trial *trial;
    const struct node *packet;
    enum side from, to;
    const char *carried; /* "tcp", "udp", "icmp"; NULL: IP alone */
    struct dialogue dialogue;
    struct packet ends; /* addresses, ports and protocol, by which flows are known */
    unsigned flags;
    struct draft draft;
    uint8_t content[PACKET_ROOM];
};

/* --- which flow ---------------------------------------------------------------------------- */

static const struct node *field_of(const struct saying *saying, const char *layer, const char *name)
{
    return layer != NULL ? node_get(node_get(saying->packet, layer), name) : NULL;
}

/* The header that the step gives, or that of the case's own transport. */
static const char *carried_by(const struct trial *trial, const struct node *packet)
{
    static const char *const words[] = {"tcp", "udp", "icmp"};
    enum transport transport = trial->variant->file->transport;
    const char *found =
        transport == TRANSPORT_TCP || transport == TRANSPORT_UDP ? transport_name(transport) : NULL;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        found = node_get(packet, words[i]) != NULL ? words[i] : found;
    return found;
}

static bool is_carried(const struct saying *saying, const char *layer)
{
    return saying->carried != NULL && strcmp(saying->carried, layer) == 0;
}

/* Where nothing was said yet: the ports that the case's actors have. */
static uint16_t usual_port(struct trial *trial, enum side side)
{
    struct node name = {.kind = NODE_SCALAR,
                        .plain = true,
                        .text = (char *)side_name(side),
                        .length = strlen(side_name(side))};
    struct sockaddr_storage address;
    endpoint_resolve(trial, &name, &address);
    return (uint16_t)endpoint_port(&address);
}

/* The header of a flow that an ICMP error quotes, or NULL. */
static const struct node *quoted_in(const struct saying *saying)
{
    const struct node *quotes = field_of(saying, "icmp", "quotes");
    const struct node *tcp = node_get(quotes, "tcp");
    return tcp != NULL ? tcp : node_get(quotes, "udp");
}

static void find_ends(struct saying *saying)
{
    struct trial *trial = saying->trial;
    const struct node *quoted = quoted_in(saying);
    const char *layer = quoted != NULL ? quoted->key : saying->carried;
    bool udp = layer != NULL && strcmp(layer, "udp") == 0;
    bool ports = udp || (layer != NULL && strcmp(layer, "tcp") == 0);
    uint8_t protocol = udp ? IPPROTO_UDP : IPPROTO_TCP;
    uint16_t given[SIDE_COUNT];
    /* What is quoted went the other way. */
    given[saying->from] = (uint16_t)number_of(
        quoted != NULL ? node_get(quoted, "dport") : field_of(saying, layer, "sport"), 0);
    given[saying->to] = (uint16_t)number_of(
        quoted != NULL ? node_get(quoted, "sport") : field_of(saying, layer, "dport"), 0);
    if (ports)
        saying->dialogue = dialogue_read(trial->seen.frames, protocol, given);
    const struct dialogue *dialogue = &saying->dialogue;
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++) {
        struct speaker *one = &saying->dialogue.side[side];
        if (dialogue->known)
            continue;
        one->address = crafted_address(trial, NULL, side);
        one->port = given[side] != 0 ? given[side] : usual_port(trial, side);
    }
    saying->ends =
        (struct packet){.family = dialogue->known ? dialogue->family : trial->variant->family,
                        .protocol = protocol,
                        .source = dialogue->side[saying->from].address,
                        .destination = dialogue->side[saying->to].address,
                        .source_port = dialogue->side[saying->from].port,
                        .destination_port = dialogue->side[saying->to].port};
}

/* --- what the side would send -------------------------------------------------------------- */

static const struct node *kind_of(const struct node *packet)
{
    return packet->kind == NODE_SCALAR ? packet : node_get(packet, "packet");
}

/* A segment acknowledges all that was said so far, unless it begins the dialogue. */
static unsigned usual_flags(const struct saying *saying)
{
    const struct node *kind = kind_of(saying->packet);
    bool payload = node_get(saying->packet, "payload") != NULL;
    unsigned flags = kind != NULL ? kind_flags(kind->text) : 0;
    bool begins = flags == TH_SYN;
    bool answers = saying->dialogue.side[saying->to].spoke || (flags & TH_RST) == 0;
    return flags | (payload ? TH_PUSH : 0) | (begins || !answers ? 0 : TH_ACK);
}

/* The initial number of a side for which the wire speaks first. */
static uint32_t chosen_number(const struct saying *saying)
{
    const struct trial *trial = saying->trial;
    const char *id = trial->variant->id;
    return (uint32_t)hash_bytes(trial->stage->seed + (uint64_t)saying->from, id, strlen(id));
}

/* A number as the step gives it, counted from first; NULL, or a word: the usual one, which is
   absolute. */
static uint32_t counted(const struct node *given, uint32_t first, uint32_t usual)
{
    const struct node *absolute = node_get(given, "absolute");
    bool number = given != NULL && !node_is(given, "next") && !node_is(given, "last");
    if (absolute != NULL)
        usual = (uint32_t)number_of(absolute, 0);
    return number && absolute == NULL ? (uint32_t)number_of(given, 0) : usual - first;
}

/* What the packet's numbers count from, those in its options as well. */
static void find_firsts(struct saying *saying)
{
    struct flows *flows = saying->trial->stage->flows;
    struct draft *draft = &saying->draft;
    if (!flows_first(flows, &saying->ends, true, &draft->first_of_sender)) {
        draft->first_of_sender = chosen_number(saying);
        flows_begin(flows, &saying->ends, draft->first_of_sender);
    }
    flows_first(flows, &saying->ends, false, &draft->first_of_receiver);
}

static void put_numbers(struct saying *saying)
{
    const struct speaker *own = &saying->dialogue.side[saying->from];
    const struct speaker *peer = &saying->dialogue.side[saying->to];
    uint32_t first = saying->draft.first_of_sender;
    uint32_t first_of_peer = saying->draft.first_of_receiver;
    bool begins = (saying->flags & TH_SYN) != 0 || !own->spoke;
    bool acks = (saying->flags & TH_ACK) != 0 && peer->spoke;
    draft_set(&saying->draft, "tcp", "seq",
              counted(field_of(saying, "tcp", "seq"), first, begins ? first : own->next));
    draft_set(&saying->draft, "tcp", "ack",
              counted(field_of(saying, "tcp", "ack"), first_of_peer, acks ? peer->next : 0));
}

/* What both have agreed on goes with every segment (RFC 7323 section 3.2). The clock of a host that
   is absent goes on by one with each; that of one that is there is its own. */
static void put_stamps(struct saying *saying)
{
    const struct speaker *own = &saying->dialogue.side[saying->from];
    bool absent = saying->trial->variant->absent == saying->from;
    const struct offer offer = {.stamps = true,
                                .val = own->stamp + (absent ? 1 : 0),
                                .ecr = saying->dialogue.side[saying->to].stamp};
    uint8_t options[OFFER_MAX];
    if (dialogue_stamps(&saying->dialogue))
        draft_options(&saying->draft, "tcp", options, offer_write(&offer, options));
}

static void put_usual(struct saying *saying)
{
    struct draft *draft = &saying->draft;
    const struct speaker *own = &saying->dialogue.side[saying->from];
    draft_begin(draft, saying->ends.family);
    draft->ip = true;
    draft->source = saying->ends.source;
    draft->destination = saying->ends.destination;
    if (is_carried(saying, "tcp") || is_carried(saying, "udp")) {
        draft_set(draft, saying->carried, "sport", saying->ends.source_port);
        draft_set(draft, saying->carried, "dport", saying->ends.destination_port);
    }
    if (is_carried(saying, "tcp")) {
        saying->flags = usual_flags(saying);
        draft_set(draft, "tcp", "flags", saying->flags);
        if (own->spoke)
            draft_set(draft, "tcp", "window", own->window);
        find_firsts(saying);
        put_stamps(saying);
    }
    if (quoted_in(saying) != NULL) {
        struct flows *flows = saying->trial->stage->flows;
        draft->quoted_source_port = saying->ends.destination_port;
        draft->quoted_destination_port = saying->ends.source_port;
        flows_first(flows, &saying->ends, true, &draft->first_of_sender);
        flows_first(flows, &saying->ends, false, &draft->first_of_receiver);
    }
}

/* --- what the step gives ------------------------------------------------------------------- */

static void put_given(struct saying *saying)
{
    struct trial *trial = saying->trial;
    const struct node *ip = node_get(saying->packet, "ip");
    const struct node *flags = field_of(saying, "tcp", "flags");
    const struct node *first = saying->packet->kind == NODE_MAP ? saying->packet->first : NULL;
    if (node_get(ip, "src") != NULL)
        saying->draft.source = crafted_address(trial, node_get(ip, "src"), saying->from);
    if (node_get(ip, "dst") != NULL)
        saying->draft.destination = crafted_address(trial, node_get(ip, "dst"), saying->to);
    if (flags != NULL)
        saying->flags = (unsigned)number_flags(flags, GROUP_TCP_FLAG);
    crafted_quoted(trial, saying->packet, saying->from, &saying->draft);
    for (const struct node *layer = first; layer != NULL; layer = layer->next)
        for (const struct node *one = crafted_is_header(layer) ? layer->first : NULL; one != NULL;
             one = one->next)
            if (!made_put_sent(&saying->draft, layer->key, one))
                trial_broken(trial, CODE_PACKET_IMPOSSIBLE, "a packet's %s cannot have this '%s'",
                             layer->key, one->key);
}

static void put_payload(struct saying *saying)
{
    struct trial *trial = saying->trial;
    const struct node *payload = node_get(saying->packet, "payload");
    size_t size = payload != NULL ? content_size(payload) : 0;
    if (trial->voice.pattern.key == 0)
        trial->voice.pattern.key = hash_bytes(trial->stage->seed, "wire", 4);
    saying->draft.payload = saying->content;
    saying->draft.payload_size = size;
    if (draft_size(&saying->draft) > PACKET_ROOM)
        trial_broken(trial, CODE_PACKET_IMPOSSIBLE, "a packet of the wire has at most %d bytes",
                     PACKET_ROOM);
    else if (payload != NULL)
        content_write(payload, &trial->voice.pattern, saying->content);
}

/* --- on the wire --------------------------------------------------------------------------- */

static void send_off(struct saying *saying)
{
    struct trial *trial = saying->trial;
    uint8_t frame[FRAME_MAX] = {0};
    uint8_t *bytes = frame + ETHER_HEADER;
    struct packet packet;
    bool six = saying->draft.family == AF_INET6;
    ssize_t size = draft_build(&saying->draft, bytes, PACKET_ROOM);
    if (size < 0)
        return; /* it has broken the trial: put_payload */
    frame[12] = six ? 0x86 : 0x08;
    frame[13] = six ? 0xdd : 0x00;
    if (packet_parse(&packet, frame, ETHER_HEADER + (size_t)size))
        aside_said(trial, &packet);
    if (!wire_say(trial->stage->wire, saying->from, bytes, (size_t)size))
        trial_broken(trial, CODE_WIRE_OVERRUN, "the host of the %s did not take the wire's packet",
                     side_name(saying->to));
}

void saying_step(struct trial *trial, const struct step *step)
{
    struct saying saying = {.trial = trial, .packet = step->param[0]};
    saying.to = peercheck_receiver(trial->variant, step);
    saying.from = saying.to == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
    saying.carried = carried_by(trial, saying.packet);
    find_ends(&saying);
    put_usual(&saying);
    put_given(&saying);
    if (is_carried(&saying, "tcp"))
        put_numbers(&saying);
    put_payload(&saying);
    if (trial_good(trial))
        send_off(&saying);
}
