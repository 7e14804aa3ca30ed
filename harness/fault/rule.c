/* SPDX-License-Identifier: MIT */
#include "fault/rule.h"

#include "base/quantity.h"
#include "case/constant.h"
#include "packet/packet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t number(const struct node *node)
{
    struct quantity quantity;
    bool is = node->kind == NODE_SCALAR && quantity_parse(node->text, &quantity);
    return is ? quantity.value : 0;
}

static int64_t error_number(const char *name)
{
    const struct constant *error = constant_find(GROUP_ERRNO, name);
    return error != NULL ? error->value : 0;
}

void rule_call(struct fault *fault, const struct node *action, const struct node *call,
               const char *by)
{
    const struct node *inside = action->kind == NODE_MAP ? action->first : NULL;
    fault->points = point_find(call->text);
    snprintf(fault->by, sizeof fault->by, "%s", by);
    fault->action = call_action_find(inside != NULL ? inside->key : action->text);
    if (inside != NULL)
        fault->argument = call_action_argument(fault->action) == ARGUMENT_ERRNO
                              ? error_number(inside->text)
                              : number(inside);
}

void rule_trigger(struct fault *fault, const struct node *when)
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
            trigger.n = (uint64_t)number(node_get(when, kinds[i].key));
        }
    const struct node *probability = node_get(when, "probability");
    if (probability != NULL) {
        trigger.kind = TRIGGER_PROBABILITY;
        trigger.probability = strtod(probability->text, NULL);
    }
    const struct node *once = node_get(when, "once");
    trigger.once = once != NULL && !node_is(once, "false");
    fault->after = trigger.kind == TRIGGER_AFTER ? trigger.n : 0;
    fault->trigger = trigger;
}

void rule_wire(struct fault *fault, const struct node *action, const struct node *wire)
{
    fault->wire = wire_action_find(action->text);
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        if (node_is(wire, "both") || node_is(wire, side_name(side)))
            fault->senders |= 1U << side;
}
