#include "trial/traffic.h"

#include "base/clock.h"
#include "fault/wirefault.h"
#include "packet/describe.h"
#include "packet/flows.h"
#include "packet/pcapng.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The hooks outlive a trial; the worker runs one at a time. */
static struct trial *current;

static bool in_block(const struct trial *trial, unsigned port)
{
    return port >= trial->ports.first && port < trial->ports.first + trial->ports.count;
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

static enum wire_action decide(void *context, const struct packet *packet, enum side from,
                               const char **name)
{
    struct trial *trial = current;
    char line[256];
    (void)context;
    flows_learn(trial->stage->flows, packet);
    if (!trial->armed || !plan_armed())
        return WIRE_PASS;
    struct chance chance = wirefault_chance(packet, from);
    const struct fault *fault = wirefault_meet(packet, from, &chance);
    if (fault == NULL)
        return WIRE_PASS;
    struct packet numbered = flows_numbered(trial->stage->flows, packet);
    packet_line(&numbered, &trial->stage->hosts.naming, line, sizeof line);
    trial_event(trial, "fault", "wire",
                trial_text(trial, "fault '%s' fires on %s", fault->name, line),
                json_pack("{s:s, s:s, s:s}", "fault", fault->name, "from", side_name(from),
                          "origin", "injected"));
    *name = fault->name;
    return fault->wire;
}

static void remember(struct trial *trial, const struct packet *packet, enum side from,
                     enum fate fate, const struct frame_copy *copy)
{
    if (trial->seen.count == trial->seen.room) {
        size_t room = trial->seen.room == 0 ? 256 : trial->seen.room * 2;
        struct sighting *larger = realloc(trial->seen.sightings, room * sizeof *larger);
        if (larger == NULL)
            return;
        trial->seen.sightings = larger;
        trial->seen.room = room;
    }
    struct packet numbered = flows_numbered(trial->stage->flows, packet);
    trial->seen.sightings[trial->seen.count++] =
        (struct sighting){.from = from,
                          .fate = fate,
                          .step = trial->judgement.step != NULL ? trial->judgement.step->number : 0,
                          .frame = copy->bytes,
                          .size = copy->size,
                          .first_of_sender = numbered.first_of_sender,
                          .first_of_receiver = numbered.first_of_receiver};
}

static const struct frame_copy *keep_frame(struct trial *trial, const struct packet *packet,
                                           enum side from, const char *comment)
{
    struct frame_copy *copy = arena_alloc(trial->arena, sizeof *copy + packet->size);
    copy->from = from;
    copy->size = packet->size;
    copy->realtime_ns = clock_ns(CLOCK_REALTIME);
    copy->comment = comment;
    memcpy(copy->bytes, packet->frame, packet->size);
    *trial->seen.frames_end = copy;
    trial->seen.frames_end = &copy->next;
    return copy;
}

/* The event of the packet with that number; its text, which is part of the capture's comment. */
static const char *log_packet(struct trial *trial, size_t number, const struct packet *packet,
                              enum side from, enum fate fate, const char *fault)
{
    char line[384];
    wirefault_text(packet, fate, fault, line, sizeof line);
    char *text = trial_text(trial, "%s", line);
    struct packet numbered = flows_numbered(trial->stage->flows, packet);
    json_t *members = json_pack("{s:I, s:s, s:s, s:o}", "number", (json_int_t)number, "from",
                                side_name(from), "fate", fate_name(fate), "packet",
                                packet_describe(&numbered, &trial->stage->hosts.naming));
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
    size_t number = ++trial->seen.packets;
    if (number <= LOGGED_PACKETS || fault != NULL)
        text = log_packet(trial, number, packet, from, fate, fault);
    else
        atomic_fetch_add(&trial->judgement.log.report->dropped, 1);
    const char *comment = trial_text(trial, "packet %zu: %s", number, text);
    const struct frame_copy *copy = keep_frame(trial, packet, from, comment);
    if (trial->armed)
        remember(trial, packet, from, fate, copy);
}

bool traffic_packet(const struct sighting *seen_before, struct packet *packet)
{
    bool whole = packet_parse(packet, seen_before->frame, seen_before->size);
    packet->first_of_sender = seen_before->first_of_sender;
    packet->first_of_receiver = seen_before->first_of_receiver;
    return whole;
}

struct wire_hooks traffic_hooks(void)
{
    return (struct wire_hooks){.own = own, .decide = decide, .seen = seen};
}

void traffic_begin(struct trial *trial)
{
    trial->seen.frames_end = &trial->seen.frames;
    flows_clear(trial->stage->flows);
    current = trial;
    struct wirefault_scope scope = {.flows = trial->stage->flows,
                                    .naming = &trial->stage->hosts.naming,
                                    .first_port = trial->ports.first,
                                    .ports = trial->ports.count,
                                    .ordered = PORTS_PER_CASE};
    for (; scope.count < trial->variant->fault_count && scope.count < FAULT_MAX; scope.count++)
        scope.when[scope.count] = trial->variant->faults[scope.count].when;
    wirefault_begin(&scope);
}

void traffic_end(void)
{
    if (current != NULL)
        free(current->seen.sightings);
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
    char *first = name + strlen("capture/");
    if (*first == '.') /* of /tmp/x: artifact stores and readers pass over a hidden file */
        *first = '_';
}

int traffic_save(const struct trial *trial, const char *path)
{
    struct pcapng *file = pcapng_create(path, trial->variant->id);
    int status = file == NULL ? -1 : 0;
    for (const struct frame_copy *one = trial->seen.frames; one != NULL && status == 0;
         one = one->next)
        status = pcapng_add(file, one->from, one->realtime_ns, one->bytes, one->size, one->comment);
    if (file != NULL && pcapng_close(file) < 0)
        status = -1;
    return status;
}
