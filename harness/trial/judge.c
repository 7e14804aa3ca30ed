/* SPDX-License-Identifier: MIT */
#include "trial/judge.h"

#include "observe/content.h"
#include "observe/match.h"
#include "observe/packetmatch.h"
#include "observe/symbol.h"
#include "packet/compact.h"
#include "packet/describe.h"
#include "trial/named.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

char *judge_show_node(struct judgement *judgement, const struct node *node)
{
    return node_print(judgement->arena, node);
}

char *judge_show_json(struct judgement *judgement, const json_t *json)
{
    char nothing = 0;
    struct compact measured = {&nothing, 0, 0};
    if (json == NULL)
        return arena_copy(judgement->arena, "nothing", strlen("nothing"));
    if (json_is_string(json))
        return arena_copy(judgement->arena, json_string_value(json), json_string_length(json));
    compact_value(&measured, json);
    struct compact text = {arena_alloc(judgement->arena, measured.size + 1), measured.size, 0};
    compact_value(&text, json);
    return text.out;
}

static char *show_bytes(struct judgement *judgement, struct stretch stretch,
                        enum content_shown most)
{
    char text[1024];
    content_print(stretch.bytes, stretch.size, most, text, sizeof text);
    return judgement_text(judgement, "%s", text);
}

/* --- success ------------------------------------------------------------------------------- */

static json_int_t returned(const struct evidence *evidence)
{
    return json_integer_value(json_object_get(evidence->outcome, "returns"));
}

/* NULL: none. */
static const char *error_of(const struct evidence *evidence)
{
    return json_string_value(json_object_get(evidence->outcome, "errno"));
}

/* An errno that has no name is a number. */
static bool failed(const struct evidence *evidence)
{
    return error_of(evidence) != NULL ||
           json_integer_value(json_object_get(evidence->outcome, "errno")) != 0;
}

static bool went_well(const struct evidence *evidence)
{
    return !failed(evidence) && returned(evidence) >= 0;
}

/* How a program ended, and what it said, which tells why. */
static char *show_ending(struct judgement *judgement, const struct evidence *evidence)
{
    bool err = evidence->err.size > 0;
    return judgement_text(judgement, "%s, with %s %s",
                          judge_show_json(judgement, json_object_get(evidence->outcome, "exit")),
                          err ? "stderr" : "stdout",
                          show_bytes(judgement, err ? evidence->err : evidence->out, SHOWN_SAID));
}

/* A program of which the case says nothing else ends with 0. */
static void judge_status(struct judgement *judgement, const struct evidence *evidence)
{
    if (returned(evidence) != 0)
        judgement_check(judgement, evidence->actor, "exit", false, judgement_text(judgement, "0"),
                        show_ending(judgement, evidence));
}

/* True when some word below the node names a signal. */
static bool names_signal(const struct node *node)
{
    bool named = node->kind == NODE_SCALAR && strncmp(node->text, "SIG", 3) == 0;
    for (const struct node *one = node->first; one != NULL && !named; one = one->next)
        named = names_signal(one);
    return named;
}

/* A signal killed the program, and the step does not name it: whatever it says of statuses. */
static bool judge_crash(struct judgement *judgement, const struct step *step,
                        const struct evidence *evidence)
{
    const struct node *expected = step->expect[EXPECT_exit];
    const json_t *killer = json_object_get(evidence->outcome, "signal");
    if (killer == NULL ||
        (expected != NULL && names_signal(expected) && match_value(expected, killer)))
        return false;
    judgement_fail(judgement, evidence->actor, CODE_PROGRAM_CRASHED, "exit",
                   expected != NULL ? judge_show_node(judgement, expected)
                                    : judgement_text(judgement, "0"),
                   show_ending(judgement, evidence));
    return true;
}

/* 128 and the signal's number: so a shell tells of it. 0: there is no such signal. */
static int shell_status(const char *killer)
{
    char one[SYMBOL_SIGNAL];
    int number = 1;
    while (number < NSIG && strcmp(symbol_signal(number, one), killer) != 0)
        number++;
    return number < NSIG ? 128 + number : 0;
}

/* True when some word below the node is that number. */
static bool names_number(const struct node *node, int number)
{
    bool named = node->kind == NODE_SCALAR && strtol(node->text, NULL, 10) == number;
    for (const struct node *one = node->first; one != NULL && !named; one = one->next)
        named = names_number(one, number);
    return named;
}

/* The step names the signal, or the status that a shell makes of it, as what it waits for. */
static bool expects_crash(const struct node *expected, const json_t *killer)
{
    int number = shell_status(json_string_value(killer));
    json_t *status = json_integer(number);
    bool named = (names_signal(expected) && match_value(expected, killer)) ||
                 (number > 0 && names_number(expected, number) && match_value(expected, status));
    json_decref(status);
    return named;
}

/* A process that the program started was killed by a signal of its own making, and the step does
   not name it. */
static bool judge_crash_below(struct judgement *judgement, const struct step *step,
                              const struct evidence *evidence)
{
    const struct node *expected = step->expect[EXPECT_exit];
    const json_t *one = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(evidence->outcome, "crashed"), i, one)
    {
        const json_t *killer = json_object_get(one, "signal");
        if (expected == NULL || !expects_crash(expected, killer)) {
            judgement_fail(judgement, evidence->actor, CODE_PROGRAM_CRASHED, "exit",
                           judgement_text(judgement, "no crash of what the program starts"),
                           judgement_text(judgement, "%s was killed by %s; the program: %s",
                                          json_string_value(json_object_get(one, "name")),
                                          json_string_value(killer),
                                          show_ending(judgement, evidence)));
            return true;
        }
    }
    return false;
}

/* What a call returned, with its error where it failed. */
static char *show_returned(struct judgement *judgement, const struct evidence *evidence)
{
    const char *error = error_of(evidence);
    return judgement_text(judgement, "%lld%s%s", (long long)returned(evidence),
                          error != NULL ? " with errno " : "", error != NULL ? error : "");
}

/* The call's own words for success when the case names no result. */
static void judge_success(struct judgement *judgement, const struct evidence *evidence)
{
    size_t all = evidence->whole;
    if (verb_has(evidence->verb, VERB_PROGRAM) && !failed(evidence)) {
        judge_status(judgement, evidence);
        return;
    }
    if (went_well(evidence) && (all == 0 || (size_t)returned(evidence) == all))
        return;
    char *expected = all > 0 ? judgement_text(judgement, "%zu (success)", all)
                             : judgement_text(judgement, "success (no errno)");
    judgement_fail(judgement, evidence->actor,
                   error_of(evidence) != NULL ? CODE_UNEXPECTED_ERRNO : CODE_INCOMPLETE, "returns",
                   expected, show_returned(judgement, evidence));
}

/* --- bytes --------------------------------------------------------------------------------- */

/* One buffer after the other, where a scattered receive filled several, or one message after the
   other. */
static bool match_pieces(const struct node *expected, const struct evidence *evidence)
{
    bool many = (evidence->verb->outs & OUT_messages) != 0;
    const struct node *one = expected->first;
    size_t at = 0, size = evidence->data.size;
    bool yes = true;
    for (uint64_t i = 0; i < evidence->size_count && (many || at < size) && yes; i++) {
        size_t part = size - at < evidence->sizes[i] ? size - at : evidence->sizes[i];
        yes = one != NULL && match_bytes(one, evidence->data.bytes + at, part, evidence->incoming);
        one = one != NULL ? one->next : NULL;
        at += part;
    }
    return yes && one == NULL;
}

static void judge_data(struct judgement *judgement, const struct step *step,
                       const struct evidence *evidence)
{
    const struct node *expected = step->expect[EXPECT_data];
    char *shown = judge_show_node(judgement, expected);
    if (returned(evidence) < 0) {
        judgement_check(
            judgement, evidence->actor, "data", false, shown,
            judgement_text(judgement, "none: the call failed with %s", error_of(evidence)));
        return;
    }
    bool met = expected->kind == NODE_LIST ? match_pieces(expected, evidence)
                                           : match_bytes(expected, evidence->data.bytes,
                                                         evidence->data.size, evidence->incoming);
    judgement_check(judgement, evidence->actor, "data", met, shown,
                    show_bytes(judgement, evidence->data, SHOWN_MOVED));
}

static void judge_said(struct judgement *judgement, const struct step *step,
                       const struct evidence *evidence, enum expectation field)
{
    struct stretch said = field == EXPECT_stderr ? evidence->err : evidence->out;
    struct pattern pattern = evidence->said;
    json_int_t unkept = json_integer_value(
        json_array_get(json_object_get(evidence->outcome, "unkept"), field == EXPECT_stderr));
    if (unkept > 0) {
        judgement_broken(judgement, CODE_TOO_LARGE,
                         "of what the program of '%s' said, %zu bytes are kept and %lld are not: "
                         "'%s' of step %d, which is about all of it, cannot be judged",
                         evidence->actor, said.size, (long long)unkept, expectation_names[field],
                         step->number);
        return;
    }
    judgement_check(judgement, evidence->actor, expectation_names[field],
                    match_bytes(step->expect[field], said.bytes, said.size, &pattern),
                    judge_show_node(judgement, step->expect[field]),
                    show_bytes(judgement, said, SHOWN_SAID));
}

static void judge_packet(struct judgement *judgement, const struct step *step,
                         const struct evidence *evidence)
{
    const struct node *expected = step->expect[EXPECT_packet];
    char *shown = judge_show_node(judgement, expected);
    struct answered answered = {0, 0};
    char field[64];
    if (evidence->packet == NULL) {
        judgement_check(judgement, evidence->actor, "packet", false, shown,
                        judgement_text(judgement, "no whole IP packet"));
        return;
    }
    bool met = packetmatch(expected, evidence->packet, evidence->naming, &answered);
    if (packetmatch_unanswered(expected, &answered, field, sizeof field)) {
        char line[256];
        packet_line(evidence->packet, evidence->naming, line, sizeof line);
        judgement_fail(judgement, evidence->actor, CODE_NO_SUCH_FIELD, "packet", shown,
                       judgement_text(judgement, "a packet that has no '%s': %s", field, line));
        return;
    }
    json_t *description = packet_describe(evidence->packet, evidence->naming);
    judgement_check(judgement, evidence->actor, "packet", met, shown,
                    judge_show_json(judgement, description));
    json_decref(description);
}

/* --- fields -------------------------------------------------------------------------------- */

/* A call that went well, and did not give what comes with that. In place of an event a message may
   have come. */
static void judge_absent(struct judgement *judgement, const struct step *step,
                         const struct evidence *evidence, enum expectation field)
{
    const char *name = expectation_names[field];
    bool message = field == EXPECT_notification && evidence->data.size > 0;
    char *observed = judgement_text(judgement, "no %s", name);
    if (message)
        observed = judgement_text(judgement, "no %s, but data: %s", name,
                                  show_bytes(judgement, evidence->data, SHOWN_MOVED));
    judgement_check(judgement, evidence->actor, name, false,
                    judge_show_node(judgement, step->expect[field]), observed);
}

/* What the stack did not give is its failure; what a call that failed cannot give, the case's. */
static void judge_field(struct judgement *judgement, const struct step *step,
                        const struct evidence *evidence, enum expectation field)
{
    const struct node *expected = step->expect[field];
    const char *name = expectation_names[field];
    const json_t *observed = json_object_get(evidence->outcome, name);
    /* Which descriptors have events is the whole of them: {} is none at all. */
    bool whole = field != EXPECT_events || json_object_size(observed) == expected->count;
    if (observed == NULL && went_well(evidence))
        judge_absent(judgement, step, evidence, field);
    else if (observed == NULL)
        judgement_broken(judgement, CODE_EXPECTATION_NOT_EVALUATED,
                         "the expectation '%s' of step %d was never evaluated: the call gave no "
                         "such result (it returned %lld)",
                         name, step->number, (long long)returned(evidence));
    else
        judgement_check(judgement, evidence->actor, name, whole && match_value(expected, observed),
                        judge_show_node(judgement, expected),
                        field == EXPECT_returns ? show_returned(judgement, evidence)
                                                : judge_show_json(judgement, observed));
}

static void judge_one(struct judgement *judgement, const struct step *step,
                      const struct evidence *evidence, enum expectation field)
{
    switch (field) {
    case EXPECT_data:
        judge_data(judgement, step, evidence);
        break;
    case EXPECT_packet:
        judge_packet(judgement, step, evidence);
        break;
    case EXPECT_signals: /* they are no call's: judge_signals */
        break;
    case EXPECT_stdout:
    case EXPECT_stderr:
        judge_said(judgement, step, evidence, field);
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
        judge_field(judgement, step, evidence, field);
        break;
    case EXPECT_COUNT:
        break;
    }
}

/* What a call gives that some stack may leave out: an address, what comes beside a message. */
static bool may_give(const struct verb *verb)
{
    const unsigned left_out = OUT_addr | OUT_from | OUT_info | OUT_notification | OUT_value;
    return (verb->outs & left_out) != 0;
}

static void judge_unsaved(struct judgement *judgement, const struct step *step,
                          const struct evidence *evidence, const char *key)
{
    if (evidence != NULL && went_well(evidence) && may_give(evidence->verb))
        judgement_fail(judgement, evidence->actor, CODE_NOTHING_TO_SAVE, "save",
                       judgement_text(judgement, "'%s' to save", key),
                       judgement_text(judgement, "the call gave none"));
    else
        judgement_broken(judgement, CODE_NOTHING_TO_SAVE, "step %d has no '%s' to save",
                         step->number, key);
}

void judge_save(struct judgement *judgement, const struct step *step, const json_t *outcome,
                const struct evidence *evidence)
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
        if (judgement->saved_count == SAVED_MAX) {
            judgement_broken(judgement, CODE_TOO_MANY, "a case saves at most %d values", SAVED_MAX);
            return;
        }
        if (value == NULL) {
            judge_unsaved(judgement, step, evidence, one->key);
            return;
        }
        judgement->saved[judgement->saved_count++] =
            (struct saved){one->text, judge_show_json(judgement, value)};
    }
}

/* A program ended in an order that no step expects, after a fault that may lead to that: it said
   so, and the case is over. */
static bool excused(struct judgement *judgement, const struct step *step,
                    const struct evidence *evidence)
{
    const struct node *expected = step->expect[EXPECT_exit];
    const json_t *observed = json_object_get(evidence->outcome, "exit");
    json_int_t status = returned(evidence);
    bool clean = verb_has(evidence->verb, VERB_PROGRAM) && status > 0;
    if ((expected != NULL && match_value(expected, observed)) || !clean || !evidence->may_err)
        return false;
    judgement->over = true;
    judgement_excuse(judgement, evidence->actor,
                     judgement_text(judgement, "%s, or a clean error",
                                    expected != NULL ? judge_show_node(judgement, expected) : "0"),
                     judge_show_json(judgement, observed));
    return true;
}

static bool names_result(const struct step *step)
{
    return step->expect[EXPECT_returns] != NULL || step->expect[EXPECT_exit] != NULL ||
           (step->expect[EXPECT_errno] != NULL && !node_is(step->expect[EXPECT_errno], "0"));
}

bool judge_call(struct judgement *judgement, const struct step *step,
                const struct evidence *evidence)
{
    bool good = judgement_good(judgement) && !judge_crash(judgement, step, evidence) &&
                !judge_crash_below(judgement, step, evidence) &&
                !excused(judgement, step, evidence);
    const json_t *error = json_object_get(evidence->outcome, "errno");
    judgement->wrong_result = false;
    if (!names_result(step) && good)
        judge_success(judgement, evidence);
    /* returns and errno first: what a call gave besides them only makes sense when they are right.
       A result that is known to be wrong says all there is of the call. */
    for (int field = 0; field < EXPECT_COUNT && good && judgement_good(judgement); field++)
        if (step->expect[field] != NULL && !judgement->wrong_result)
            judge_one(judgement, step, evidence, (enum expectation)field);
    if (good && judgement_good(judgement)) {
        if (!judgement->wrong_result)
            judge_save(judgement, step, evidence->outcome, evidence);
        named_by_call(judgement, step, evidence);
    }
    return step->expect[EXPECT_errno] != NULL && error != NULL &&
           match_value(step->expect[EXPECT_errno], error);
}

/* --- what is no call's ---------------------------------------------------------------------- */

void judge_signals(struct judgement *judgement, const struct step *step, const char *actor,
                   const json_t *caught)
{
    const struct node *expected = step->expect[EXPECT_signals];
    judgement_check(judgement, actor, "signals", match_value(expected, caught),
                    judge_show_node(judgement, expected), judge_show_json(judgement, caught));
}
