/* SPDX-License-Identifier: MIT */
#include "trial/conclude.h"

#include "observe/match.h"
#include "packet/describe.h"
#include "trial/judge.h"
#include "trial/resets.h"
#include "trial/sighting.h"

#include <string.h>

/* Packets were kept to be overtaken, and none was. */
static bool none_overtaken(const struct judgement *judgement, const struct seen *seen,
                           size_t number)
{
    const struct fault_node *node = &judgement->variant->faults[number];
    bool none = node->wire != NULL && node_is(node->action, "reorder");
    for (size_t i = 0; i < seen->count && none; i++)
        none = seen->sightings[i].fate != FATE_REORDERED;
    return none;
}

/* What is known of why it did not fire, each sentence behind a semicolon. */
static char *reasons_of(struct judgement *judgement, const json_t *fault)
{
    const char *lacks = json_string_value(json_object_get(fault, "lacks"));
    const json_t *why = json_object_get(fault, "why"), *one = NULL;
    char *text = judgement_text(judgement, "%s%s%s",
                                lacks != NULL ? "; no packet that it met has the field '" : "",
                                lacks != NULL ? lacks : "", lacks != NULL ? "'" : "");
    size_t i = 0;
    json_array_foreach(why, i, one) text =
        judgement_text(judgement, "%s; %s", text, json_string_value(one));
    return text;
}

/* The case says that it never fires, and what it is about went past it. */
static bool is_blind(const struct node *expected, const json_t *fault)
{
    json_t *once = json_integer(1);
    bool blind = expected != NULL && json_is_true(json_object_get(fault, "slipped")) &&
                 !match_value(expected, once);
    json_decref(once);
    return blind;
}

static void judge_fault(struct judgement *judgement, const struct seen *seen, size_t number,
                        const json_t *fault)
{
    const char *name = json_string_value(json_object_get(fault, "name"));
    const json_t *count = json_object_get(fault, "fired");
    const struct node *expected = node_get(judgement->variant->fired, name);
    const char *lacks = json_string_value(json_object_get(fault, "lacks"));
    json_int_t fired = json_integer_value(count);
    if (expected != NULL)
        judgement_asks_node(judgement, expected);
    else
        judgement_asks_fault(judgement, name);
    /* What is to meet a packet depends on who sends one; what is to meet a call, on the case. */
    bool of_wire = judgement->variant->faults[number].wire != NULL;
    bool asked = expected != NULL && lacks == NULL && (of_wire || match_value(expected, count));
    if (fired == 0 && (!asked || is_blind(expected, fault)))
        judgement_broken(judgement, CODE_FAULT_NEVER_FIRED,
                         "the fault '%s' never fired: the case proves nothing about it (its "
                         "trigger was asked %lld times%s)",
                         name, (long long)json_integer_value(json_object_get(fault, "chances")),
                         reasons_of(judgement, fault));
    else if (fired > 0 && none_overtaken(judgement, seen, number))
        judgement_broken(judgement, CODE_FAULT_WITHOUT_EFFECT,
                         "the fault '%s' fired and no packet was overtaken: nothing was sent "
                         "behind those that it kept, and the case proves nothing about it",
                         name);
    else if (expected != NULL)
        judgement_check(judgement, "harness", judgement_text(judgement, "fired.%s", name),
                        match_value(expected, count), judge_show_node(judgement, expected),
                        judge_show_json(judgement, count));
}

static void judge_faults(struct judgement *judgement, const struct seen *seen, const json_t *faults)
{
    for (size_t i = 0; i < json_array_size(faults) && judgement_good(judgement); i++)
        judge_fault(judgement, seen, i, json_array_get(faults, i));
}

/* A figure that the ledger cannot be certain of, where it stood back. */
static bool uncertain(const char *figure)
{
    static const char *const certain[] = {"sent", "accepted", "received"};
    bool found = true;
    for (size_t i = 0; i < sizeof certain / sizeof *certain; i++)
        found = found && strcmp(figure, certain[i]) != 0;
    return found;
}

static void not_evaluated(struct judgement *judgement, const char *field, const char *figure,
                          const json_t *observed)
{
    const char *why = json_string_value(json_object_get(observed, "stood_back"));
    judgement_broken(judgement, CODE_EXPECTATION_NOT_EVALUATED,
                     "the expectation '%s.%s' was never evaluated: %s%s", field, figure,
                     why != NULL ? "the ledger stood back, for "
                                 : "this transport has no such figure",
                     why != NULL ? why : "");
}

static void judge_members(struct judgement *judgement, const char *field,
                          const struct node *expected, const json_t *observed)
{
    bool exact = expected != NULL && expected->kind == NODE_SCALAR;
    if (exact)
        judgement_asks_node(judgement, expected);
    bool stood_back = json_object_get(observed, "stood_back") != NULL;
    if (exact && stood_back)
        not_evaluated(judgement, field, "exact", observed);
    else if (exact && json_object_get(observed, "exact") == NULL)
        judgement_broken(
            judgement, CODE_EXPECTATION_NOT_EVALUATED,
            "the expectation 'ordering: %s' was never evaluated: messages have no stream order",
            expected->text);
    else if (exact)
        judgement_check(judgement, "harness", field,
                        json_is_true(json_object_get(observed, "exact")),
                        judge_show_node(judgement, expected), judge_show_json(judgement, observed));
    for (const struct node *one = expected != NULL ? expected->first : NULL;
         one != NULL && judgement_good(judgement); one = one->next) {
        const json_t *value = json_object_get(observed, one->key);
        judgement_asks_node(judgement, one);
        if (value == NULL || (stood_back && uncertain(one->key)))
            not_evaluated(judgement, field, one->key, observed);
        else
            judgement_check(judgement, "harness",
                            judgement_text(judgement, "%s.%s", field, one->key),
                            match_value(one, value), judge_show_node(judgement, one),
                            judge_show_json(judgement, value));
    }
}

static void judge_one_never(struct judgement *judgement, const struct seen *seen,
                            const struct node *never)
{
    const struct node *from = node_get(never, "from");
    struct answered answered = {0, 0};
    char field[64];
    judgement_asks_node(judgement, never);
    for (size_t i = 0; i < seen->count && judgement_good(judgement); i++) {
        const struct sighting *one = &seen->sightings[i];
        struct packet packet;
        if ((from != NULL && !node_is(from, side_name(one->from))) || sighting_is_said(one) ||
            !sighting_packet(one, &packet) || !packetmatch(never, &packet, seen->naming, &answered))
            continue;
        json_t *description = packet_describe(&packet, seen->naming);
        judgement_check(judgement, "wire", "never", false, judge_show_node(judgement, never),
                        judge_show_json(judgement, description));
        json_decref(description);
    }
    if (judgement_good(judgement) && packetmatch_unanswered(never, &answered, field, sizeof field))
        judgement_broken(judgement, CODE_NO_SUCH_FIELD,
                         "'never' asks for '%s', and no packet has such a field: it proves nothing",
                         field);
}

static void judge_never(struct judgement *judgement, const struct seen *seen)
{
    const struct node *never = judgement->variant->never;
    for (const struct node *one = never != NULL ? never->first : NULL; one != NULL; one = one->next)
        judge_one_never(judgement, seen, one);
}

static void judge_unnamed_signals(struct judgement *judgement, const json_t *left)
{
    for (size_t i = 0; i < json_array_size(left) && judgement_good(judgement); i++) {
        const json_t *one = json_array_get(left, i);
        judgement_asks_step(judgement, (int)json_integer_value(json_object_get(one, "step")));
        judgement_check(judgement, json_string_value(json_object_get(one, "actor")), "signals",
                        false, judgement_text(judgement, "none that the case does not name"),
                        judge_show_json(judgement, json_object_get(one, "caught")));
    }
}

const char *conclude_last_words(struct judgement *judgement, const uint8_t *said, size_t size)
{
    char text[400];
    size_t kept = size < sizeof text - 1 ? size : sizeof text - 1;
    if (kept == 0)
        return "";
    memcpy(text, said + size - kept, kept);
    text[kept] = '\0';
    for (char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
    return judgement_text(judgement, ": %s", text);
}

void conclude_crashed(struct judgement *judgement, int step, const char *actor, const char *killer,
                      const uint8_t *said, size_t size)
{
    judgement_asks_step(judgement, step);
    judgement_fail(judgement, actor, CODE_PROGRAM_CRASHED, "exit",
                   judgement_text(judgement, "%s still runs, or has ended in order", actor),
                   judgement_text(judgement, "it was killed by %s%s", killer,
                                  conclude_last_words(judgement, said, size)));
}

/* Below programs that still run, or of what outlived one. */
static void judge_crashes(struct judgement *judgement, const json_t *crashed)
{
    for (size_t i = 0; i < json_array_size(crashed) && judgement_good(judgement); i++) {
        const json_t *one = json_array_get(crashed, i);
        judgement_asks_step(judgement, (int)json_integer_value(json_object_get(one, "step")));
        judgement_fail(judgement, json_string_value(json_object_get(one, "actor")),
                       CODE_PROGRAM_CRASHED, "exit",
                       judgement_text(judgement, "no crash of what the program starts"),
                       judgement_text(judgement, "%s was killed by %s",
                                      json_string_value(json_object_get(one, "name")),
                                      json_string_value(json_object_get(one, "signal"))));
    }
}

void conclude(struct judgement *judgement, const struct seen *seen, const json_t *end)
{
    judgement->concluded = true;
    judge_crashes(judgement, json_object_get(end, "crashed"));
    if (judgement->variant->file->script != NULL) /* it has said what it asks */
        return;
    /* A program resets what it likes. */
    if (judgement_good(judgement) && judgement->variant->file->subject != SUBJECT_PROGRAM)
        resets_judge(judgement, seen);
    judge_unnamed_signals(judgement, json_object_get(end, "signals"));
    if (judgement_good(judgement))
        judge_never(judgement, seen);
    if (judgement->over) /* what was to come need not have come */
        return;
    if (judgement_good(judgement))
        judge_members(judgement, "delivery", judgement->variant->delivery,
                      json_object_get(end, "delivery"));
    if (judgement_good(judgement))
        judge_members(judgement, "ordering", judgement->variant->ordering,
                      json_object_get(end, "ordering"));
    if (judgement_good(judgement))
        judge_faults(judgement, seen, json_object_get(end, "faults"));
}
