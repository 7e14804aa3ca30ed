/* SPDX-License-Identifier: MIT */
#include "trial/step.h"

#include "case/number.h"
#include "case/pkt.h"
#include "trial/account.h"
#include "trial/builtin.h"
#include "trial/callevent.h"
#include "trial/collect.h"
#include "trial/examine.h"
#include "trial/found.h"
#include "trial/group.h"
#include "trial/pending.h"
#include "trial/player.h"
#include "trial/prepare.h"
#include "trial/reference.h"
#include "trial/runprogram.h"
#include "trial/script.h"
#include "trial/settle.h"
#include "trial/sighting.h"
#include "trial/signals.h"
#include "verb/table.h"

#include <errno.h>
#include <string.h>

/* A step of many clients is as many calls. */
enum { DEADLINE_US = 10000000, CLIENT_US = 10000 };

static uint64_t deadline(const struct trial *trial, const struct step *step)
{
    int64_t usual = DEADLINE_US + (int64_t)trial->variant->file->clients * CLIENT_US;
    int64_t us = number_of(step->modifier[MODIFIER_within], usual);
    /* Virtual time is the same on every machine. */
    double factor = trial->stage->stack->virtual_time ? 1 : trial->stage->slow_factor;
    return (uint64_t)((double)us * factor);
}

static void overdue(struct trial *trial, const struct step *step, const struct pending *pending)
{
    const char *call = verb_get(pending_call(trial, pending)->verb)->name;
    uint64_t bound = deadline(trial, step);
    bool asleep = settle_blocked(trial, pending);
    if (trial->calls.member_died)
        return;
    callevent(trial, pending, asleep ? "blocked" : "started");
    trial_event(trial, "found", pending->member->name,
                trial_text(trial, "%s has not ended in time", call),
                json_pack("{s:s, s:I, s:b}", "overdue", call, "bound_us", (json_int_t)bound,
                          "asleep", asleep));
    found_overdue(&trial->judgement, call, bound, asleep);
}

static void begin_started(struct trial *trial, const struct step *step, struct pending *pending)
{
    pending->name = step->modifier[MODIFIER_start]->text;
    bool sent = pending_dispatch(trial, pending);
    if (sent && verb_has(step->verb, VERB_PROGRAM))
        runprogram_await(trial, pending, deadline(trial, step));
    if (sent && examine_settled(trial) && !pending->ended)
        callevent(trial, pending, "started");
}

/* What a call came to that has ended and was examined. */
static void judge_ended(struct trial *trial, const struct step *step, struct pending *pending)
{
    if (trial_good(trial))
        collect_judge(trial, step, pending);
    if (step->event != NULL)
        script_called(trial, step, pending);
}

static void run_call(struct trial *trial, const struct step *step)
{
    struct member *member = player(trial, step->actor);
    struct call *call = NULL;
    struct pending *pending = member != NULL ? pending_new(trial, member, &call) : NULL;
    if (pending == NULL || !prepare_call(trial, step, pending, call))
        return;
    if (verb_has(step->verb, VERB_WEARS)) /* a new process next time */
        member->worn = true;
    account_begin(trial, pending, verb_table(call->verb)->account);
    if (call->started) {
        begin_started(trial, step, pending);
    } else if (examine_finish(trial, pending, deadline(trial, step))) {
        judge_ended(trial, step, pending);
        pending_forget(trial, pending);
    } else if (trial_good(trial)) {
        overdue(trial, step, pending);
    }
}

static struct pending *named(struct trial *trial, const struct step *step)
{
    struct pending *pending = pending_find(trial, step->param[0]->text);
    if (pending == NULL)
        trial_broken(trial, CODE_NO_SUCH_CALL, "step %d: no call named '%s' is open", step->number,
                     step->param[0]->text);
    return pending;
}

static void run_done(struct trial *trial, const struct step *step)
{
    struct pending *pending = named(trial, step);
    if (pending == NULL)
        return;
    if (settle_wait(trial, pending, deadline(trial, step))) {
        examine(trial, pending);
        if (trial_good(trial) && pending->group != NULL)
            group_done(trial, step, pending);
        else
            judge_ended(trial, step, pending);
        pending_forget(trial, pending);
    } else if (trial_good(trial)) {
        overdue(trial, step, pending);
    }
}

static void run_blocked(struct trial *trial, const struct step *step)
{
    struct pending *pending = named(trial, step);
    if (pending == NULL)
        return;
    const struct call *call = pending_call(trial, pending);
    const char *verb = verb_get(call->verb)->name;
    bool asleep = !pending->ended && settle_blocked(trial, pending);
    int64_t result = pending->ended ? call->result : 0;
    if (asleep)
        callevent(trial, pending, "blocked");
    trial_event(trial, "found", pending->member->name,
                trial_text(trial, "%s %s", verb, asleep ? "is asleep" : "is not asleep"),
                json_pack("{s:s, s:b, s:b, s:I}", "started", verb, "asleep", asleep, "ended",
                          pending->ended, "returns", (json_int_t)result));
    found_blocked(&trial->judgement, verb, asleep, pending->ended, result);
    if (trial_good(trial) && step->expect[EXPECT_signals] != NULL)
        signals_judge(trial, step, pending->member);
}

/* --- all --------------------------------------------------------------------------------- */

static void carry_out(struct trial *trial, const struct step *step)
{
    const struct verb_ops *ops = verb_table(step->verb->id);
    if (step->event != NULL && step->event->kind == PKT_EVENT_PACKET)
        script_packet(trial, step);
    else if (group_meant(step))
        group_run(trial, step, deadline(trial, step));
    else if (ops->carry != NULL)
        ops->carry(trial, step, deadline(trial, step));
    else if (step->verb->id == VERB_done)
        run_done(trial, step);
    else if (step->verb->id == VERB_blocked)
        run_blocked(trial, step);
    else
        run_call(trial, step);
}

/* The sides that a step of the wire names; none for what picks out packets. */
static json_t *sides_json(const struct node *what)
{
    json_t *sides = json_array();
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        if (node_is(what, side_name(side)) || node_is(what, "both"))
            json_array_append_new(sides, json_string(side_name(side)));
    return sides;
}

static json_t *step_members(const struct step *step)
{
    json_t *members = json_pack("{s:i, s:s, s:s}", "line", step->mark.line, "verb",
                                step->verb->name, "source", step->source);
    if (step->verb->side == SIDE_WIRE)
        json_object_set_new(members, "sides", sides_json(step->param[0]));
    return members;
}

/* What the harness gives a name to; the log keeps what it stood for. */
static const char *given(void *context, const char *name)
{
    struct trial *trial = context;
    const char *text = builtin_text(trial, name);
    if (text != NULL)
        trial_event(trial, "value", "harness", trial_text(trial, "$%s is %s", name, text),
                    json_pack("{s:s, s:s}", "name", name, "value", text));
    return text;
}

void step_run(struct trial *trial, const struct step *step)
{
    trial->judgement.step = reference_filled(&trial->judgement, step, given, trial);
    atomic_store(&trial->judgement.log.report->step, step->number);
    if (trial_good(trial) && examine_settled(trial) && trial_good(trial) &&
        (step->event == NULL || script_due(trial, step))) {
        trial_event(trial, "step", step->actor,
                    trial_text(trial, "step %d: %s", step->number, step->source),
                    step_members(trial->judgement.step));
        sighting_step(&trial->seen, step->number, step->verb->side == SIDE_ACTOR);
        carry_out(trial, trial->judgement.step);
        if (step->event != NULL)
            script_reached(trial, step);
    }
}
