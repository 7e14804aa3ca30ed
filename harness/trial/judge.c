#include "trial/judge.h"

#include "case/constant.h"
#include "fault/wirefault.h"
#include "observe/packetmatch.h"
#include "packet/describe.h"
#include "packet/flows.h"
#include "packet/kind.h"
#include "trial/account.h"
#include "trial/outcome.h"
#include "trial/pending.h"
#include "trial/runprogram.h"
#include "trial/traffic.h"
#include "verb/table.h"

#include <stdlib.h>
#include <string.h>

static char *show_node(struct trial *trial, const struct node *node)
{
    return node_print(trial->arena, node);
}

static char *show_json(struct trial *trial, const json_t *json)
{
    char *dump = json == NULL ? NULL : json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
    char *text = trial_text(trial, "%s", dump != NULL ? dump : "nothing");
    if (json_is_string(json))
        text = trial_text(trial, "%s", json_string_value(json));
    free(dump);
    return text;
}

static char *show_bytes(struct trial *trial, const uint8_t *bytes, size_t size,
                        enum content_shown most)
{
    char text[1024];
    content_print(bytes, size, most, text, sizeof text);
    return trial_text(trial, "%s", text);
}

static void check(struct trial *trial, const char *actor, const char *field, bool met,
                  char *expected, char *observed)
{
    if (!met)
        trial_fail(trial, actor, CODE_MISMATCH, field, expected, observed);
    else
        trial_event(
            trial, "check", actor,
            trial_text(trial, "%s: expected %s, observed %s: met", field, expected, observed),
            json_pack("{s:s, s:s, s:s, s:b}", "field", field, "expected", expected, "observed",
                      observed, "met", true));
}

/* The call's own words for success when the case names no result. */
static bool succeeded(const struct call *call, char **expected, struct trial *trial)
{
    bool good = call->error == 0 && call->result >= 0;
    size_t all = verb_table(call->verb)->success(call);
    *expected =
        all > 0 ? trial_text(trial, "%zu (success)", all) : trial_text(trial, "success (no errno)");
    return good && (all == 0 || (size_t)call->result == all);
}

/* A program of which the case says nothing else ends with 0; what it said tells why it did not. */
static void judge_status(struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    bool err = call->size2 > 0;
    const uint8_t *bytes = shared_at(trial->stage->shared, err ? call->out2 : call->out);
    if (call->result == 0)
        return;
    check(trial, pending->member->name, "exit", false, trial_text(trial, "0"),
          trial_text(trial, "%lld, with %s %s", (long long)call->result, err ? "stderr" : "stdout",
                     show_bytes(trial, bytes, err ? call->size2 : call->size, SHOWN_SAID)));
}

static void judge_success(struct trial *trial, const struct pending *pending, const json_t *outcome)
{
    const struct call *call = pending_call(trial, pending);
    char *expected = NULL;
    if (verb_has(verb_get(call->verb), VERB_PROGRAM) && call->error == 0) {
        judge_status(trial, pending);
        return;
    }
    if (succeeded(call, &expected, trial))
        return;
    const char *error = json_string_value(json_object_get(outcome, "errno"));
    char *observed = trial_text(trial, "%lld%s%s", (long long)call->result,
                                error != NULL ? " with errno " : "", error != NULL ? error : "");
    trial_fail(trial, pending->member->name,
               error != NULL ? CODE_UNEXPECTED_ERRNO : CODE_INCOMPLETE, "returns", expected,
               observed);
}

/* One buffer after the other, where a scattered receive filled several, or one message after the
   other. */
static bool match_pieces(const struct trial *trial, const struct node *expected,
                         const struct call *call, const uint8_t *bytes, size_t size,
                         struct pattern *pattern)
{
    bool many = (verb_get(call->verb)->outs & OUT_messages) != 0;
    const uint64_t *sizes = shared_at(trial->stage->shared, call->sizes);
    uint64_t count = call->size_count;
    const struct node *one = expected->first;
    size_t at = 0;
    bool yes = true;
    for (uint64_t i = 0; i < count && (many || at < size) && yes; i++) {
        size_t part = size - at < sizes[i] ? size - at : sizes[i];
        yes = one != NULL && match_bytes(one, bytes + at, part, pattern);
        one = one != NULL ? one->next : NULL;
        at += part;
    }
    return yes && one == NULL;
}

/* The sender's pattern key, as the receiver must see it: that of the peer's descriptor. */
static struct pattern *incoming(struct trial *trial, const struct pending *pending)
{
    static struct pattern nobody;
    struct descriptor *own = pending->descriptor;
    if (own == NULL)
        return &nobody;
    for (size_t i = 0; own->receives.key == 0 && i < trial->names.descriptor_count; i++) {
        const struct descriptor *other = &trial->names.descriptors[i];
        if (other->owner != own->owner && other->sends.position > 0)
            own->receives.key = other->sends.key;
    }
    return &own->receives;
}

static void judge_data(struct trial *trial, const struct step *step, const struct pending *pending)
{
    const struct node *expected = step->expect[EXPECT_data];
    const struct call *call = pending_call(trial, pending);
    size_t size = 0;
    const uint8_t *bytes = account_bytes(trial, pending, &size);
    struct pattern *pattern = incoming(trial, pending);
    if (call->result < 0) {
        check(trial, pending->member->name, "data", false, show_node(trial, expected),
              trial_text(trial, "none: the call failed with %s",
                         constant_name(GROUP_ERRNO, call->error)));
        return;
    }
    bool met = expected->kind == NODE_LIST
                   ? match_pieces(trial, expected, call, bytes, size, pattern)
                   : match_bytes(expected, bytes, size, pattern);
    check(trial, pending->member->name, "data", met, show_node(trial, expected),
          show_bytes(trial, bytes, size, SHOWN_MOVED));
}

/* What a program said. A pattern in it is that of the first scripted socket that sent one. */
static void judge_said(struct trial *trial, const struct step *step, const struct pending *pending,
                       enum expectation field)
{
    const struct call *call = pending_call(trial, pending);
    bool err = field == EXPECT_stderr;
    const uint8_t *bytes = shared_at(trial->stage->shared, err ? call->out2 : call->out);
    size_t size = err ? call->size2 : call->size;
    struct pattern pattern = {0};
    for (size_t i = 0; i < trial->names.descriptor_count && pattern.key == 0; i++)
        if (trial->names.descriptors[i].sends.position > 0)
            pattern.key = trial->names.descriptors[i].sends.key;
    check(trial, pending->member->name, expectation_names[field],
          match_bytes(step->expect[field], bytes, size, &pattern),
          show_node(trial, step->expect[field]), show_bytes(trial, bytes, size, SHOWN_SAID));
}

static void judge_packet(struct trial *trial, const struct step *step,
                         const struct pending *pending)
{
    const struct node *expected = step->expect[EXPECT_packet];
    uint8_t buffer[FRAME_MAX + 128];
    struct packet packet;
    if (!account_packet(trial, pending, buffer, sizeof buffer, &packet)) {
        check(trial, pending->member->name, "packet", false, show_node(trial, expected),
              trial_text(trial, "no IP packet"));
        return;
    }
    const struct naming *naming = &trial->stage->hosts.naming;
    struct answered answered = {0, 0};
    char field[64];
    packet = flows_numbered(trial->stage->flows, &packet);
    bool met = packetmatch(expected, &packet, naming, &answered);
    json_t *description = packet_describe(&packet, naming);
    if (packetmatch_unanswered(expected, &answered, field, sizeof field))
        trial_broken(trial, CODE_NO_SUCH_FIELD,
                     "step %d asks for '%s', and the packet has no such field: %s", step->number,
                     field, show_json(trial, description));
    else
        check(trial, pending->member->name, "packet", met, show_node(trial, expected),
              show_json(trial, description));
    json_decref(description);
}

static void judge_field(struct trial *trial, const struct step *step, const struct pending *pending,
                        enum expectation field, const json_t *outcome)
{
    const struct node *expected = step->expect[field];
    const char *name = expectation_names[field];
    const json_t *observed = json_object_get(outcome, name);
    /* Which descriptors have events is the whole of them: {} is none at all. */
    bool whole = field != EXPECT_events || json_object_size(observed) == expected->count;
    if (observed == NULL)
        trial_broken(trial, CODE_EXPECTATION_NOT_EVALUATED,
                     "the expectation '%s' of step %d was never evaluated: the call gave no such "
                     "result (it returned %lld)",
                     name, step->number, (long long)pending_call(trial, pending)->result);
    else
        check(trial, pending->member->name, name, whole && match_value(expected, observed),
              show_node(trial, expected), show_json(trial, observed));
}

static void judge_one(struct trial *trial, const struct step *step, const struct pending *pending,
                      enum expectation field, const json_t *outcome)
{
    switch (field) {
    case EXPECT_data:
        judge_data(trial, step, pending);
        break;
    case EXPECT_packet:
        judge_packet(trial, step, pending);
        break;
    case EXPECT_signals:
        judge_signals(trial, step, pending->member);
        break;
    case EXPECT_stdout:
    case EXPECT_stderr:
        judge_said(trial, step, pending, field);
        break;
    case EXPECT_took:
    case EXPECT_returns:
    case EXPECT_errno:
    case EXPECT_from:
    case EXPECT_msg_flags:
    case EXPECT_control:
    case EXPECT_info:
    case EXPECT_notification:
    case EXPECT_value:
    case EXPECT_addr:
    case EXPECT_revents:
    case EXPECT_events:
    case EXPECT_messages:
    case EXPECT_exit:
    case EXPECT_fate:
    case EXPECT_count:
        judge_field(trial, step, pending, field, outcome);
        break;
    case EXPECT_COUNT:
        break;
    }
}

/* save: {FIELD: name}: a member of the outcome, or of what it holds. */
static void save(struct trial *trial, const struct step *step, const json_t *outcome)
{
    static const char *const inside[] = {"notification", "info", "value"};
    const struct node *wanted = step->modifier[MODIFIER_save];
    for (const struct node *one = wanted != NULL ? wanted->first : NULL; one != NULL;
         one = one->next) {
        const json_t *value = json_object_get(outcome, one->key);
        if (value == NULL)
            value = json_object_get(json_object_get(outcome, "addr"), one->key);
        for (size_t i = 0; i < sizeof inside / sizeof *inside && value == NULL; i++)
            value = json_object_get(json_object_get(outcome, inside[i]), one->key);
        if (value == NULL || trial->judgement.saved_count == SAVED_MAX) {
            trial_broken(trial, CODE_NOTHING_TO_SAVE, "step %d has no '%s' to save", step->number,
                         one->key);
            return;
        }
        trial->judgement.saved[trial->judgement.saved_count++] =
            (struct saved){one->text, show_json(trial, value)};
    }
}

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

/* A program ended in an order that no step expects, after a fault that may lead to that: it said
   so, and the case is over. */
static bool excused(struct trial *trial, const struct step *step, const struct pending *pending,
                    const json_t *outcome)
{
    const struct node *expected = step->expect[EXPECT_exit];
    const json_t *observed = json_object_get(outcome, "exit");
    bool as_expected = expected != NULL && match_value(expected, observed);
    if (as_expected || !runprogram_excused(trial, pending))
        return false;
    trial->judgement.over = true;
    check(trial, pending->member->name, "exit", true,
          trial_text(trial, "%s, or a clean error",
                     expected != NULL ? show_node(trial, expected) : "0"),
          show_json(trial, observed));
    return true;
}

static bool is_program(const struct trial *trial, const struct pending *pending)
{
    return verb_has(verb_get(pending_call(trial, pending)->verb), VERB_PROGRAM);
}

void judge_call(struct trial *trial, const struct step *step, struct pending *pending)
{
    json_t *outcome = outcome_json(trial, pending);
    if (is_program(trial, pending)) /* what fired stands before what came of it */
        runprogram_account(trial);
    bool named = step->expect[EXPECT_returns] != NULL || step->expect[EXPECT_exit] != NULL ||
                 (step->expect[EXPECT_errno] != NULL && !node_is(step->expect[EXPECT_errno], "0"));
    bool good = trial_good(trial) && !excused(trial, step, pending, outcome);
    if (!named && good)
        judge_success(trial, pending, outcome);
    /* returns and errno first: what a call gave besides them only makes sense when they are right.
     */
    for (int field = 0; field < EXPECT_COUNT && good && trial_good(trial); field++)
        if (step->expect[field] != NULL)
            judge_one(trial, step, pending, (enum expectation)field, outcome);
    const json_t *error = json_object_get(outcome, "errno");
    if (step->expect[EXPECT_errno] != NULL && error != NULL &&
        match_value(step->expect[EXPECT_errno], error))
        error_expected(trial, pending);
    if (good && trial_good(trial))
        save(trial, step, outcome);
    json_decref(outcome);
}

/* --- signals ---------------------------------------------------------------------------- */

static json_t *caught(struct trial *trial, const struct member *member, bool take)
{
    _Atomic uint32_t *counts =
        trial->stage->shared->signals[cast_index(&trial->stage->cast, member)];
    json_t *names = json_array();
    for (int number = 1; number < SIGNAL_MAX; number++) {
        uint32_t count = take ? atomic_exchange(&counts[number], 0) : atomic_load(&counts[number]);
        const char *name = count > 0 ? constant_name(GROUP_SIGNAL, number) : NULL;
        if (count > 0)
            json_array_append_new(names, name != NULL ? json_string(name) : json_integer(number));
    }
    return names;
}

void judge_signals(struct trial *trial, const struct step *step, const struct member *member)
{
    const struct node *expected = step->expect[EXPECT_signals];
    json_t *observed = caught(trial, member, true);
    check(trial, member->name, "signals", match_value(expected, observed),
          show_node(trial, expected), show_json(trial, observed));
    json_decref(observed);
}

void judge_notice_signals(struct trial *trial, const struct step *step)
{
    const struct cast *cast = &trial->stage->cast;
    for (int i = 0; i < cast->count; i++) {
        uint32_t count = 0;
        for (int number = 1; number < SIGNAL_MAX; number++)
            count += atomic_load(&trial->stage->shared->signals[i][number]);
        if (count > trial->signals.known[i]) {
            json_t *names = caught(trial, &cast->member[i], false);
            trial->signals.step[i] = step->number;
            trial_event(trial, "note", cast->member[i].name,
                        trial_text(trial, "caught so far: %s", show_json(trial, names)), NULL);
            json_decref(names);
        }
        trial->signals.known[i] = count;
    }
}

static void judge_unnamed_signals(struct trial *trial)
{
    const struct cast *cast = &trial->stage->cast;
    for (int i = 0; i < cast->count && trial_good(trial); i++) {
        if (cast->member[i].pid == 0)
            continue;
        json_t *left = caught(trial, &cast->member[i], false);
        if (json_array_size(left) > 0) {
            trial_asks_step(trial, trial->signals.step[i]);
            check(trial, cast->member[i].name, "signals", false,
                  trial_text(trial, "none that the case does not name"), show_json(trial, left));
        }
        json_decref(left);
    }
}

/* --- the end ---------------------------------------------------------------------------- */

/* Packets were kept to be overtaken, and none was. */
static bool none_overtaken(const struct trial *trial, size_t number)
{
    const struct fault_node *node = &trial->variant->faults[number];
    bool none = node->wire != NULL && node_is(node->action, "reorder");
    for (size_t i = 0; i < trial->seen.count && none; i++)
        none = trial->seen.sightings[i].fate != FATE_REORDERED;
    return none;
}

/* Why the fault of that number never fired, as far as the packets tell. */
static const char *why_never(struct trial *trial, size_t number)
{
    char field[64];
    const char *why = "";
    if (wirefault_unanswered(number, field, sizeof field))
        why = trial_text(trial, "; no packet that it met has the field '%s'", field);
    return why;
}

static void judge_fired(struct trial *trial)
{
    const struct plan *plan = &trial->stage->shared->plan;
    for (size_t i = 0; i < plan->count && trial_good(trial); i++) {
        const struct fault *fault = &plan->fault[i];
        const struct node *expected = node_get(trial->variant->fired, fault->name);
        uint64_t fired = atomic_load(&fault->fired);
        json_t *count = json_integer((json_int_t)fired);
        if (expected != NULL)
            trial_asks_node(trial, expected);
        else
            trial_asks_fault(trial, fault->name);
        const char *why = fired == 0 ? why_never(trial, i) : "";
        bool meant = expected != NULL && match_value(expected, count) && *why == '\0';
        if (fired == 0 && !meant)
            trial_broken(trial, CODE_FAULT_NEVER_FIRED,
                         "the fault '%s' never fired: the case proves nothing about it (its "
                         "trigger was asked "
                         "%llu times%s)",
                         fault->name, (unsigned long long)atomic_load(&fault->chances), why);
        else if (fired > 0 && none_overtaken(trial, i))
            trial_broken(trial, CODE_FAULT_WITHOUT_EFFECT,
                         "the fault '%s' fired and no packet was overtaken: nothing was sent "
                         "behind those that it kept, and the case proves nothing about it",
                         fault->name);
        else if (expected != NULL)
            check(trial, "harness", trial_text(trial, "fired.%s", fault->name),
                  match_value(expected, count), show_node(trial, expected),
                  show_json(trial, count));
        json_decref(count);
    }
}

static void judge_members(struct trial *trial, const char *field, const struct node *expected,
                          const json_t *observed)
{
    bool exact = expected != NULL && expected->kind == NODE_SCALAR;
    if (exact)
        trial_asks_node(trial, expected);
    if (exact && json_object_get(observed, "exact") == NULL)
        trial_broken(
            trial, CODE_EXPECTATION_NOT_EVALUATED,
            "the expectation 'ordering: %s' was never evaluated: messages have no stream order",
            expected->text);
    else if (exact)
        check(trial, "harness", field, json_is_true(json_object_get(observed, "exact")),
              show_node(trial, expected), show_json(trial, observed));
    for (const struct node *one = expected != NULL ? expected->first : NULL;
         one != NULL && trial_good(trial); one = one->next) {
        const json_t *value = json_object_get(observed, one->key);
        trial_asks_node(trial, one);
        if (value == NULL)
            trial_broken(
                trial, CODE_EXPECTATION_NOT_EVALUATED,
                "the expectation '%s.%s' was never evaluated: this transport has no such figure",
                field, one->key);
        else
            check(trial, "harness", trial_text(trial, "%s.%s", field, one->key),
                  match_value(one, value), show_node(trial, one), show_json(trial, value));
    }
}

static void judge_one_never(struct trial *trial, const struct node *never)
{
    const struct naming *naming = &trial->stage->hosts.naming;
    const struct node *from = node_get(never, "from");
    struct answered answered = {0, 0};
    char field[64];
    trial_asks_node(trial, never);
    for (size_t i = 0; i < trial->seen.count && trial_good(trial); i++) {
        const struct sighting *seen = &trial->seen.sightings[i];
        struct packet packet;
        if ((from != NULL && !node_is(from, side_name(seen->from))) ||
            !traffic_packet(seen, &packet) || !packetmatch(never, &packet, naming, &answered))
            continue;
        json_t *description = packet_describe(&packet, naming);
        check(trial, "wire", "never", false, show_node(trial, never),
              show_json(trial, description));
        json_decref(description);
    }
    if (trial_good(trial) && packetmatch_unanswered(never, &answered, field, sizeof field))
        trial_broken(trial, CODE_NO_SUCH_FIELD,
                     "'never' asks for '%s', and no packet has such a field: it proves nothing",
                     field);
}

static void judge_never(struct trial *trial)
{
    const struct node *never = trial->variant->never;
    for (const struct node *one = never != NULL ? never->first : NULL; one != NULL; one = one->next)
        judge_one_never(trial, one);
}

static void judge_resets(struct trial *trial)
{
    for (size_t i = 0; i < trial->seen.count && !trial->rst_named && trial_good(trial); i++) {
        const struct sighting *seen = &trial->seen.sightings[i];
        struct packet packet;
        if (packet_parse(&packet, seen->frame, seen->size) && packet_has_kind(&packet, "rst")) {
            trial_asks_step(trial, seen->step);
            check(trial, "wire", "resets", false,
                  trial_text(trial, "no RST: no step or fault names one"),
                  trial_text(trial, "an RST from %s during step %d", side_name(seen->from),
                             seen->step));
        }
    }
}

void judge_end(struct trial *trial)
{
    bool messages = trial->variant->file->transport != TRANSPORT_TCP;
    json_t *delivery = ledger_delivery(trial->stage->ledger, messages);
    json_t *ordering = ledger_ordering(trial->stage->ledger, messages);
    runprogram_judge(trial);
    if (trial_good(trial))
        judge_resets(trial);
    judge_unnamed_signals(trial);
    if (trial_good(trial))
        judge_never(trial);
    if (trial_good(trial) && !trial->judgement.over) /* what was to come need not have come */
        judge_members(trial, "delivery", trial->variant->delivery, delivery);
    if (trial_good(trial) && !trial->judgement.over)
        judge_members(trial, "ordering", trial->variant->ordering, ordering);
    if (trial_good(trial) && !trial->judgement.over)
        judge_fired(trial);
    json_decref(delivery);
    json_decref(ordering);
}
