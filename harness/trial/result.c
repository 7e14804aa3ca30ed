/* SPDX-License-Identifier: MIT */
#include "trial/result.h"

#include "trial/runprogram.h"

/* The programs that a fault is about: the actor's whose call it is, of the wire all. */
static json_t *programs_json(struct trial *trial, const struct fault_node *fault)
{
    json_t *list = json_array();
    for (enum side side = SIDE_CLIENT; fault->by == NULL && side < SIDE_COUNT; side++) {
        const char *name = runprogram_name(trial, side_name(side));
        if (name != NULL)
            json_array_append_new(list, json_string(name));
    }
    const char *name = fault->by != NULL ? runprogram_name(trial, fault->by->text) : NULL;
    if (name != NULL)
        json_array_append_new(list, json_string(name));
    return list;
}

/* "errno EINTR", "cap 1", "drop" */
static const char *action_text(struct trial *trial, const struct node *action)
{
    const struct node *inside = action->kind == NODE_MAP ? action->first : NULL;
    return inside != NULL ? trial_text(trial, "%s %s", inside->key, inside->text) : action->text;
}

static json_t *faults_json(struct trial *trial)
{
    const struct plan *plan = &trial->stage->shared->plan;
    json_t *list = json_array();
    for (size_t i = 0; i < plan->count; i++) {
        const struct fault_node *node = &trial->variant->faults[i];
        const char *at = node->call != NULL ? node->call->text : "wire";
        json_array_append_new(list,
                              json_pack("{s:s, s:I, s:s, s:s, s:o}", "name", plan->fault[i].name,
                                        "fired", (json_int_t)atomic_load(&plan->fault[i].fired),
                                        "at", at, "does", action_text(trial, node->action),
                                        "programs", programs_json(trial, node)));
    }
    return list;
}

static json_t *requirements_json(const struct judgement *judgement,
                                 const struct catalogue *catalogue)
{
    const struct casefile *file = judgement->variant->file;
    json_t *list = json_array();
    for (size_t i = 0; i < file->cite_count; i++) {
        const struct requirement *one = catalogue_find(catalogue, file->cites[i].id);
        if (one != NULL)
            json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "id", one->id, "level",
                                                  one->level, "section", one->section, "summary",
                                                  one->summary));
    }
    return list;
}

static void add_not_run(json_t *list, int step, struct mark mark, const char *source)
{
    json_array_append_new(
        list, json_pack("{s:i, s:i, s:s}", "step", step, "line", mark.line, "source", source));
}

/* A member of the case's expect:, if it has it. */
static void add_whole(json_t *list, const struct node *node)
{
    struct arena *arena = arena_new();
    if (node != NULL)
        add_not_run(list, 0, node->key_mark,
                    arena_printf(arena, "%s: %s", node->key, node_print(arena, node)));
    arena_free(arena);
}

json_t *result_not_run(const struct variant *variant, int reached, bool concluded)
{
    json_t *list = json_array();
    for (size_t i = 0; i < variant->step_count; i++) {
        const struct step *step = &variant->steps[i];
        if (step->number > reached)
            add_not_run(list, step->number, step->mark, step->source);
    }
    if (!concluded) {
        add_whole(list, variant->delivery);
        add_whole(list, variant->ordering);
        add_whole(list, variant->fired);
        add_whole(list, variant->never);
    }
    return list;
}

json_t *result_failure(struct judgement *judgement, const struct catalogue *catalogue)
{
    const struct failure *failure = judgement_failure(judgement);
    if (failure->code == CODE_NONE)
        return json_null();
    json_t *json = json_pack(
        "{s:s, s:s, s:i, s:i, s:i, s:s, s:s, s:o, s:o}", "code", code_word(failure->code), "file",
        judgement->variant->file->path, "line", failure->passage.mark.line, "column",
        failure->passage.mark.column, "step", failure->step != NULL ? failure->step->number : 0,
        "source", failure->passage.source, "actor", failure->actor, "requirements",
        requirements_json(judgement, catalogue), "not_run",
        result_not_run(judgement->variant, judgement->reached, judgement->concluded));
    if (failure->field != NULL) {
        json_object_set_new(json, "field", json_string(failure->field));
        json_object_set_new(json, "expected", json_string(failure->expected));
        json_object_set_new(json, "observed", json_string(failure->observed));
    }
    return json;
}

/* The failures that were excused, each with where the baseline says so. */
static json_t *excused_json(const struct judgement *judgement)
{
    json_t *list = json_array();
    for (size_t i = 0; i < judgement->excused_count; i++) {
        const struct excuse *excuse = judgement->excused[i].excuse;
        const struct failure *failure = &judgement->excused[i].failure;
        json_array_append_new(list, json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:b}",
                                              "step", excuse->step, "actor", failure->actor,
                                              "field", failure->field, "expected",
                                              failure->expected, "observed", failure->observed,
                                              "reason", excuse->reason, "file", excuse->file,
                                              "line", excuse->mark.line, "went_on", excuse->go_on));
    }
    return list;
}

json_t *result_json(struct trial *trial, int repeat)
{
    bool messages = trial->variant->file->transport != TRANSPORT_TCP;
    json_t *result = json_object();
    json_object_set_new(result, "repeat", json_integer(repeat));
    json_object_set_new(result, "verdict",
                        json_string(verdict_name(judgement_verdict(&trial->judgement))));
    json_object_set_new(result, "reason", json_string(judgement_reason(&trial->judgement)));
    if (trial->judgement.excused_count > 0)
        json_object_set_new(result, "excused", excused_json(&trial->judgement));
    json_object_set_new(result, "duration_us",
                        json_integer((json_int_t)(log_now_us(&trial->judgement.log) -
                                                  trial->judgement.log.skipped_us)));
    json_object_set_new(result, "faults", faults_json(trial));
    json_object_set_new(result, "delivery", ledger_delivery(trial->stage->ledger, messages));
    json_object_set_new(result, "ordering", ledger_ordering(trial->stage->ledger, messages));
    json_object_set(result, "errors", trial->errors);
    if (json_array_size(trial->notes) > 0)
        json_object_set(result, "notes", trial->notes);
    json_object_set_new(result, "failure",
                        result_failure(&trial->judgement, trial->stage->catalogue));
    json_object_set_new(result, "capture", json_null());
    return result;
}
