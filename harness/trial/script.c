/* SPDX-License-Identifier: MIT */
#include "trial/script.h"

#include "actor/shared.h"
#include "base/clock.h"
#include "case/pktinfo.h"
#include "case/pktoption.h"
#include "trial/found.h"
#include "trial/pending.h"
#include "trial/scriptmatch.h"
#include "trial/scriptpacket.h"
#include "trial/scriptstamp.h"
#include "trial/settle.h"
#include "trial/sighting.h"

#include <errno.h>
#include <string.h>

enum {
    TOLERANCE_US = 4000,
    TOLERANCE_PERCENT = 12500, /* thousandths of a percent */
    JIFFY_US = 4000,
    PATIENCE_US = 2000000, /* for a packet that is due */
    STARVED_US = 100000,   /* what a process may have to wait for a processor */
    TRIES = 5              /* of a script that fails and was late, beside the first */
};

/* The event before. */
struct moment {
    int64_t live_us;     /* when it was reached */
    int64_t earliest_us; /* since when what it has brought about may have been sent */
    int64_t latest_us;   /* until when it was under way */
    bool inbound;        /* a packet of the remote host: live_us is when it was due */
};

struct script {
    const struct pkt_script *tree;
    struct scriptflow flow;
    int64_t start_us;
    bool begun;
    struct moment before;
    int64_t due_us;                /* of the event that is being carried out */
    size_t next;                   /* of the sightings, that no event has taken */
    int64_t tolerance_us, percent; /* percent in thousandths */
    int64_t late_us;               /* the worst that the harness was late, beyond the tolerance */
    int late_line;
    bool
        untimely; /* it failed by a time, which a process that had to wait may have brought about */
};

static int64_t now_us(const struct trial *trial)
{
    return (int64_t)log_now_us(&trial->judgement.log);
}

/* --- the flow ------------------------------------------------------------------------------- */

/* The server has the first port of the case, the client the second. */
static void begin_flow(struct trial *trial)
{
    struct scriptflow *flow = &trial->script->flow;
    const struct variant *variant = trial->variant;
    bool six = variant->family == AF_INET6;
    flow->tested = variant->absent == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
    flow->family = variant->family;
    flow->own = trial->stage->address[flow->tested][six];
    flow->peer = trial->stage->address[variant->absent][six];
    bool server = flow->tested == SIDE_SERVER;
    flow->own_port = (uint16_t)(server ? trial->ports.server : trial->ports.first + 1);
    flow->peer_port = (uint16_t)(server ? trial->ports.first + 1 : trial->ports.server);
}

/* Some packet of the remote host is above the MTU. */
static bool has_large(const struct pkt_script *tree)
{
    enum { HEADERS_MIN = 40 };
    bool found = false;
    for (const struct pkt_event *one = tree->events; one != NULL && !found; one = one->next)
        found = one->kind == PKT_EVENT_PACKET && one->packet.direction == PKT_INBOUND &&
                one->packet.range.length + HEADERS_MIN > HOSTS_MTU;
    return found;
}

void script_begin(struct trial *trial)
{
    const struct pkt_script *tree = trial->variant->file->script;
    trial->script = NULL;
    if (tree == NULL)
        return;
    struct script *script = arena_alloc(trial->arena, sizeof *script);
    trial->script = script;
    trial->crafted.any = true; /* what the remote host sends, the ledger knows nothing of */
    script->tree = tree;
    script->percent = pktoption_number(tree, "tolerance_percent", 0) * 1000;
    script->tolerance_us = pktoption_number(tree, "tolerance_usecs", 0);
    if (script->tolerance_us == 0 && script->percent == 0)
        script->percent = TOLERANCE_PERCENT;
    if (script->tolerance_us == 0)
        script->tolerance_us = TOLERANCE_US;
    begin_flow(trial);
    if (has_large(tree) && trial->stage->on_wire && !wire_say_large(trial->stage->wire))
        trial_broken(trial, CODE_HOSTS_FAILED, "packets above the MTU cannot be sent: %s",
                     strerror(errno));
}

/* --- times ---------------------------------------------------------------------------------- */

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* What an event may be off, so long after the one before. */
static int64_t tolerance(const struct script *script, int64_t since_us)
{
    return larger(script->tolerance_us, larger(since_us, 0) * script->percent / 100000);
}

static int64_t due_of(const struct script *script, const struct pkt_moment *moment)
{
    return moment->us +
           (moment->kind == PKT_TIME_ABSOLUTE ? script->start_us : script->before.live_us);
}

static void note_late(struct trial *trial, const struct step *step, int64_t late_us)
{
    struct script *script = trial->script;
    if (late_us <= tolerance(script, script->due_us - script->before.live_us) ||
        late_us <= script->late_us)
        return;
    script->late_us = late_us;
    script->late_line = step->mark.line;
}

/* Serves the wire until that time. */
static void wait_until(struct trial *trial, int64_t end_us)
{
    int64_t now = now_us(trial);
    struct until until = settle_until(trial, (uint64_t)larger(end_us - now, 0));
    while (now_us(trial) < end_us && !trial->calls.member_died && !settle_over(trial, &until))
        if (settle_pump(trial) == 0 && !settle_advance(trial, &until))
            settle_idle(trial, &until);
}

static bool is_outbound(const struct pkt_event *event)
{
    return event->kind == PKT_EVENT_PACKET && event->packet.direction == PKT_OUTBOUND;
}

bool script_due(struct trial *trial, const struct step *step)
{
    struct script *script = trial->script;
    const struct pkt_event *event = step->event;
    if (event->number == 0) /* what prepares the host has no time: that begins behind it */
        return trial_good(trial);
    if (!script->begun) {
        script->begun = true;
        script->start_us =
            now_us(trial) - (event->time.at.kind == PKT_TIME_ABSOLUTE ? event->time.at.us : 0);
        script->before.live_us = script->before.earliest_us = script->before.latest_us =
            now_us(trial);
    }
    if (step->ends)
        return trial_good(trial);
    script->due_us = event->time.at.kind == PKT_TIME_ANY ? script->before.live_us
                                                         : due_of(script, &event->time.at);
    if (!is_outbound(event)) {
        wait_until(trial, script->due_us);
        note_late(trial, step, now_us(trial) - script->due_us);
    }
    return trial_good(trial);
}

void script_reached(struct trial *trial, const struct step *step)
{
    struct script *script = trial->script;
    const struct pkt_event *event = step->event;
    int64_t now = now_us(trial);
    bool waited = event->time.at.us > 0;
    if (event->kind == PKT_EVENT_PACKET || step->ends) /* a packet has told its times itself */
        return;
    script->before = (struct moment){
        .live_us = now,
        .earliest_us = waited ? script->due_us : script->before.earliest_us,
        .latest_us = now,
    };
}

/* --- inbound -------------------------------------------------------------------------------- */

static void send_packet(struct trial *trial, const struct step *step)
{
    struct script *script = trial->script;
    const struct pkt_event *event = step->event;
    uint8_t bytes[SCRIPTPACKET_ROOM];
    const char *why = NULL;
    size_t size = scriptpacket_build(&script->flow, &event->packet, bytes, &why);
    bool waited = event->time.at.us > 0;
    if (size == 0) {
        trial_broken(trial, CODE_PACKET_IMPOSSIBLE, "line %d: the packet cannot be made: %s",
                     step->mark.line, why);
        return;
    }
    int64_t began = now_us(trial);
    if (!wire_say(trial->stage->wire, trial->variant->absent, bytes, size))
        trial_broken(trial, CODE_PACKET_IMPOSSIBLE, "line %d: the packet did not go: %s",
                     step->mark.line, "it is larger than what crosses the wire at once");
    script->before = (struct moment){
        .live_us = script->due_us,
        .earliest_us = waited ? script->due_us : script->before.earliest_us,
        .latest_us = larger(began, now_us(trial)),
        .inbound = true,
    };
}

/* --- outbound ------------------------------------------------------------------------------- */

/* A SYN of the host under test that opens another connection: the script goes on with that. */
static void follow(struct scriptflow *flow, const struct scriptsegment *segment)
{
    const struct packet *packet = &segment->packet;
    bool opens =
        (segment->flags & (PKT_SYN | PKT_ACK)) == PKT_SYN || packet->protocol == IPPROTO_UDP;
    if (!opens || packet->family != flow->family || packet->destination_port != flow->peer_port ||
        packet->source_port == flow->own_port)
        return;
    flow->own_port = packet->source_port;
    flow->local_known = false;
}

/* The next packet of the flow that no event has taken; false when there is none yet. */
static bool next_packet(struct trial *trial, struct scriptsegment *segment, int64_t *at_us)
{
    struct script *script = trial->script;
    bool found = false;
    while (!found && script->next < trial->seen.count) {
        const struct sighting *one = &trial->seen.sightings[script->next++];
        if (one->from != script->flow.tested || sighting_is_said(one) ||
            !scriptsegment_read(segment, one->frame, one->size))
            continue;
        follow(&script->flow, segment);
        found = scriptflow_is_own(&script->flow, &segment->packet);
        *at_us = (int64_t)one->at_us;
    }
    return found;
}

static bool await_packet(struct trial *trial, struct scriptsegment *segment, int64_t *at_us,
                         int64_t end_us)
{
    bool found = next_packet(trial, segment, at_us);
    struct until until = settle_until(trial, (uint64_t)larger(end_us - now_us(trial), 0));
    while (!found && trial_good(trial) && !trial->calls.member_died &&
           !settle_over(trial, &until)) {
        if (settle_pump(trial) == 0 && !settle_advance(trial, &until))
            settle_idle(trial, &until);
        found = next_packet(trial, segment, at_us);
    }
    return found;
}

static void fail(struct trial *trial, const struct step *step, enum code code, const char *field,
                 const char *observed)
{
    const char *source = step->event->source;
    trial_event(trial, "found", "wire", trial_text(trial, "%s: %s", field, observed),
                json_pack("{s:s, s:s, s:s, s:s}", "script", code_word(code), "field", field,
                          "expected", source, "observed", observed));
    found_script(&trial->judgement, code, field, source, observed);
}

/* Something came so much too late. */
static void note_untimely(struct script *script, int64_t late_us)
{
    script->untimely = late_us > 0 && late_us <= STARVED_US;
}

static void check_time(struct trial *trial, const struct step *step, int64_t at_us)
{
    const struct script *script = trial->script;
    const struct pkt_time *time = &step->event->time;
    const struct moment *before = &script->before;
    if (time->at.kind == PKT_TIME_ANY)
        return;
    bool absolute = time->at.kind == PKT_TIME_ABSOLUTE;
    int64_t first = absolute ? script->start_us : before->earliest_us;
    int64_t last = absolute ? script->start_us : before->latest_us;
    const struct pkt_moment *until = time->range ? &time->until : &time->at;
    int64_t slack = tolerance(script, script->due_us - before->live_us) + JIFFY_US;
    int64_t low = first + time->at.us - slack;
    int64_t high = larger(last + until->us, before->latest_us) + slack;
    double factor = trial->stage->slow_factor;
    high = factor > 1 ? last + (int64_t)((double)(high - last) * factor) : high;
    if (at_us >= low && at_us <= high)
        return;
    note_untimely(trial->script, at_us - high);
    double base = (double)(absolute ? script->start_us : before->live_us);
    fail(trial, step, CODE_MISMATCH, "time",
         trial_text(trial,
                    absolute ? "%.6f, outside of %.6f to %.6f" : "%+.6f, outside of %+.6f to %+.6f",
                    ((double)at_us - base) / 1e6, ((double)low - base) / 1e6,
                    ((double)high - base) / 1e6));
}

static void take_time(struct script *script, int64_t at_us)
{
    script->before = (struct moment){.live_us = larger(at_us, script->before.live_us),
                                     .earliest_us = at_us,
                                     .latest_us = larger(at_us, script->before.latest_us)};
}

/* What came, behind what fitted of it. */
static const char *observed_text(const struct trial *trial, const struct scriptmatch *match,
                                 const struct scriptsegment *segment)
{
    const char *text = scriptsegment_text(segment, &trial->script->flow, trial->arena);
    return match->taken == 0
               ? text
               : trial_text(trial, "%u octets as expected, and then %s", match->taken, text);
}

static void expect_packet(struct trial *trial, const struct step *step)
{
    struct script *script = trial->script;
    struct scriptmatch match = {.expected = &step->event->packet,
                                .strict = pktoption_is_set(script->tree, "strict_segments"),
                                .tick_us = pktoption_number(script->tree, "tcp_ts_tick_usecs", 0),
                                .tolerance_us = script->tolerance_us};
    const struct pkt_time *time = &step->event->time;
    int64_t due = time->range ? due_of(script, &time->until) : script->due_us;
    int64_t end =
        larger(due, now_us(trial)) + (int64_t)((double)PATIENCE_US * trial->stage->slow_factor);
    enum scriptmatch_verdict verdict = SCRIPTMATCH_MORE;
    int64_t first_us = 0, at_us = 0;
    for (bool first = true; verdict == SCRIPTMATCH_MORE && trial_good(trial); first = false) {
        struct scriptsegment segment;
        const char *field = NULL;
        if (!await_packet(trial, &segment, &at_us, end)) {
            if (trial_good(trial))
                fail(trial, step, CODE_NOT_SEEN, "packet",
                     match.taken == 0
                         ? "no packet within 2 s of its time"
                         : trial_text(trial, "%u octets as expected, and then no packet",
                                      match.taken));
            return;
        }
        first_us = first ? at_us : first_us;
        verdict = scriptmatch_take(&match, &script->flow, &segment, &field);
        if (verdict == SCRIPTMATCH_DIFFERS)
            fail(trial, step, CODE_MISMATCH, field, observed_text(trial, &match, &segment));
    }
    if (trial_good(trial))
        check_time(trial, step, first_us);
    take_time(script, at_us);
}

void script_packet(struct trial *trial, const struct step *step)
{
    if (step->event->packet.direction == PKT_INBOUND)
        send_packet(trial, step);
    else
        expect_packet(trial, step);
}

/* --- calls ---------------------------------------------------------------------------------- */

/* TCP_INFO as a call has given it. */
struct info {
    const void *bytes;
    size_t size;
};

static struct pktnumber value_of(void *context, const char *name)
{
    const struct info *info = context;
    return pktinfo_value(info->bytes, info->size, name);
}

static void run_code(struct trial *trial, const struct step *step, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    struct info info = {shared_at(trial->stage->shared, call->out),
                        call->result == 0 ? call->size : 0};
    const struct pktterm_names names = {&info, value_of};
    struct pktcode_result result = pktcode_run(step->event->code, &names, trial->arena);
    if (result.verdict == PKTCODE_FAILS)
        fail(trial, step, CODE_MISMATCH, "assert",
             trial_text(trial, "%s: %s", result.said, result.names));
    else if (result.verdict == PKTCODE_NONE)
        trial_broken(trial, CODE_NO_VALUE, "line %d: '%s' has no value here: %s", result.mark.line,
                     result.said, result.names);
}

/* When a call that blocked has returned. */
static void check_return(struct trial *trial, const struct step *step,
                         const struct pending *pending)
{
    const struct script *script = trial->script;
    const struct pkt_time *time = &step->event->time;
    const struct call *call = pending_call(trial, pending);
    int64_t began = (int64_t)pending->began_us;
    int64_t took = (int64_t)(call->ended_ns - call->began_ns) / 1000;
    int64_t wanted = time->until.us - time->at.us;
    if (time->until.kind == PKT_TIME_ABSOLUTE)
        wanted = script->start_us + time->until.us - began;
    int64_t slack = tolerance(script, wanted) + JIFFY_US;
    int64_t most = wanted + slack + script->late_us;
    if (took >= wanted - slack && took <= most)
        return;
    note_untimely(trial->script, took - most);
    fail(trial, step, CODE_MISMATCH, "time",
         trial_text(trial, "it returned after %.6f, and was to after %.6f", (double)took / 1e6,
                    (double)wanted / 1e6));
}

/* When a time stamp says that something was. */
static void check_stamp(struct trial *trial, const struct step *step, const struct pending *pending)
{
    const struct script *script = trial->script;
    const struct call *call = pending_call(trial, pending);
    int64_t expected = scriptstamp_expected(&step->event->call);
    uint64_t live =
        expected < 0 || call->result < 0
            ? 0
            : scriptstamp_live(shared_at(trial->stage->shared, call->out2), call->size2);
    if (live == 0)
        return;
    int64_t age = (int64_t)(clock_ns(CLOCK_REALTIME) - live) / 1000;
    int64_t at = now_us(trial) - age - script->start_us;
    int64_t slack = tolerance(script, 0) + JIFFY_US;
    int64_t most = expected + slack + script->late_us;
    if (at >= expected - slack && at <= most)
        return;
    note_untimely(trial->script, at - most);
    fail(trial, step, CODE_MISMATCH, "time",
         trial_text(trial, "a time stamp of %.6f, and was to be of %.6f", (double)at / 1e6,
                    (double)expected / 1e6));
}

void script_called(struct trial *trial, const struct step *step, const struct pending *pending)
{
    if (step->event->kind == PKT_EVENT_CODE && trial_good(trial))
        run_code(trial, step, pending);
    else if (step->ends && trial_good(trial))
        check_return(trial, step, pending);
    if (step->event->kind == PKT_EVENT_CALL && trial_good(trial))
        check_stamp(trial, step, pending);
}

/* --- the end -------------------------------------------------------------------------------- */

json_t *script_late(const struct trial *trial)
{
    const struct script *script = trial->script;
    if (script == NULL || (script->late_us == 0 && !script->untimely))
        return NULL;
    if (script->late_us == 0)
        return json_pack("{s:i, s:s, s:b}", "tries", TRIES, "why", "a time was not met", "stood",
                         false);
    return json_pack("{s:i, s:o, s:b}", "tries", TRIES, "why",
                     json_sprintf("the script was late by %lld ms at line %d",
                                  (long long)script->late_us / 1000, script->late_line),
                     "stood", true);
}

void script_end(struct trial *trial)
{
    const struct script *script = trial->script;
    if (script == NULL || script->late_us == 0 || trial->judgement.verdict != VERDICT_FAIL)
        return;
    judgement_pardon(&trial->judgement);
    trial_broken(trial, CODE_TOO_LATE, "too late by %lld ms at line %d",
                 (long long)script->late_us / 1000, script->late_line);
}
