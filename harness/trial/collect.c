/* SPDX-License-Identifier: MIT */
#include "trial/collect.h"

#include "observe/recorded.h"
#include "packet/describe.h"
#include "packet/flows.h"
#include "trial/account.h"
#include "trial/aside.h"
#include "trial/judge.h"
#include "trial/memory.h"
#include "trial/outcome.h"
#include "trial/pending.h"
#include "trial/runprogram.h"
#include "trial/signals.h"
#include "verb/table.h"

#include <string.h>

static struct stretch stretch_of(const struct trial *trial, struct piece piece, uint64_t size)
{
    return (struct stretch){memory_at(trial, piece), size};
}

/* The sender's pattern key, as the receiver must see it: that of the peer's descriptor. A socket
   that nobody can send to has a pattern that nobody sends. */
static struct pattern *incoming(struct trial *trial, const struct pending *pending,
                                struct pattern *nobody)
{
    struct descriptor *own = pending->descriptor;
    if (own == NULL)
        return nobody;
    for (size_t i = 0; own->receives.key == 0 && i < trial->names.descriptor_count; i++) {
        const struct descriptor *other = &trial->names.descriptors[i];
        if (other->owner != own->owner && other->sends.position > 0)
            own->receives.key = other->sends.key;
    }
    if (own->receives.key == 0 && trial->voice.pattern.position > 0)
        own->receives.key = trial->voice.pattern.key;
    return &own->receives;
}

/* The pattern of the first scripted socket that sent one. */
static struct pattern said(const struct trial *trial)
{
    struct pattern pattern = {0};
    for (size_t i = 0; i < trial->names.descriptor_count && pattern.key == 0; i++)
        if (trial->names.descriptors[i].sends.position > 0)
            pattern.key = trial->names.descriptors[i].sends.key;
    return pattern;
}

/* outcome is borrowed; nobody is the caller's, zeroed. */
static struct evidence collect(struct trial *trial, const struct pending *pending,
                               const json_t *outcome, struct pattern *nobody)
{
    const struct call *call = pending_call(trial, pending);
    const struct verb *verb = verb_get(call->verb);
    bool program = verb_has(verb, VERB_PROGRAM);
    struct evidence evidence = {.actor = pending->member->name,
                                .verb = verb,
                                .outcome = outcome,
                                .ports = pending_ports(trial, pending),
                                .alike = 1,
                                .injected = call->injected,
                                .whole = verb_table(call->verb)->success(call),
                                .sizes = memory_at(trial, call->sizes),
                                .size_count = call->size_count,
                                .incoming = incoming(trial, pending, nobody),
                                .said = said(trial)};
    if (verb_has(verb, VERB_SENDS) && call->result >= 0 &&
        verb_table(call->verb)->account->bytes != NULL)
        evidence.crafted =
            aside_segment(trial, pending, verb_table(call->verb)->account->bytes(call));
    evidence.data.bytes = account_bytes(trial, pending, &evidence.data.size);
    if (program) {
        evidence.out = stretch_of(trial, call->out, call->size);
        evidence.err = stretch_of(trial, call->out2, call->size2);
        evidence.may_err = runprogram_may_err(trial);
    }
    return evidence;
}

/* --- the record ---------------------------------------------------------------------------- */

/* The step that judges the call: its own, or the done: that speaks of it; NULL: none. */
static const struct step *judging(const struct trial *trial, const struct pending *pending)
{
    const struct variant *variant = trial->variant;
    const struct step *found = pending->name == NULL ? pending->step : NULL;
    for (size_t i = 0; i < variant->step_count && found == NULL && pending->name != NULL; i++) {
        const struct step *one = &variant->steps[i];
        if (one->number > pending->step->number && verb_has(one->verb, VERB_ENDS_STARTED) &&
            node_is(one->param[0], pending->name))
            found = one;
    }
    return found;
}

static json_t *sizes_json(const struct evidence *evidence)
{
    json_t *list = json_array();
    for (uint64_t i = 0; i < evidence->size_count; i++)
        json_array_append_new(list, json_integer((json_int_t)evidence->sizes[i]));
    return list;
}

static void record_data(const struct evidence *evidence, json_t *members)
{
    json_object_set_new(members, "incoming", recorded_pattern(evidence->incoming));
    json_object_set_new(
        members, "data",
        recorded_bytes(evidence->data.bytes, evidence->data.size, evidence->incoming));
    if (evidence->size_count > 0)
        json_object_set_new(members, "sizes", sizes_json(evidence));
}

static void record_said(const struct evidence *evidence, json_t *members)
{
    json_object_set_new(members, "may_err", json_boolean(evidence->may_err));
    json_object_set_new(members, "said", recorded_pattern(&evidence->said));
    json_object_set_new(members, "out",
                        recorded_bytes(evidence->out.bytes, evidence->out.size, &evidence->said));
    json_object_set_new(members, "err",
                        recorded_bytes(evidence->err.bytes, evidence->err.size, &evidence->said));
}

static void record_packet(struct trial *trial, const struct pending *pending, json_t *members)
{
    static const struct pattern none;
    struct packet packet;
    if (!account_packet(trial, pending, &packet))
        return;
    packet = flows_numbered(trial->stage->flows, &packet);
    json_object_set_new(members, "packet", packet_describe(&packet, &trial->stage->hosts.naming));
    json_object_set_new(members, "firsts",
                        json_pack("[I, I]", (json_int_t)packet.first_of_sender,
                                  (json_int_t)packet.first_of_receiver));
    json_object_set_new(members, "headless", json_boolean(packet.headless));
    json_object_set_new(members, "frame", recorded_bytes(packet.frame, packet.size, &none));
}

void collect_record(struct trial *trial, const struct pending *pending, json_t *members)
{
    struct pattern nobody = {0};
    const struct step *step = judging(trial, pending);
    const struct evidence evidence = collect(trial, pending, members, &nobody);
    if (evidence.whole > 0)
        json_object_set_new(members, "whole", json_integer((json_int_t)evidence.whole));
    if (evidence.crafted.known)
        json_object_set_new(members, "crafted",
                            json_pack("[i, i, b]", evidence.crafted.source,
                                      evidence.crafted.destination, evidence.crafted.reset));
    if (verb_has(evidence.verb, VERB_PROGRAM))
        record_said(&evidence, members);
    if (step != NULL &&
        (step->expect[EXPECT_data] != NULL || step->expect[EXPECT_notification] != NULL))
        record_data(&evidence, members);
    if (step != NULL && step->expect[EXPECT_packet] != NULL)
        record_packet(trial, pending, members);
}

static bool did_all(const struct evidence *evidence)
{
    json_int_t result = json_integer_value(json_object_get(evidence->outcome, "returns"));
    return json_is_integer(json_object_get(evidence->outcome, "errno")) && result >= 0 &&
           (evidence->whole == 0 || (size_t)result == evidence->whole);
}

char *collect_key(struct trial *trial, const struct step *step, struct pending *pending)
{
    struct pattern nobody = {0};
    json_t *outcome = outcome_json(trial, pending);
    const struct evidence evidence = collect(trial, pending, outcome, &nobody);
    json_t *key = json_pack("{s:b}", "all", did_all(&evidence));
    for (int i = 0; i < EXPECT_COUNT; i++)
        if (step->expect[i] != NULL)
            json_object_set(key, expectation_names[i],
                            json_object_get(outcome, expectation_names[i]));
    if (step->expect[EXPECT_data] != NULL)
        record_data(&evidence, key);
    json_object_del(key, "incoming"); /* a pattern of its own for each */
    char *text = json_dumps(key, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(key);
    json_decref(outcome);
    return text;
}

/* --- the judge ----------------------------------------------------------------------------- */

/* The call's error is one that its step names. */
static void error_expected(struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    json_t *one = NULL;
    size_t i = 0;
    json_array_foreach(trial->errors, i, one)
    {
        const char *actor = json_string_value(json_object_get(one, "actor"));
        if (json_integer_value(json_object_get(one, "step")) == (json_int_t)call->step &&
            strcmp(actor, pending->member->name) == 0)
            json_object_set_new(one, "expected", json_true());
    }
}

void collect_judge(struct trial *trial, const struct step *step, struct pending *pending)
{
    struct pattern nobody = {0};
    struct packet packet;
    json_t *outcome = outcome_json(trial, pending);
    if (verb_has(verb_get(pending_call(trial, pending)->verb), VERB_PROGRAM))
        runprogram_account(trial); /* what fired stands before what came of it */
    struct evidence evidence = collect(trial, pending, outcome, &nobody);
    evidence.naming = &trial->stage->hosts.naming;
    if (step->expect[EXPECT_packet] != NULL && account_packet(trial, pending, &packet)) {
        packet = flows_numbered(trial->stage->flows, &packet);
        evidence.packet = &packet;
    }
    if (judge_call(&trial->judgement, step, &evidence))
        error_expected(trial, pending);
    if (trial_good(trial) && !trial->judgement.over && step->expect[EXPECT_signals] != NULL)
        signals_judge(trial, step, pending->member);
    json_decref(outcome);
}
