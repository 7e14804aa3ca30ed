#include "run/line.h"

#include "wire/chunk.h"
#include "wire/pcapng.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The hooks outlive a trial; the worker runs one at a time. */
static struct trial *current;

/* Copies of one packet so far, by the hash of what makes it the same: for decisions that a
   retransmission must meet anew. */
enum { ORDINAL_ROOM = 8192 };
static struct {
    uint64_t key;
    uint64_t count;
} ordinals[ORDINAL_ROOM];
static bool counted; /* some ordinal is not 0 */
static uint64_t payload_passed[SIDE_COUNT];
/* The kernel picks ephemeral ports at random: a port counts by the order of its first packet. */
static uint64_t port_order[PORTS_PER_CASE];
static uint64_t ports_seen;

static bool in_block(const struct trial *trial, unsigned port)
{
    return port >= trial->port && port < trial->port + trial->ports;
}

/* Neighbour discovery and group membership are the hosts' own talk (RFC 4861, RFC 3810). */
static bool housekeeping(const struct packet *packet)
{
    uint8_t type = packet->protocol == IPPROTO_ICMPV6 ? packet->frame[packet->transport] : 0;
    return packet->protocol == IPPROTO_IGMP || (type >= 130 && type <= 137) || type == 143;
}

static bool own(void *context, const struct packet *packet)
{
    (void)context;
    if (current == NULL || housekeeping(packet))
        return false;
    enum transport transport = current->variant->file->transport;
    /* By its ports a packet is the case's own in either family: a socket may be of both.
       Later fragments have no ports; one worker runs one case at a time, so they are its own. */
    bool ports =
        !packet->fragment && (packet->protocol == IPPROTO_TCP || packet->protocol == IPPROTO_SCTP ||
                              packet->protocol == IPPROTO_UDP || packet->quoted);
    if (transport == TRANSPORT_SCTP && packet->protocol == IPPROTO_UDP)
        return packet->destination_port == ENCAPSULATION_PORT;
    bool raw = transport == TRANSPORT_RAW || transport == TRANSPORT_ICMP;
    return ports ? in_block(current, packet->source_port) ||
                       in_block(current, packet->destination_port)
                 : packet->family == current->variant->family && (raw || packet->fragment);
}

/* The ordinal of this packet among its like, from 0. */
static uint64_t next_ordinal(uint64_t key)
{
    size_t at = key % ORDINAL_ROOM;
    counted = true;
    for (int tries = 0; tries < ORDINAL_ROOM; tries++, at = (at + 1) % ORDINAL_ROOM) {
        if (ordinals[at].key == 0)
            ordinals[at].key = key;
        if (ordinals[at].key == key)
            return ordinals[at].count++;
    }
    return 0;
}

static uint64_t port_ordinal(const struct trial *trial, unsigned port)
{
    unsigned offset = port - trial->port;
    if (offset >= PORTS_PER_CASE)
        return offset < trial->ports ? offset + PORTS_PER_CASE : 0;
    if (port_order[offset] == 0)
        port_order[offset] = ++ports_seen;
    return port_order[offset];
}

/* Whether a segment is pushed depends on when the application wrote, not on what it carries. */
enum { PUSH = 0x08 };

/* What a packet is, apart from the ports that differ from run to run: flow, bytes, flags. */
static uint64_t identity(const struct trial *trial, const struct packet *packet, enum side from)
{
    struct chunk chunk;
    bool chunks = chunk_first(&chunk, packet);
    uint64_t parts[] = {from,
                        packet->protocol,
                        port_ordinal(trial, packet->source_port),
                        port_ordinal(trial, packet->destination_port),
                        packet->protocol == IPPROTO_TCP ? flows_seq(trial->stage->flows, packet)
                        : chunks                        ? chunk.type
                                                        : 0,
                        chunks && chunk.type == CHUNK_DATA ? chunk_tsn(&chunk) : 0,
                        packet->payload_size,
                        packet->tcp_flags & ~PUSH};
    return plan_hash(0, parts, sizeof parts) | 1;
}

static unsigned applicable(const struct trial *trial, const struct packet *packet)
{
    json_t *description = packet_describe(packet, trial->stage->flows, &trial->stage->hosts.naming);
    unsigned bits = 0;
    for (size_t i = 0; i < trial->variant->fault_count; i++) {
        const struct node *when = trial->variant->faults[i].when;
        bool matches = true;
        for (const struct node *one = when != NULL ? when->first : NULL; one != NULL && matches;
             one = one->next) {
            struct node alone = *one;
            alone.next = NULL;
            struct node wrapped = {.kind = NODE_MAP, .first = &alone, .count = 1};
            bool describes = one->kind == NODE_MAP || strcmp(one->key, "packet") == 0 ||
                             strcmp(one->key, "payload") == 0;
            matches = !describes || match_packet(&wrapped, packet, description);
        }
        bits |= matches ? 1U << i : 0;
    }
    json_decref(description);
    return bits;
}

static const struct fault *ask(const struct trial *trial, const struct packet *packet,
                               enum side from)
{
    bool tcp = packet->protocol == IPPROTO_TCP;
    uint64_t before = tcp ? (uint64_t)flows_seq(trial->stage->flows, packet) : payload_passed[from];
    struct chance chance = {.identity = identity(trial, packet, from),
                            .moved = tcp && before > 0 ? before - 1 : before,
                            .first = tcp && before > 0 ? before - 1 : before,
                            .size = packet->payload_size,
                            .applicable = applicable(trial, packet)};
    chance.counter = next_ordinal(chance.identity);
    return plan_ask(from == SIDE_CLIENT ? "sockproof/wire/client" : "sockproof/wire/server",
                    &chance);
}

static enum wire_action action_of(const struct fault *fault)
{
    enum wire_action action = WIRE_PASS;
    switch (fault->action) {
    case FAULT_DROP:
        action = WIRE_DROP;
        break;
    case FAULT_DUPLICATE:
        action = WIRE_DUPLICATE;
        break;
    case FAULT_REORDER:
        action = WIRE_REORDER;
        break;
    case FAULT_CORRUPT:
        action = WIRE_CORRUPT;
        break;
    case FAULT_RESET:
        action = WIRE_RESET;
        break;
    case FAULT_CUT:
        action = WIRE_CUT;
        break;
    case FAULT_DELAY:
        action = WIRE_DELAY;
        break;
    case FAULT_TRUNCATE:
        action = WIRE_TRUNCATE;
        break;
    case FAULT_UNREACHABLE:
        action = WIRE_UNREACHABLE;
        break;
    case FAULT_NONE:
    case FAULT_ERRNO:
    case FAULT_EOF:
    case FAULT_CAP:
    case FAULT_CLOSE:
        break;
    }
    return action;
}

static enum wire_action decide(void *context, const struct packet *packet, enum side from,
                               const char **name)
{
    struct trial *trial = current;
    char line[256];
    (void)context;
    flows_learn(trial->stage->flows, packet);
    if (!trial->armed || !plan_armed())
        return WIRE_PASS;
    const struct fault *fault = ask(trial, packet, from);
    payload_passed[from] += packet->payload_size;
    if (fault == NULL)
        return WIRE_PASS;
    packet_line(packet, trial->stage->flows, &trial->stage->hosts.naming, line, sizeof line);
    trial_event(trial, "fault", "wire",
                trial_text(trial, "fault '%s' fires on %s", fault->name, line),
                json_pack("{s:s, s:s, s:s}", "fault", fault->name, "from", side_name(from),
                          "origin", "injected"));
    *name = fault->name;
    return action_of(fault);
}

static void remember(struct trial *trial, enum side from, enum fate fate,
                     const struct frame_copy *copy)
{
    if (trial->sighting_count == trial->sighting_room) {
        size_t room = trial->sighting_room == 0 ? 256 : trial->sighting_room * 2;
        struct sighting *larger = realloc(trial->sightings, room * sizeof *larger);
        if (larger == NULL)
            return;
        trial->sightings = larger;
        trial->sighting_room = room;
    }
    trial->sightings[trial->sighting_count++] = (struct sighting){
        from, fate, trial->step != NULL ? trial->step->number : 0, NULL, copy->bytes, copy->size};
}

static const struct frame_copy *keep_frame(struct trial *trial, const struct packet *packet,
                                           enum side from, const char *comment)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct frame_copy *copy = arena_alloc(trial->arena, sizeof *copy + packet->size);
    copy->from = from;
    copy->size = packet->size;
    copy->realtime_ns = (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
    copy->comment = comment;
    memcpy(copy->bytes, packet->frame, packet->size);
    *trial->frames_end = copy;
    trial->frames_end = &copy->next;
    return copy;
}

/* The packet's event; its text, which is the capture's comment as well. */
static const char *log_packet(struct trial *trial, const struct packet *packet, enum side from,
                              enum fate fate, const char *fault)
{
    char line[256];
    packet_line(packet, trial->stage->flows, &trial->stage->hosts.naming, line, sizeof line);
    char *text =
        trial_text(trial, "%s: %s%s%s%s", line, fate_name(fate), fault != NULL ? " by fault '" : "",
                   fault != NULL ? fault : "", fault != NULL ? "'" : "");
    json_t *members =
        json_pack("{s:s, s:s, s:o}", "from", side_name(from), "fate", fate_name(fate), "packet",
                  packet_describe(packet, trial->stage->flows, &trial->stage->hosts.naming));
    if (fault != NULL)
        json_object_set_new(members, "fault", json_string(fault));
    trial_event(trial, "packet", "wire", text, members);
    return text;
}

/* A case of thousands of clients has a hundred thousand packets, which nobody reads: beyond the
   first ones, those without a fault stay in the capture and are counted as truncated events. */
enum { LOGGED_PACKETS = 20000 };

static void seen(void *context, const struct packet *packet, enum side from, enum fate fate,
                 const char *fault)
{
    struct trial *trial = current;
    const char *text = fate_name(fate);
    (void)context;
    if (trial->packet_count++ < LOGGED_PACKETS || fault != NULL)
        text = log_packet(trial, packet, from, fate, fault);
    else
        atomic_fetch_add(&trial->log.report->dropped, 1);
    const struct frame_copy *copy = keep_frame(trial, packet, from, text);
    if (trial->armed)
        remember(trial, from, fate, copy);
}

bool line_describe(const struct trial *trial, struct sighting *seen_before, struct packet *packet)
{
    bool whole = packet_parse(packet, seen_before->frame, seen_before->size);
    if (whole && seen_before->description == NULL)
        seen_before->description =
            packet_describe(packet, trial->stage->flows, &trial->stage->hosts.naming);
    return whole;
}

struct wire_hooks line_hooks(void)
{
    return (struct wire_hooks){.own = own, .decide = decide, .seen = seen};
}

void line_begin(struct trial *trial)
{
    if (counted) /* 128 KiB that most cases never touch */
        memset(ordinals, 0, sizeof ordinals);
    counted = false;
    memset(payload_passed, 0, sizeof payload_passed);
    memset(port_order, 0, sizeof port_order);
    ports_seen = 0;
    trial->frames_end = &trial->frames;
    flows_clear(trial->stage->flows);
    current = trial;
}

void line_end(void)
{
    for (size_t i = 0; current != NULL && i < current->sighting_count; i++)
        json_decref(current->sightings[i].description);
    if (current != NULL)
        free(current->sightings);
    current = NULL;
}

void capture_name(char *name, size_t size, const char *variant_id, const char *stack)
{
    bool plain = strcmp(stack, "linux") == 0;
    snprintf(name, size, "capture/%s%s%s.pcapng", variant_id, plain ? "" : "@", plain ? "" : stack);
    for (char *c = name + strlen("capture/"); *c != '\0'; c++)
        if (*c == '/')
            *c = '.';
        else if (*c == ':') /* of uml:6.1: artifact stores and other systems take none in names */
            *c = '-';
}

int line_save(const struct trial *trial, const char *path)
{
    struct pcapng *file = pcapng_create(path, trial->variant->id);
    int status = file == NULL ? -1 : 0;
    for (const struct frame_copy *one = trial->frames; one != NULL && status == 0; one = one->next)
        status = pcapng_add(file, one->from, one->realtime_ns, one->bytes, one->size, one->comment);
    if (file != NULL && pcapng_close(file) < 0)
        status = -1;
    return status;
}
