#include "trial/run.h"

#include "trial/arm.h"
#include "trial/examine.h"
#include "trial/hosting.h"
#include "trial/judge.h"
#include "trial/result.h"
#include "trial/runprogram.h"
#include "trial/setup.h"
#include "trial/step.h"
#include "trial/traffic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool names_reset(const struct variant *variant)
{
    static const char *const words[] = {
        "rst",   "RST",   "ECONNRESET", "ECONNREFUSED",   "EPIPE", "ECONNABORTED",
        "reset", "ABORT", "SCTP_ABORT", "SCTP_COMM_LOST", NULL};
    return hosting_names(variant, words);
}

static void begin(struct trial *trial, struct report *report)
{
    trial->arena = arena_new();
    trial->judgement = (struct judgement){
        .variant = trial->variant, .arena = trial->arena, .verdict = VERDICT_PASS};
    trial->errors = json_array();
    for (int i = 0; i < OPEN_MAX; i++)
        trial->calls.open[i].slot = -1;
    trial->rst_named =
        names_reset(trial->variant) || trial->variant->file->subject == SUBJECT_PROGRAM;
    log_begin(&trial->judgement.log, report, trial->variant->id);
    hosting_ports(trial);
    traffic_begin(trial);
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

static void run_steps(struct trial *trial)
{
    const struct variant *variant = trial->variant;
    for (size_t i = 0; i < variant->step_count && trial_good(trial) && !trial->judgement.over;
         i++) {
        trial->judgement.reached = variant->steps[i].number;
        step_run(trial, &variant->steps[i]);
        judge_notice_signals(trial, &variant->steps[i]);
    }
    if (trial_good(trial))
        examine_settled(trial);
    runprogram_pardon(trial);
    trial->judgement.step = NULL;
    runprogram_account(trial);
    runprogram_unseen(trial);
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

static void capture(struct trial *trial, json_t *result)
{
    struct stage *stage = trial->stage;
    bool wanted = stage->capture || trial->judgement.verdict == VERDICT_FAIL ||
                  trial->judgement.verdict == VERDICT_BROKEN;
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

json_t *trial_run(struct stage *stage, const struct variant *variant, struct report *report,
                  int repeat)
{
    struct trial trial = {.stage = stage, .variant = variant};
    unsigned lost = stage->on_wire ? wire_lost(stage->wire) : 0;
    begin(&trial, report);
    unknown_citations(&trial);
    hosting_begin(&trial);
    if (trial_good(&trial) && arm_plan(&trial) && setup_make(&trial) && examine_settled(&trial) &&
        arm_on(&trial))
        run_steps(&trial);
    arm_off(&trial);
    check_wire(&trial, lost);
    json_t *result = result_json(&trial, repeat);
    capture(&trial, result);
    traffic_end(); /* what the clean-up puts on the wire is no part of the case */
    setup_clean(&trial);
    hosting_end(&trial);
    json_decref(trial.errors);
    arena_free(trial.arena);
    return result;
}
