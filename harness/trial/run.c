/* SPDX-License-Identifier: MIT */
#include "trial/run.h"

#include "fault/wirefault.h"
#include "trial/arm.h"
#include "trial/baseline.h"
#include "trial/collect.h"
#include "trial/conclude.h"
#include "trial/crash.h"
#include "trial/examine.h"
#include "trial/group.h"
#include "trial/hosting.h"
#include "trial/hygiene.h"
#include "trial/pending.h"
#include "trial/pulse.h"
#include "trial/result.h"
#include "trial/runprogram.h"
#include "trial/script.h"
#include "trial/setup.h"
#include "trial/signals.h"
#include "trial/step.h"
#include "trial/traffic.h"
#include "trial/unfired.h"
#include "trial/weight.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void begin(struct trial *trial, struct report *report)
{
    trial->arena = arena_new();
    trial->judgement = (struct judgement){
        .variant = trial->variant, .arena = trial->arena, .verdict = VERDICT_PASS};
    trial->judgement.excuses =
        baseline_excuses(trial->stage->baseline, trial->variant->file->id, trial->variant->id,
                         trial->stage->version, trial->arena);
    trial->errors = json_array();
    trial->notes = json_array();
    for (int i = 0; i < OPEN_MAX; i++)
        trial->calls.open[i].slot = -1;
    log_begin(&trial->judgement.log, report, trial->variant->id);
    hosting_ports(trial);
    traffic_begin(trial);
    script_begin(trial);
}

static void unknown_citations(struct trial *trial)
{
    const struct casefile *file = trial->variant->file;
    for (size_t i = 0; i < file->cite_count; i++)
        if (!file->cites[i].known) {
            judgement_asks_passage(&trial->judgement, file->cites[i].mark, file->cites[i].id);
            trial_broken(
                trial, CODE_UNKNOWN_CITATION,
                "the citation '%s' is not in the catalogue: the case proves nothing about it",
                file->cites[i].id);
        }
}

static json_t *faults_json(const struct trial *trial)
{
    const struct plan *plan = &trial->stage->shared->plan;
    json_t *list = json_array();
    for (size_t i = 0; i < plan->count; i++) {
        const struct fault *fault = &plan->fault[i];
        char field[64];
        json_t *one = json_pack("{s:s, s:I, s:I}", "name", fault->name, "fired",
                                (json_int_t)atomic_load(&fault->fired), "chances",
                                (json_int_t)atomic_load(&fault->chances));
        if (wirefault_unanswered(trial->stage->wirefault, i, field, sizeof field))
            json_object_set_new(one, "lacks", json_string(field));
        if (atomic_load(&fault->fired) == 0)
            unfired_tell(trial, i, one);
        json_array_append_new(list, one);
    }
    return list;
}

/* The call of that step, which has ended and nobody has judged; NULL: none. */
static struct pending *unasked(struct trial *trial, const struct step *step)
{
    struct pending *found = NULL;
    for (int i = 0; i < OPEN_MAX && found == NULL; i++) {
        struct pending *one = &trial->calls.open[i];
        if (one->slot >= 0 && one->ended && one->step != NULL && one->step->number == step->number)
            found = one;
    }
    return found;
}

/* A started call that has ended, and of which no done: asks, went well, or its own step fails. One
   that is still open was left open. */
static void judge_unasked(struct trial *trial)
{
    for (size_t i = 0; i < trial->variant->step_count; i++) {
        struct pending *one = unasked(trial, &trial->variant->steps[i]);
        if (one == NULL || !trial_good(trial) || trial->judgement.over)
            continue;
        trial->judgement.step = one->step;
        examine(trial, one);
        if (one->group != NULL)
            group_done(trial, one->step, one);
        else
            collect_judge(trial, one->step, one);
    }
    trial->judgement.step = NULL;
}

/* The end of the case: what it comes to as a whole goes into the log and is judged. */
static void judge_end(struct trial *trial)
{
    bool messages = trial->variant->file->transport != TRANSPORT_TCP;
    runprogram_judge(trial);
    judge_unasked(trial);
    json_t *end = json_pack("{s:o, s:o, s:o, s:o, s:o}", "crashed", crash_late(trial), "delivery",
                            ledger_delivery(trial->stage->ledger, messages), "ordering",
                            ledger_ordering(trial->stage->ledger, messages), "signals",
                            signals_left(trial), "faults", faults_json(trial));
    trial_event(trial, "end", "harness", "the end of the case", json_incref(end));
    conclude(&trial->judgement, &trial->seen, end);
    json_decref(end);
}

static void run_steps(struct trial *trial)
{
    const struct variant *variant = trial->variant;
    for (size_t i = 0; i < variant->step_count && trial_good(trial) && !trial->judgement.over;
         i++) {
        trial->judgement.reached = variant->steps[i].number;
        step_run(trial, &variant->steps[i]);
        signals_notice(trial, &variant->steps[i]);
    }
    if (trial_good(trial))
        examine_settled(trial);
    runprogram_pardon(trial);
    trial->judgement.step = NULL;
    runprogram_seal(trial);
    runprogram_account(trial);
    runprogram_unseen(trial);
    crash_note(trial);
    if (trial->stage->recording)
        runprogram_reached(trial);
    if (trial_good(trial))
        judge_end(trial);
}

/* True when the case is about packets or messages: one more that is lost changes what it says. A
   stream must arrive whole over any network. */
static bool counts_packets(const struct variant *variant)
{
    bool counts = variant->file->transport != TRANSPORT_TCP || variant->fault_count > 0 ||
                  variant->never != NULL;
    for (size_t i = 0; i < variant->step_count && !counts; i++)
        counts = variant->steps[i].verb->side == SIDE_WIRE;
    return counts;
}

/* A packet that the harness itself lost is no finding about anybody. */
static void check_wire(struct trial *trial, unsigned lost_before)
{
    unsigned lost = trial->stage->on_wire ? wire_lost(trial->stage->wire) : 0;
    if (lost == lost_before)
        return;
    trial_event(trial, "note", "wire",
                trial_text(trial, "the wire was overrun and lost %u packets", lost - lost_before),
                NULL);
    if (counts_packets(trial->variant) || !trial_good(trial)) {
        judgement_pardon(&trial->judgement);
        trial_broken(trial, CODE_WIRE_OVERRUN, "the wire lost %u packets that no fault asked for",
                     lost - lost_before);
    }
}

/* An actor that somebody killed took its sockets with it: what the others saw then is no finding
   about anybody. */
static void check_actors(struct trial *trial)
{
    struct cast *cast = &trial->stage->cast;
    for (int i = 0; i < cast->count && trial->judgement.verdict == VERDICT_FAIL; i++)
        if (cast->member[i].named && cast_killed(&cast->member[i])) {
            trial->calls.member_died = true;
            judgement_pardon(&trial->judgement);
            trial_broken(trial, CODE_ACTOR_DIED, "the actor '%s' was ended meanwhile: %s",
                         cast->member[i].name,
                         cast_lack(&cast->member[i])[0] != '\0' ? cast_lack(&cast->member[i])
                                                                : "SIGKILL");
        }
}

/* Who asks the C library for the time, or sleeps by it, does not do then what the case says. */
static void check_clocks(struct trial *trial)
{
    int64_t told_us = 0, passed_us = 0;
    if (trial->judgement.verdict != VERDICT_FAIL ||
        !pulse_clocks_differ(trial, &told_us, &passed_us))
        return;
    judgement_pardon(&trial->judgement);
    trial_broken(trial, CODE_CLOCKS_DIFFER,
                 "the clock of the C library does not run like the kernel's: it told of %.3f s "
                 "where %.3f s passed; run without what is preloaded (LD_PRELOAD)",
                 (double)told_us / 1e6, (double)passed_us / 1e6);
}

static void capture(struct trial *trial, json_t *result)
{
    struct stage *stage = trial->stage;
    bool wanted = stage->capture || judgement_verdict(&trial->judgement) != VERDICT_PASS;
    char name[512];
    if (!wanted || trial->seen.frames == NULL || stage->report_folder == NULL)
        return;
    capture_name(name, sizeof name, trial->variant->id, stage->stack->name);
    if (traffic_save(trial, trial_text(trial, "%s/%s", stage->report_folder, name)) == 0)
        json_object_set_new(result, "capture", json_string(name));
    else
        trial_event(trial, "note", "harness",
                    trial_text(trial, "the capture could not be written: %s", strerror(errno)),
                    NULL);
}

/* What no delay can bring about. */
static bool is_certain(enum code code)
{
    static const enum code certain[] = {
        CODE_STORM,         CODE_PROGRAM_CRASHED, CODE_STREAM_DIVERGED, CODE_UNKNOWN_CITATION,
        CODE_CLOCKS_DIFFER, CODE_RELAY_LOST,      CODE_NEVER_SLEEPS,    CODE_TOO_LARGE,
        CODE_STACK_LACKS,   CODE_NOT_CARRIED,
    };
    bool found = false;
    for (size_t i = 0; i < sizeof certain / sizeof *certain && !found; i++)
        found = certain[i] == code;
    return found;
}

/* What fails while the machine stands still is tried again before it is said. */
static void tell_disturbance(struct trial *trial, json_t *result)
{
    bool certain = is_certain(trial->judgement.failure.code);
    json_t *disturbed = script_late(trial);
    if (disturbed == NULL && !certain)
        disturbed = pulse_disturbed(trial);
    if (disturbed != NULL)
        json_object_set_new(result, "disturbed", disturbed);
}

json_t *trial_run(struct stage *stage, const struct variant *variant, struct report *report,
                  int repeat)
{
    struct trial trial = {.stage = stage, .variant = variant};
    unsigned lost = stage->on_wire ? wire_lost(stage->wire) : 0;
    begin(&trial, report);
    unknown_citations(&trial);
    hygiene_begin(&trial);
    hosting_begin(&trial);
    pulse_begin(&trial); /* what the kernel lets wait who changes a host is no part of the case */
    if (trial_good(&trial) && arm_plan(&trial) && setup_make(&trial) && examine_settled(&trial) &&
        arm_on(&trial))
        run_steps(&trial);
    arm_off(&trial);
    check_wire(&trial, lost);
    check_actors(&trial);
    weight_judge(&trial);
    check_clocks(&trial);
    script_end(&trial);
    json_t *result = result_json(&trial, repeat);
    if (trial.judgement.verdict != VERDICT_PASS || trial.judgement.excuses.count > 0)
        tell_disturbance(&trial, result);
    capture(&trial, result);
    weight_end(&trial);
    traffic_end(&trial); /* what the clean-up puts on the wire is no part of the case */
    setup_clean(&trial);
    hosting_end(&trial);
    if (hygiene_end(&trial))
        json_object_set_new(result, "spent", json_true());
    pending_end(&trial);
    json_decref(trial.errors);
    json_decref(trial.signals.unnamed);
    json_decref(trial.notes);
    arena_free(trial.arena);
    return result;
}
