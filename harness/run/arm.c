#include "run/arm.h"

#include "case/constant.h"
#include "run/actor.h"
#include "run/resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum fault_action action_of(const char *word)
{
    static const struct {
        const char *word;
        enum fault_action action;
    } actions[] = {{"errno", FAULT_ERRNO},       {"cap", FAULT_CAP},
                   {"reset", FAULT_RESET},       {"close", FAULT_CLOSE},
                   {"drop", FAULT_DROP},         {"duplicate", FAULT_DUPLICATE},
                   {"reorder", FAULT_REORDER},   {"corrupt", FAULT_CORRUPT},
                   {"cut", FAULT_CUT},           {"delay", FAULT_DELAY},
                   {"truncate", FAULT_TRUNCATE}, {"unreachable", FAULT_UNREACHABLE}};
    enum fault_action found = FAULT_NONE;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].word, word) == 0)
            found = actions[i].action;
    return found;
}

static void plan_action(struct fault *fault, const struct node *action)
{
    const struct node *inside = action->kind == NODE_MAP ? action->first : NULL;
    fault->action = action_of(inside != NULL ? inside->key : action->text);
    if (fault->action == FAULT_ERRNO && inside != NULL) {
        const struct constant *error = constant_find(GROUP_ERRNO, inside->text);
        fault->argument = error != NULL ? error->value : 0;
    } else if (inside != NULL) { /* cap and delay */
        fault->argument = resolve_number(inside, 0);
    }
}

static struct trigger trigger_of(const struct node *when)
{
    static const struct {
        const char *key;
        enum trigger_kind kind;
    } kinds[] = {{"nth", TRIGGER_NTH},
                 {"every", TRIGGER_EVERY},
                 {"after", TRIGGER_AFTER},
                 {"covers_byte", TRIGGER_COVERS_BYTE}};
    struct trigger trigger = {.kind = TRIGGER_ALWAYS};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (node_get(when, kinds[i].key) != NULL) {
            trigger.kind = kinds[i].kind;
            trigger.n = (uint64_t)resolve_number(node_get(when, kinds[i].key), 0);
        }
    const struct node *probability = node_get(when, "probability");
    if (probability != NULL) {
        trigger.kind = TRIGGER_PROBABILITY;
        trigger.probability = strtod(probability->text, NULL);
    }
    const struct node *once = node_get(when, "once");
    trigger.once = once != NULL && !node_is(once, "false");
    return trigger;
}

static void plan_points(struct fault *fault, const struct fault_node *node)
{
    int next = 0;
    if (node->wire == NULL)
        snprintf(fault->point[0], FAULT_POINT, "sockproof/call/%s/%s", node->by->text,
                 node->call->text);
    for (enum side side = SIDE_CLIENT; node->wire != NULL && side < SIDE_COUNT; side++)
        if (node_is(node->wire, "both") || node_is(node->wire, side_name(side)))
            snprintf(fault->point[next++], FAULT_POINT, "sockproof/wire/%s", side_name(side));
}

static bool every_zero(const struct trigger *trigger)
{
    return trigger->kind == TRIGGER_EVERY && trigger->n == 0;
}

bool arm_plan(struct trial *trial)
{
    struct plan *plan = &trial->stage->shared->plan;
    memset(plan, 0, sizeof *plan);
    plan->seed = trial->stage->seed;
    if (trial->variant->fault_count > FAULT_MAX)
        trial_broken(trial, "a case may have at most %d faults", FAULT_MAX);
    for (size_t i = 0; i < trial->variant->fault_count && trial_good(trial); i++) {
        const struct fault_node *node = &trial->variant->faults[i];
        struct fault *fault = &plan->fault[plan->count++];
        snprintf(fault->name, FAULT_NAME, "%s", node->name);
        plan_points(fault, node);
        plan_action(fault, node->action);
        fault->trigger = trigger_of(node->when);
        if (fault->action == FAULT_NONE || every_zero(&fault->trigger))
            trial_broken(trial,
                         "the fault '%s' has no action or trigger that this build carries out",
                         node->name);
    }
    return trial_good(trial);
}

static bool has_call_faults(const struct trial *trial)
{
    bool found = false;
    for (size_t i = 0; i < trial->variant->fault_count; i++)
        found = found || trial->variant->faults[i].wire == NULL;
    return found;
}

/* Orders are handled in turn: a call sent after this one meets the plan. */
static bool order_all(struct trial *trial, enum actor_order order)
{
    struct cast *cast = &trial->stage->cast;
    bool sent = true;
    for (int i = 0; i < cast->count; i++)
        if (cast->member[i].pid > 0)
            sent = cast_send(&cast->member[i], order) == 0 && sent;
    return sent;
}

bool arm_on(struct trial *trial)
{
    trial->armed = true;
    if (trial->variant->fault_count == 0)
        return true;
    bool ok = plan_arm(&trial->stage->shared->plan) == 0;
    if (ok && has_call_faults(trial))
        ok = order_all(trial, ORDER_ARM);
    if (!ok)
        trial_broken(trial, "the fault plan could not be armed");
    return ok;
}

void arm_off(struct trial *trial)
{
    trial->armed = false;
    if (trial->variant->fault_count > 0) {
        plan_disarm();
        if (has_call_faults(trial))
            order_all(trial, ORDER_DISARM);
    }
}
