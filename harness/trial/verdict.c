/* SPDX-License-Identifier: MIT */
#include "trial/verdict.h"

#include "base/legible.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {"pass", "fail", "known", "broken", "skip", "not-run"};
    return verdict < VERDICT_COUNT ? names[verdict] : "broken";
}

bool judgement_good(const struct judgement *judgement)
{
    return judgement->verdict == VERDICT_PASS;
}

void judgement_event(struct judgement *judgement, const char *type, const char *actor,
                     const char *text, json_t *members)
{
    log_add(&judgement->log, log_now_us(&judgement->log), type, actor,
            judgement->step != NULL ? judgement->step->number : 0, text, members);
}

void judgement_asks_passage(struct judgement *judgement, struct mark mark, const char *source)
{
    judgement->asked = (struct passage){mark, source};
}

/* What the case file says at the place that is being judged. */
static struct passage passage_now(const struct judgement *judgement)
{
    if (judgement->step != NULL)
        return (struct passage){judgement->step->mark, judgement->step->source};
    if (judgement->asked.source != NULL)
        return judgement->asked;
    return (struct passage){judgement->variant->file->title_mark, ""};
}

void judgement_asks_node(struct judgement *judgement, const struct node *node)
{
    const char *value = node_print(judgement->arena, node);
    judgement->asked = node->key != NULL
                           ? (struct passage){node->key_mark,
                                              judgement_text(judgement, "%s: %s", node->key, value)}
                           : (struct passage){node->mark, value};
}

void judgement_asks_fault(struct judgement *judgement, const char *name)
{
    for (size_t i = 0; i < judgement->variant->fault_count; i++) {
        const struct fault_node *fault = &judgement->variant->faults[i];
        if (strcmp(fault->name, name) != 0)
            continue;
        const char *when = fault->when != NULL ? node_print(judgement->arena, fault->when) : NULL;
        const char *action = node_print(judgement->arena, fault->action);
        judgement->asked = (struct passage){
            fault->mark,
            when != NULL ? judgement_text(judgement, "%s: {do: %s, when: %s}", name, action, when)
                         : judgement_text(judgement, "%s: {do: %s}", name, action)};
    }
}

void judgement_asks_step(struct judgement *judgement, int number)
{
    for (size_t i = 0; i < judgement->variant->step_count; i++)
        if (judgement->variant->steps[i].number == number)
            judgement->asked = (struct passage){judgement->variant->steps[i].mark,
                                                judgement->variant->steps[i].source};
}

/* What was not met, as one line. */
static char *said_of(struct judgement *judgement, const struct failure *failure)
{
    char *said = judgement_text(judgement, "%s: expected %s, observed %s", failure->field,
                                failure->expected, failure->observed);
    return failure->step != NULL
               ? judgement_text(judgement, "step %d: %s", failure->step->number, said)
               : said;
}

static void note_unmet(struct judgement *judgement, const struct failure *failure, bool excused)
{
    json_t *members = json_pack("{s:s, s:s, s:s, s:b}", "field", failure->field, "expected",
                                failure->expected, "observed", failure->observed, "met", false);
    if (excused)
        json_object_set_new(members, "excused", json_true());
    judgement_event(judgement, "check", failure->actor,
                    judgement_text(judgement, "%s: expected %s, observed %s: NOT MET%s",
                                   failure->field, failure->expected, failure->observed,
                                   excused ? ", as is known" : ""),
                    members);
}

/* A call that did not end as its step says gave nothing else that could be right. */
static bool is_result(const char *field)
{
    return strcmp(field, "returns") == 0 || strcmp(field, "errno") == 0 ||
           strcmp(field, "exit") == 0;
}

/* Keeps a failure that is excused, once. */
static void keep_excused(struct judgement *judgement, const struct excuse *excuse,
                         const struct failure *failure)
{
    judgement->wrong_result = judgement->wrong_result || is_result(failure->field);
    bool kept = false;
    for (size_t i = 0; i < judgement->excused_count && !kept; i++)
        kept = judgement->excused[i].excuse == excuse;
    if (!kept)
        judgement->excused[judgement->excused_count++] = (struct excused){excuse, *failure};
}

/* The excuse of a failure, or NULL. */
static const struct excuse *excuse_of(const struct judgement *judgement,
                                      const struct failure *failure)
{
    return judgement->excused_count == EXCUSED_MAX
               ? NULL
               : excuses_find(&judgement->excuses,
                              failure->step != NULL ? failure->step->number : 0, failure->field,
                              failure->observed);
}

void judgement_fail(struct judgement *judgement, const char *actor, enum code code,
                    const char *field, char *expected, char *observed)
{
    const struct step *step = judgement->step;
    if (judgement->verdict == VERDICT_FAIL)
        return;
    if (actor == NULL)
        actor = step != NULL ? step->actor : "harness";
    const struct failure failure = {
        code,     step,    passage_now(judgement), judgement_text(judgement, "%s", actor), field,
        expected, observed};
    const struct excuse *excuse = excuse_of(judgement, &failure);
    note_unmet(judgement, &failure, excuse != NULL);
    if (excuse != NULL)
        keep_excused(judgement, excuse, &failure);
    if (excuse != NULL && excuse->go_on)
        return;
    judgement->verdict = VERDICT_FAIL;
    judgement->known = excuse != NULL;
    judgement->failure = failure;
    judgement->reason = said_of(judgement, &failure);
}

enum verdict judgement_verdict(const struct judgement *judgement)
{
    bool known =
        judgement->verdict == VERDICT_PASS ? judgement->excused_count > 0 : judgement->known;
    return known ? VERDICT_KNOWN : judgement->verdict;
}

const struct failure *judgement_failure(const struct judgement *judgement)
{
    return judgement_verdict(judgement) == VERDICT_KNOWN ? &judgement->excused[0].failure
                                                         : &judgement->failure;
}

/* The reasons of the baseline, each with the failures that it excuses behind it. */
static const char *known_reason(struct judgement *judgement)
{
    const char *text = "";
    const char *last = NULL;
    for (size_t i = 0; i < judgement->excused_count; i++) {
        const char *reason = judgement->excused[i].excuse->reason;
        const char *said = said_of(judgement, &judgement->excused[i].failure);
        bool same = last != NULL && strcmp(last, reason) == 0;
        if (same)
            text = judgement_text(judgement, "%s; %s", text, said);
        else
            text = judgement_text(judgement, "%s%s%s (%s", text, last != NULL ? "); " : "", reason,
                                  said);
        last = reason;
    }
    return judgement_text(judgement, "%s)", text);
}

const char *judgement_reason(struct judgement *judgement)
{
    if (judgement_verdict(judgement) == VERDICT_KNOWN)
        return known_reason(judgement);
    return judgement->reason != NULL ? judgement->reason : "";
}

void judgement_broken(struct judgement *judgement, enum code code, const char *format, ...)
{
    char text[512];
    va_list arguments;
    if (judgement->verdict != VERDICT_PASS)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    legible_make(text);
    judgement->verdict = VERDICT_BROKEN;
    judgement->reason = judgement_text(judgement, "%s", text);
    judgement->failure = (struct failure){.code = code,
                                          .step = judgement->step,
                                          .passage = passage_now(judgement),
                                          .actor = "harness"};
    judgement_event(judgement, "note", "harness", judgement_text(judgement, "broken: %s", text),
                    json_pack("{s:s}", "code", code_word(code)));
}

void judgement_pardon(struct judgement *judgement)
{
    judgement->verdict = VERDICT_PASS;
    judgement->known = false;
    judgement->excused_count = 0;
    judgement->failure = (struct failure){.code = CODE_NONE};
    judgement->reason = NULL;
}

void judgement_check(struct judgement *judgement, const char *actor, const char *field, bool met,
                     char *expected, char *observed)
{
    if (!met)
        judgement_fail(judgement, actor, CODE_MISMATCH, field, expected, observed);
    else
        judgement_event(judgement, "check", actor,
                        judgement_text(judgement, "%s: expected %s, observed %s: met", field,
                                       expected, observed),
                        json_pack("{s:s, s:s, s:s, s:b}", "field", field, "expected", expected,
                                  "observed", observed, "met", true));
}

void judgement_excuse(struct judgement *judgement, const char *actor, char *expected,
                      char *observed)
{
    judgement_event(
        judgement, "check", actor,
        judgement_text(judgement, "exit: expected %s, observed %s: met", expected, observed),
        json_pack("{s:s, s:s, s:s, s:b, s:s}", "field", "exit", "expected", expected, "observed",
                  observed, "met", true, "code", code_word(CODE_CLEAN_ERROR)));
}
