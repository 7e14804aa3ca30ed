/* SPDX-License-Identifier: MIT */
#include "trial/traffic.h"

#include "base/clock.h"
#include "case/limit.h"
#include "fault/wirefault.h"
#include "observe/recorded.h"
#include "packet/describe.h"
#include "packet/flows.h"
#include "packet/kind.h"
#include "packet/pcapng.h"
#include "trial/found.h"
#include "trial/mention.h"
#include "trial/named.h"
#include "trial/sighting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool in_block(const struct trial *trial, unsigned port)
{
    return port >= trial->ports.first && port < trial->ports.first + trial->ports.count;
}

static bool own(void *context, const struct packet *packet)
{
    const struct trial *trial = ((const struct stage *)context)->trial;
    if (trial == NULL)
        return false;
    enum transport transport = trial->variant->file->transport;
    /* By its ports a packet is the case's own in either family: a socket may be of both.
       Later fragments have no ports; one worker runs one case at a time, so they are its own. */
    bool ports =
        !packet->fragment && (packet->protocol == IPPROTO_TCP || packet->protocol == IPPROTO_SCTP ||
                              packet->protocol == IPPROTO_UDP || packet->quoted);
    if (transport == TRANSPORT_SCTP && packet->protocol == IPPROTO_UDP)
        return packet->destination_port == ENCAPSULATION_PORT;
    bool raw = transport == TRANSPORT_RAW || transport == TRANSPORT_ICMP;
    return ports ? in_block(trial, packet->source_port) || in_block(trial, packet->destination_port)
                 : packet->family == trial->variant->family && (raw || packet->fragment);
}

/* So many packets of one connection with nothing new in any of them are a storm: two stacks that
   answer each other for ever. What is lost and sent again, probed or kept alive is far less. */
enum { STORM_PACKETS = 2000 };

/* Ends it: the line is cut, so that no other case is held up, and the case has failed. */
static void end_storm(struct trial *trial, const struct packet *packet)
{
    char line[256];
    struct packet numbered = flows_numbered(trial->stage->flows, packet);
    packet_line(&numbered, &trial->stage->hosts.naming, line, sizeof line);
    trial->seen.storm = true;
    wire_cut(trial->stage->wire, 1U << SIDE_CLIENT | 1U << SIDE_SERVER);
    trial_event(trial, "found", "wire",
                trial_text(trial, "a storm: %d packets without anything new, the last is %s",
                           STORM_PACKETS, line),
                json_pack("{s:i, s:s}", "storm", STORM_PACKETS, "last", line));
    found_storm(&trial->judgement, STORM_PACKETS, line);
}

static enum wire_action decide(void *context, const struct packet *packet, enum side from,
                               const char **name)
{
    struct trial *trial = ((const struct stage *)context)->trial;
    char line[256];
    flows_learn(trial->stage->flows, packet);
    if (flows_idle(trial->stage->flows, packet) >= STORM_PACKETS && !trial->seen.storm)
        end_storm(trial, packet);
    if (!trial->armed || !plan_armed())
        return WIRE_PASS;
    struct chance chance = wirefault_chance(trial->stage->wirefault, packet, from);
    const struct fault *fault = wirefault_meet(trial->stage->wirefault, packet, from, &chance);
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

/* True when a frame is kept: what is beyond the limit is not, but for what no case expects. A case
   that asks about packets cannot be judged without them. */
static bool is_kept(struct trial *trial, const struct packet *packet)
{
    struct seen *all = &trial->seen;
    bool fits = all->kept + packet->size <= FRAMES_MAX;
    if (!fits && !all->overfull) {
        all->overfull = true;
        trial_event(trial, "note", "harness",
                    trial_text(trial, "the capture ends here: a case keeps %d bytes of packets",
                               FRAMES_MAX),
                    NULL);
        if (all->asked)
            trial_broken(trial, CODE_TOO_LARGE,
                         "the case asks about packets, and has more than the %d bytes of them that "
                         "are kept",
                         FRAMES_MAX);
    }
    return fits || packet_has_kind(packet, "rst");
}

/* The copy of a frame that lasts as long as the case. */
static const uint8_t *keep_frame(struct trial *trial, const struct packet *packet,
                                 const struct sighting *one, size_t number, const char *text)
{
    struct frame_copy *copy = arena_alloc(trial->arena, sizeof *copy + packet->size);
    trial->seen.kept += sizeof *copy + packet->size;
    copy->from = one->from;
    copy->fate = one->fate;
    copy->size = packet->size;
    copy->realtime_ns = clock_ns(CLOCK_REALTIME);
    copy->number = number;
    copy->text = text;
    memcpy(copy->bytes, packet->frame, packet->size);
    *trial->seen.frames_end = copy;
    trial->seen.frames_end = &copy->next;
    return copy->bytes;
}

/* A payload up to this size is recorded in any case. */
enum { SHORT = 64 };

/* How much of a frame is recorded: a payload that the case does not ask about is told by its size.
 */
static size_t recorded_size(const struct trial *trial, const struct packet *packet)
{
    bool whole = trial->seen.asked_whole || trial->variant->file->transport == TRANSPORT_SCTP;
    return whole || packet->payload_size < SHORT ? packet->size
                                                 : packet->size - packet->payload_size;
}

/* A packet as its event tells it. */
struct shown_packet {
    const struct packet *packet;
    const struct naming *naming;
};

static void write_shown(struct compact *text, const void *what)
{
    const struct shown_packet *shown = what;
    packet_write(text, shown->packet, shown->naming);
}

/* The event of the packet with that number, numbered from the first ones of its flow. text is also
   the capture's comment. */
static void log_packet(struct trial *trial, size_t number, const struct packet *packet,
                       const struct sighting *one, const char *fault, const char *text)
{
    static const struct pattern none;
    const struct shown_packet shown = {packet, &trial->stage->hosts.naming};
    const struct written written = {"packet", write_shown, &shown};
    struct event_log *log = &trial->judgement.log;
    json_t *members = json_pack("{s:I, s:s, s:s}", "number", (json_int_t)number, "from",
                                side_name(one->from), "fate", fate_name(one->fate));
    struct keeping keeping = wire_keeping(trial->stage->wire);
    if (fault != NULL)
        json_object_set_new(members, "fault", json_string(fault));
    if (keeping.since > 0)
        json_object_set_new(members, "taken_us", json_integer((json_int_t)keeping.since - 1));
    if (keeping.held)
        json_object_set_new(members, "held", json_true());
    if (trial->seen.asked || packet_has_kind(packet, "rst")) /* what the judge looks at */
        json_object_update_new(
            members,
            json_pack("{s:o, s:I, s:[I, I]}", "frame",
                      recorded_bytes(packet->frame, recorded_size(trial, packet), &none), "size",
                      (json_int_t)packet->size, "firsts", (json_int_t)one->first_of_sender,
                      (json_int_t)one->first_of_receiver));
    log_add_written(log, log_now_us(log), "packet", "wire", one->step, text, members, &written);
}

/* A case of thousands of clients has a hundred thousand packets, which nobody reads: beyond the
   first ones, those without a fault stay in the capture and are counted as truncated events. */
enum { LOGGED_PACKETS = 20000 };

/* When the kernel took the packet that the wire tells of; what the wire itself made, now. */
static uint64_t stamped_us(const struct trial *trial)
{
    uint64_t now = log_now_us(&trial->judgement.log);
    uint64_t stamp = wire_stamp(trial->stage->wire), clock = clock_ns(CLOCK_REALTIME);
    uint64_t age_us = stamp != 0 && clock > stamp ? (clock - stamp) / 1000 : 0;
    return age_us < now ? now - age_us : 0;
}

static void seen(void *context, const struct packet *packet, enum side from, enum fate fate,
                 const char *fault)
{
    struct trial *trial = ((const struct stage *)context)->trial;
    const struct step *step = trial->judgement.step;
    struct packet numbered = flows_numbered(trial->stage->flows, packet);
    struct sighting one = {.from = from,
                           .fate = fate,
                           .step = step != NULL ? step->number : 0,
                           .released = wire_keeping(trial->stage->wire).held,
                           .fault = fault,
                           .size = packet->size,
                           .at_us = stamped_us(trial),
                           .first_of_sender = numbered.first_of_sender,
                           .first_of_receiver = numbered.first_of_receiver};
    const char *text = fate_name(fate);
    size_t number = ++trial->seen.packets;
    if (number <= LOGGED_PACKETS || fault != NULL) {
        char line[384];
        wirefault_text(trial->stage->wirefault, packet, fate, fault, line, sizeof line);
        text = trial_text(trial, "%s", line);
        log_packet(trial, number, &numbered, &one, fault, text);
    } else {
        atomic_fetch_add(&trial->judgement.log.report->dropped, 1);
    }
    bool kept = is_kept(trial, packet);
    if (kept)
        one.frame = keep_frame(trial, packet, &one, number, text);
    if (kept && trial->armed)
        sighting_add(&trial->seen, one);
}

static uint64_t now(void *context)
{
    const struct trial *trial = ((const struct stage *)context)->trial;
    return trial != NULL ? log_now_us(&trial->judgement.log) + 1 : 1; /* 0 is no time */
}

struct wire_hooks traffic_hooks(struct stage *stage)
{
    return (struct wire_hooks){
        .context = stage, .own = own, .decide = decide, .seen = seen, .now = now};
}

/* Some step is the wire's, or some packet must never be seen, or some reset is told from others. */
static bool asks_about_packets(const struct variant *variant)
{
    bool asks = variant->never != NULL || named_anywhere(variant);
    for (size_t i = 0; i < variant->step_count && !asks; i++)
        asks = variant->steps[i].verb->side == SIDE_WIRE;
    return asks;
}

void traffic_begin(struct trial *trial)
{
    static const char *const whole[] = {"payload", "checksum", NULL};
    trial->seen = (struct seen){.naming = &trial->stage->hosts.naming,
                                .asked = asks_about_packets(trial->variant),
                                .asked_whole = mention_key(trial->variant, whole)};
    trial->seen.frames_end = &trial->seen.frames;
    sighting_begin(&trial->seen, trial->arena, (int)trial->variant->step_count);
    flows_clear(trial->stage->flows);
    trial->stage->trial = trial;
    if (trial->stage->wire != NULL)
        wire_absent(trial->stage->wire, trial->variant->absent);
    struct wirefault_scope scope = {.flows = trial->stage->flows,
                                    .naming = &trial->stage->hosts.naming,
                                    .first_port = trial->ports.first,
                                    .ports = trial->ports.count,
                                    .ordered = PORTS_PER_CASE};
    for (; scope.count < trial->variant->fault_count && scope.count < FAULT_MAX; scope.count++)
        scope.when[scope.count] = trial->variant->faults[scope.count].when;
    wirefault_begin(trial->stage->wirefault, &scope);
}

void traffic_end(struct trial *trial)
{
    trial->stage->trial = NULL;
    if (trial->stage->wire != NULL)
        wire_absent(trial->stage->wire, SIDE_COUNT);
    sighting_clear(&trial->seen);
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
        status = pcapng_add(file, one->from, one->realtime_ns, one->bytes, one->size,
                            trial_text(trial, "packet %zu: %s", one->number, one->text));
    if (file != NULL && pcapng_close(file) < 0)
        status = -1;
    int error = errno;
    if (status < 0) /* half of one would be taken for all */
        unlink(path);
    errno = error;
    return status;
}
