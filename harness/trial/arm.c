/* SPDX-License-Identifier: MIT */
#include "trial/arm.h"

#include "actor/order.h"
#include "fault/rule.h"

#include <stdio.h>
#include <string.h>

static void plan_action(struct fault *fault, const struct fault_node *node)
{
    if (node->wire != NULL)
        rule_wire(fault, node->action, node->wire);
    else
        rule_call(fault, node->action, node->call, node->by->text);
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
        trial_broken(trial, CODE_TOO_MANY, "a case may have at most %d faults", FAULT_MAX);
    for (size_t i = 0; i < trial->variant->fault_count && trial_good(trial); i++) {
        const struct fault_node *node = &trial->variant->faults[i];
        struct fault *fault = &plan->fault[plan->count++];
        snprintf(fault->name, FAULT_NAME, "%s", node->name);
        plan_action(fault, node);
        rule_trigger(fault, node->when);
        if ((fault->action == FAULT_NONE && fault->wire == WIRE_PASS) ||
            every_zero(&fault->trigger))
            trial_broken(trial, CODE_FAULT_UNKNOWN,
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

/* From here on packets are the case's, and what an address is called is said once. */
static void note_begin(struct trial *trial)
{
    trial_event(trial, "begin", "harness", "the set-up is over",
                json_pack("{s:O}", "hosts", trial->stage->addresses));
}

bool arm_on(struct trial *trial)
{
    trial->armed = true;
    note_begin(trial);
    if (trial->variant->fault_count == 0)
        return true;
    bool ok = plan_arm(&trial->stage->shared->plan) == 0;
    if (ok && has_call_faults(trial))
        ok = order_all(trial, ORDER_ARM);
    if (!ok)
        trial_broken(trial, CODE_FAULTS_NOT_ARMED, "the fault plan could not be armed");
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
