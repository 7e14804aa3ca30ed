/* SPDX-License-Identifier: MIT */
#include "trial/examine.h"

#include "case/constant.h"
#include "fault/fits.h"
#include "trial/callevent.h"
#include "trial/crash.h"
#include "trial/named.h"
#include "trial/outcome.h"
#include "trial/pending.h"
#include "trial/runprogram.h"
#include "trial/settle.h"
#include "trial/shortage.h"
#include "verb/table.h"

#include <errno.h>

/* An error that ends a connection ends it for its peer as well, and accept aborts what it took. */
static bool resets(const struct fault *fault)
{
    int error = fault->action == FAULT_ERRNO ? (int)fault->argument : 0;
    return fault->action == FAULT_RESET || error == ECONNABORTED ||
           (error != 0 && fits_fatal(error));
}

/* The connection that a fault has reset: the log tells which, for those who judge it again. */
static void note_reset(struct trial *trial, const struct pending *pending, json_t *members)
{
    const struct ports_of ports = pending_ports(trial, pending);
    json_object_set_new(members, "resets", json_true());
    json_object_set_new(members, "ports", json_pack("[i, i]", ports.own, ports.peer));
    named_by_fault(&trial->judgement, pending->member->name, &ports,
                   (int)pending_call(trial, pending)->step);
}

static void note_firings(struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    uint32_t count = call->firing_count < FIRING_MAX ? call->firing_count : FIRING_MAX;
    for (uint32_t i = 0; i < count; i++) {
        const struct fault *fault = &trial->stage->shared->plan.fault[call->firing[i].fault];
        if (fault->action == FAULT_CLOSE && pending->descriptor != NULL)
            pending->descriptor->closed = true;
        json_t *members = json_pack("{s:s, s:s}", "fault", fault->name, "origin", "injected");
        if (resets(fault))
            note_reset(trial, pending, members);
        char *text =
            trial_text(trial, "fault '%s' fires at sockproof/call/%s/%s (call %u of this step)",
                       fault->name, fault->by, call->point, call->firing[i].ordinal);
        log_add(&trial->judgement.log, log_now_us(&trial->judgement.log), "fault",
                pending->member->name, call->step, text, members);
    }
}

/* The fault point that the call reached, for who wants to know where faults could be. */
static void note_reached(struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    if (!trial->stage->recording || call->step == 0 || call->point[0] == '\0')
        return;
    log_add(
        &trial->judgement.log, log_now_us(&trial->judgement.log), "reached", pending->member->name,
        call->step,
        trial_text(trial, "%s reached %llu times", call->point, (unsigned long long)call->calls),
        json_pack("{s:s, s:I}", "call", call->point, "count", (json_int_t)call->calls));
}

/* Nobody expects it until a step that does was judged. */
static void note_error(struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    if (call->error == 0 || call->step == 0)
        return;
    const char *name = constant_name(GROUP_ERRNO, call->error);
    json_array_append_new(
        trial->errors, json_pack("{s:s, s:s, s:i, s:s, s:b, s:s}", "actor", pending->member->name,
                                 "call", verb_get(call->verb)->name, "step", call->step, "errno",
                                 name != NULL ? name : "unknown", "expected", false, "origin",
                                 call->injected ? "injected" : "genuine"));
}

/* What the machine did not give is no finding about the stack. */
static void note_shortage(struct trial *trial, const struct pending *pending)
{
    const char *what = shortage_of(trial, pending);
    if (what != NULL)
        trial_broken(trial, CODE_SHORTAGE, "%s: %s", pending->member->name, what);
}

void examine(struct trial *trial, struct pending *pending)
{
    if (pending->examined || pending->group != NULL)
        return;
    pending->examined = true;
    verb_table(pending_call(trial, pending)->verb)->account->end(trial, pending);
    runprogram_ended(trial, pending_call(trial, pending));
    note_firings(trial, pending);
    note_reached(trial, pending);
    note_error(trial, pending);
    outcome_keep(trial, pending);
    crash_taken(trial, pending);
    callevent(trial, pending, "returned");
    note_shortage(trial, pending);
}

static void examine_ended(struct trial *trial)
{
    for (int i = 0; i < OPEN_MAX; i++)
        if (trial->calls.open[i].slot >= 0 && trial->calls.open[i].ended)
            examine(trial, &trial->calls.open[i]);
}

bool examine_settled(struct trial *trial)
{
    bool still = settle(trial);
    examine_ended(trial);
    return still;
}

bool examine_finish(struct trial *trial, struct pending *pending, uint64_t deadline_us)
{
    if (!pending_dispatch(trial, pending) || !settle_wait(trial, pending, deadline_us))
        return false;
    examine(trial, pending);
    return true;
}
