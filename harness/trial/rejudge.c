/* SPDX-License-Identifier: MIT */
/*
 * Theory of operation. The events of a variant are read in order, and each is held against the step
 * that was being carried out: an ended call against the step's expectations, or kept for the done:
 * that will ask; what was found of a started call, of silence, of packets let go; what signals were
 * caught. The packets are kept as they come, and a sees: is asked when the log goes on behind them.
 * What the harness itself could not do (a note with its code) is no matter of judgement and is
 * taken as it stands. The judges are those of the run.
 */
#include "trial/rejudge.h"

#include "case/code.h"
#include "observe/recorded.h"
#include "packet/naming.h"
#include "trial/conclude.h"
#include "trial/found.h"
#include "trial/judge.h"
#include "trial/named.h"
#include "trial/reference.h"
#include "trial/sighting.h"

#include <arpa/inet.h>
#include <string.h>

enum { VALUES_MAX = 64, FRAME_ROOM = 65536 + 64 };

struct rejudging {
    struct judgement judgement;
    struct naming naming;
    struct seen seen;
    const json_t *events;
    struct saved values[VALUES_MAX]; /* what the harness gave names to */
    size_t value_count;
    bool begun;
    bool sees_due; /* a sees: waits for the packets behind it */
};

static const char *text_of(const json_t *event, const char *key)
{
    const char *text = json_string_value(json_object_get(event, key));
    return text != NULL ? text : "";
}

static json_int_t number_in(const json_t *event, const char *key)
{
    return json_integer_value(json_object_get(event, key));
}

static bool is_true(const json_t *event, const char *key)
{
    return json_is_true(json_object_get(event, key));
}

/* --- where the case stands ------------------------------------------------------------------ */

static void read_hosts(struct rejudging *r, const json_t *hosts)
{
    struct in6_addr *own[] = {r->naming.client, r->naming.server};
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++) {
        const json_t *list = json_object_get(hosts, side_name(side));
        for (size_t i = 0; i < json_array_size(list) && i < 4; i++) {
            const char *text = json_string_value(json_array_get(list, i));
            struct in6_addr *out = i < 2 ? &own[side][i] : &r->naming.second[side][i - 2];
            inet_pton(AF_INET6, text != NULL ? text : "::", out);
        }
    }
}

static const char *given(void *context, const char *name)
{
    const struct rejudging *r = context;
    const char *text = NULL;
    for (size_t i = 0; i < r->value_count; i++)
        if (strcmp(r->values[i].name, name) == 0)
            text = r->values[i].text;
    return text;
}

static void keep_value(struct rejudging *r, const json_t *event)
{
    if (r->value_count < VALUES_MAX)
        r->values[r->value_count++] =
            (struct saved){text_of(event, "name"), text_of(event, "value")};
}

static const struct step *step_numbered(const struct variant *variant, json_int_t number)
{
    const struct step *found = NULL;
    for (size_t i = 0; i < variant->step_count && found == NULL; i++)
        if (variant->steps[i].number == (int)number)
            found = &variant->steps[i];
    return found;
}

/* --- a call -------------------------------------------------------------------------------- */

static const uint64_t *sizes_of(struct rejudging *r, const json_t *list, uint64_t *count)
{
    *count = json_array_size(list);
    uint64_t *sizes = arena_alloc(r->judgement.arena, *count * sizeof *sizes);
    for (uint64_t i = 0; i < *count; i++)
        sizes[i] = (uint64_t)json_integer_value(json_array_get(list, i));
    return sizes;
}

static struct stretch stretch_of(struct rejudging *r, const json_t *event, const char *key,
                                 const struct pattern *pattern)
{
    struct stretch out = {NULL, 0};
    out.bytes = recorded_read(r->judgement.arena, json_object_get(event, key), pattern, &out.size);
    return out;
}

/* The frame of an event, as long as it was: what is not recorded of it is zeros, and nobody asks.
 */
static bool frame_of(struct rejudging *r, const json_t *event, struct sighting *out)
{
    static const struct pattern none;
    size_t kept = 0;
    const uint8_t *bytes =
        recorded_read(r->judgement.arena, json_object_get(event, "frame"), &none, &kept);
    const json_t *firsts = json_object_get(event, "firsts");
    size_t size = json_object_get(event, "size") != NULL ? (size_t)number_in(event, "size") : kept;
    if (bytes == NULL || size > FRAME_ROOM || kept > size)
        return false;
    uint8_t *frame = arena_alloc(r->judgement.arena, size);
    memcpy(frame, bytes, kept);
    out->frame = frame;
    out->size = size;
    out->first_of_sender = (uint32_t)json_integer_value(json_array_get(firsts, 0));
    out->first_of_receiver = (uint32_t)json_integer_value(json_array_get(firsts, 1));
    return true;
}

static struct ports_of ports_of(const json_t *event)
{
    const json_t *ports = json_object_get(event, "ports");
    return (struct ports_of){(uint16_t)json_integer_value(json_array_get(ports, 0)),
                             (uint16_t)json_integer_value(json_array_get(ports, 1))};
}

/* Of many sockets the log has the first ones and what was otherwise: the first stands for all. */
static uint64_t alike(const struct rejudging *r, const json_t *event)
{
    const json_t *socket = json_object_get(event, "socket");
    uint64_t all = socket != NULL ? (uint64_t)r->judgement.variant->file->clients : 1;
    return json_integer_value(socket) == 0 ? all : 0;
}

static void take_fault(struct rejudging *r, const json_t *event)
{
    const struct ports_of ports = ports_of(event);
    if (is_true(event, "resets"))
        named_by_fault(&r->judgement, text_of(event, "actor"), &ports,
                       (int)number_in(event, "step"));
}

static struct crafted_segment crafted_of(const json_t *event)
{
    const json_t *list = json_object_get(event, "crafted");
    return (struct crafted_segment){.known = list != NULL,
                                    .source = (uint16_t)json_integer_value(json_array_get(list, 0)),
                                    .destination =
                                        (uint16_t)json_integer_value(json_array_get(list, 1)),
                                    .reset = json_is_true(json_array_get(list, 2))};
}

static void judge_event(struct rejudging *r, const struct step *step, const json_t *event)
{
    struct pattern incoming = recorded_pattern_read(json_object_get(event, "incoming"));
    struct evidence evidence = {.actor = text_of(event, "actor"),
                                .verb = verb_find(text_of(event, "call")),
                                .outcome = event,
                                .ports = ports_of(event),
                                .alike = alike(r, event),
                                .injected = strcmp(text_of(event, "origin"), "injected") == 0,
                                .whole = (size_t)number_in(event, "whole"),
                                .said = recorded_pattern_read(json_object_get(event, "said")),
                                .may_err = is_true(event, "may_err"),
                                .naming = &r->naming,
                                .crafted = crafted_of(event)};
    struct sighting frame = {.frame = NULL};
    struct packet packet;
    evidence.data = stretch_of(r, event, "data", &incoming);
    evidence.incoming = &incoming;
    evidence.out = stretch_of(r, event, "out", &evidence.said);
    evidence.err = stretch_of(r, event, "err", &evidence.said);
    evidence.sizes = sizes_of(r, json_object_get(event, "sizes"), &evidence.size_count);
    if (frame_of(r, event, &frame) && sighting_packet(&frame, &packet)) {
        packet.headless = is_true(event, "headless");
        evidence.packet = &packet;
    }
    if (evidence.verb != NULL)
        judge_call(&r->judgement, step, &evidence);
}

static bool has_ended(const json_t *event)
{
    const char *phase = text_of(event, "phase");
    return strcmp(text_of(event, "type"), "call") == 0 &&
           (strcmp(phase, "returned") == 0 || strcmp(phase, "done") == 0);
}

/* True when the event is of the call that a step started under that name. */
static bool is_started(const struct rejudging *r, const json_t *event, const struct node *name)
{
    const struct step *step = step_numbered(r->judgement.variant, number_in(event, "step"));
    const struct node *start = step != NULL ? step->modifier[MODIFIER_start] : NULL;
    return has_ended(event) && start != NULL && node_is(name, start->text);
}

/* The step that judges an ended call now: its own, or a done: that waits for it; NULL: a later
   one. */
static const struct step *judging(const struct rejudging *r, const json_t *event)
{
    const struct step *now = r->judgement.step;
    const struct step *own = step_numbered(r->judgement.variant, number_in(event, "step"));
    const struct step *found = NULL;
    if (now == NULL || own == NULL)
        return NULL;
    if (verb_has(now->verb, VERB_ENDS_STARTED) && is_started(r, event, now->param[0]))
        found = now;
    else if (own->number == now->number && own->modifier[MODIFIER_start] == NULL)
        found = now;
    return found;
}

/* A done: whose call has ended before. Of many sockets each has an event behind the step's. */
static void judge_earlier(struct rejudging *r, size_t upto)
{
    const struct step *step = r->judgement.step;
    for (size_t i = 0; i < upto && verb_has(step->verb, VERB_ENDS_STARTED); i++) {
        const json_t *event = json_array_get(r->events, i);
        if (is_started(r, event, step->param[0]))
            judge_event(r, step, event);
    }
}

/* --- the wire ------------------------------------------------------------------------------ */

static enum fate fate_of(const char *word)
{
    enum fate found = FATE_PASSED;
    for (int i = 0; i < FATE_COUNT; i++)
        if (strcmp(fate_name((enum fate)i), word) == 0)
            found = (enum fate)i;
    return found;
}

static void keep_packet(struct rejudging *r, const json_t *event)
{
    struct sighting one = {.from = strcmp(text_of(event, "from"), "server") == 0 ? SIDE_SERVER
                                                                                 : SIDE_CLIENT,
                           .fate = fate_of(text_of(event, "fate")),
                           .step = (int)number_in(event, "step"),
                           .released = is_true(event, "held"),
                           .fault = json_string_value(json_object_get(event, "fault"))};
    if (!r->begun)
        return;
    frame_of(r, event, &one); /* without one nobody asks about more than its fate */
    sighting_add(&r->seen, one);
}

static void judge_sees(struct rejudging *r)
{
    const struct step *step = r->judgement.step;
    struct answered answered = {0, 0};
    r->sees_due = false;
    if (step->expect[EXPECT_count] != NULL) {
        long long count = sighting_count(&r->seen, step, &answered);
        found_counted(&r->judgement, step, count, &answered);
    } else {
        const struct sighting *found = sighting_next(&r->seen, step, &answered);
        struct packet packet;
        found_seen(&r->judgement, step, found != NULL, &answered,
                   found != NULL ? NULL : sighting_what_came(&r->seen, step, r->judgement.arena));
        if (found != NULL && sighting_packet(found, &packet))
            found_seen_saved(&r->judgement, step, &packet);
    }
}

/* --- what was found ------------------------------------------------------------------------- */

/* What comes while the step before settles belongs to the next one already, which was not carried
   out any more. */
static void stand_at(struct rejudging *r, const json_t *event)
{
    const struct step *step = step_numbered(r->judgement.variant, number_in(event, "step"));
    const struct step *now = r->judgement.step;
    if (step == NULL || (now != NULL && now->number == step->number))
        return;
    r->judgement.step = step;
    r->judgement.reached = step->number;
}

static void judge_found(struct rejudging *r, const json_t *event)
{
    struct judgement *judgement = &r->judgement;
    stand_at(r, event);
    const json_t *list = json_object_get(event, "answered");
    const struct answered answered = {(uint64_t)json_integer_value(json_array_get(list, 0)),
                                      (uint64_t)json_integer_value(json_array_get(list, 1))};
    if (json_object_get(event, "overdue") != NULL)
        found_overdue(judgement, text_of(event, "overdue"), (uint64_t)number_in(event, "bound_us"),
                      is_true(event, "asleep"));
    else if (json_object_get(event, "started") != NULL)
        found_blocked(judgement, text_of(event, "started"), is_true(event, "asleep"),
                      is_true(event, "ended"), number_in(event, "returns"));
    else if (json_object_get(event, "released") != NULL)
        found_released(judgement, judgement->step, (int)number_in(event, "released"),
                       is_true(event, "holds"), &answered);
    else if (json_object_get(event, "script") != NULL)
        found_script(judgement, code_find(text_of(event, "script")), text_of(event, "field"),
                     text_of(event, "expected"), text_of(event, "observed"));
    else if (json_object_get(event, "storm") != NULL)
        found_storm(judgement, (int)number_in(event, "storm"), text_of(event, "last"));
    else if (json_object_get(event, "not_quiet") != NULL)
        found_quiet(judgement, text_of(event, "not_quiet"));
    else if (json_object_get(event, "crashed") != NULL)
        found_crashed(judgement, text_of(event, "actor"), text_of(event, "crashed"));
    else if (json_object_get(event, "missing") != NULL)
        found_missing(judgement, text_of(event, "actor"), text_of(event, "missing"),
                      text_of(event, "why"));
    else if (json_object_get(event, "diverged") != NULL)
        found_diverged(judgement, (uint64_t)number_in(event, "diverged"),
                       (int)number_in(event, "sent"), (int)number_in(event, "received"));
}

/* A program's clean error, which stands for what was expected, whatever a scripted step missed. */
static void take_excuse(struct rejudging *r, const json_t *event)
{
    if (strcmp(text_of(event, "code"), code_word(CODE_CLEAN_ERROR)) != 0)
        return;
    judgement_pardon(&r->judgement);
    r->judgement.over = true;
}

/* What no judge says, but the harness: it could not judge. */
static bool is_of_harness(enum code code)
{
    static const enum code judges[] = {CODE_NONE,
                                       CODE_CALLS_NOT_SEEN,
                                       CODE_LEDGER_STOOD_BACK,
                                       CODE_EXPECTATION_NOT_EVALUATED,
                                       CODE_NOTHING_TO_SAVE,
                                       CODE_FAULT_NEVER_FIRED,
                                       CODE_FAULT_WITHOUT_EFFECT,
                                       CODE_NO_SUCH_FIELD,
                                       CODE_NOTHING_RELEASED};
    bool judged = false;
    for (size_t i = 0; i < sizeof judges / sizeof *judges; i++)
        judged = judged || judges[i] == code;
    return !judged;
}

static void take_note(struct rejudging *r, const json_t *event)
{
    static const char prefix[] = "broken: ";
    enum code code = code_find(text_of(event, "code"));
    const char *text = text_of(event, "text");
    if (!is_of_harness(code) || strncmp(text, prefix, sizeof prefix - 1) != 0)
        return;
    stand_at(r, event);
    if (number_in(event, "step") == 0) /* said behind the last step, of the case as a whole */
        r->judgement.step = NULL;
    if (code == CODE_WIRE_OVERRUN || code == CODE_DISTURBED || code == CODE_ACTOR_DIED ||
        code == CODE_CLOCKS_DIFFER ||
        code == CODE_TOO_LATE) /* nothing that was found before counts */
        judgement_pardon(&r->judgement);
    judgement_broken(&r->judgement, code, "%s", text + sizeof prefix - 1);
}

/* --- the end ------------------------------------------------------------------------------- */

/* True when some done: asked about the call before the events ended. */
static bool was_asked(const struct rejudging *r, const json_t *event)
{
    bool asked = false;
    for (size_t i = 0; i < r->judgement.variant->step_count && !asked; i++) {
        const struct step *step = &r->judgement.variant->steps[i];
        asked = step->number <= r->judgement.reached && verb_has(step->verb, VERB_ENDS_STARTED) &&
                is_started(r, event, step->param[0]);
    }
    return asked;
}

/* A program that ended by itself, and of which no step says so, has not crashed. */
static void judge_programs(struct rejudging *r)
{
    for (size_t i = 0; i < json_array_size(r->events) && judgement_good(&r->judgement); i++) {
        const json_t *event = json_array_get(r->events, i);
        const struct verb *verb = has_ended(event) ? verb_find(text_of(event, "call")) : NULL;
        const struct step *step = step_numbered(r->judgement.variant, number_in(event, "step"));
        struct pattern said = recorded_pattern_read(json_object_get(event, "said"));
        if (verb == NULL || !verb_has(verb, VERB_PROGRAM) || step == NULL ||
            step->modifier[MODIFIER_start] == NULL || json_object_get(event, "signal") == NULL ||
            was_asked(r, event))
            continue;
        struct stretch err = stretch_of(r, event, "err", &said);
        conclude_crashed(&r->judgement, step->number, text_of(event, "actor"),
                         text_of(event, "signal"), err.bytes, err.size);
    }
}

/* A started call that has ended, and of which no done: asks. */
static void judge_unasked(struct rejudging *r, const struct step *step)
{
    for (size_t i = 0; i < json_array_size(r->events); i++) {
        const json_t *event = json_array_get(r->events, i);
        bool its = has_ended(event) && number_in(event, "step") == step->number;
        if (!its || was_asked(r, event) || !judgement_good(&r->judgement) || r->judgement.over)
            continue;
        r->judgement.step = step;
        judge_event(r, step, event);
    }
    r->judgement.step = NULL;
}

static void judge_end(struct rejudging *r, const json_t *event)
{
    r->judgement.step = NULL;
    judge_programs(r);
    for (size_t i = 0; i < r->judgement.variant->step_count; i++)
        if (r->judgement.variant->steps[i].modifier[MODIFIER_start] != NULL)
            judge_unasked(r, &r->judgement.variant->steps[i]);
    conclude(&r->judgement, &r->seen, event);
}

/* --- all ----------------------------------------------------------------------------------- */

static void begin_step(struct rejudging *r, const json_t *event, size_t at)
{
    const struct step *step = step_numbered(r->judgement.variant, number_in(event, "step"));
    if (step == NULL)
        return;
    r->judgement.reached = step->number;
    r->judgement.step = reference_filled(&r->judgement, step, given, r);
    sighting_step(&r->seen, step->number, step->verb->side == SIDE_ACTOR);
    r->sees_due = step->verb->side == SIDE_WIRE && (step->verb->outs & OUT_fate) != 0 &&
                  step->event == NULL; /* what a script finds is told */
    judge_earlier(r, at);
}

static void take(struct rejudging *r, const json_t *event, size_t at)
{
    const char *type = text_of(event, "type");
    const struct step *step = judging(r, event);
    if (r->sees_due && strcmp(type, "packet") != 0 && strcmp(type, "fault") != 0)
        judge_sees(r);
    if (strcmp(type, "begin") == 0) {
        r->begun = true;
        read_hosts(r, json_object_get(event, "hosts"));
    } else if (strcmp(type, "value") == 0) {
        keep_value(r, event);
    } else if (strcmp(type, "step") == 0) {
        begin_step(r, event, at);
    } else if (strcmp(type, "packet") == 0) {
        keep_packet(r, event);
    } else if (strcmp(type, "fault") == 0) {
        take_fault(r, event);
    } else if (strcmp(type, "found") == 0) {
        judge_found(r, event);
    } else if (strcmp(type, "check") == 0) {
        take_excuse(r, event);
    } else if (strcmp(type, "note") == 0) {
        take_note(r, event);
    } else if (strcmp(type, "end") == 0) {
        judge_end(r, event);
    } else if (strcmp(type, "signals") == 0 && r->judgement.step != NULL &&
               r->judgement.step->expect[EXPECT_signals] != NULL) {
        judge_signals(&r->judgement, r->judgement.step, text_of(event, "actor"),
                      json_object_get(event, "caught"));
    } else if (has_ended(event) && step != NULL && judgement_good(&r->judgement)) {
        judge_event(r, step, event);
    }
}

struct judgement rejudge(const struct variant *variant, const json_t *events,
                         const struct excuses *excuses, struct arena *arena)
{
    struct report nowhere = {.used = 0}; /* a muted log says nothing, and asks how much there is */
    struct rejudging r = {.judgement = {.variant = variant,
                                        .arena = arena,
                                        .log = {.muted = true},
                                        .excuses = *excuses,
                                        .verdict = VERDICT_PASS},
                          .events = events};
    r.judgement.log.report = &nowhere;
    r.seen.naming = &r.naming;
    sighting_begin(&r.seen, arena, (int)variant->step_count);
    for (size_t i = 0; i < json_array_size(events); i++)
        take(&r, json_array_get(events, i), i);
    if (r.sees_due)
        judge_sees(&r);
    sighting_clear(&r.seen);
    r.judgement.log.report = NULL;
    return r.judgement;
}
