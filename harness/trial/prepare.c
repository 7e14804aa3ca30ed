/* SPDX-License-Identifier: MIT */
#include "trial/prepare.h"

#include "case/number.h"
#include "trial/pending.h"
#include "trial/resolve.h"
#include "verb/table.h"

/* The descriptor that a verb works on when it takes none as a parameter. */
static void implied_descriptor(const struct preparation *p)
{
    const struct verb *verb = p->step->verb;
    const struct node *fd = p->step->modifier[MODIFIER_fd];
    const char *usual = verb_has(verb, VERB_ACCEPTS) ? "listener" : "sock";
    const char *name = fd != NULL ? fd->text : usual;
    bool takes = verb->params[0].type == TYPE_DESCRIPTOR;
    if (takes && p->step->param[0] == NULL)
        verb_argument(&p->call->in, verb->id, 0)->number = resolve_descriptor(p, name);
    else if (!takes && !verb_has(verb, VERB_NO_DESCRIPTOR))
        p->call->fd = (int)resolve_descriptor(p, name);
}

static void modifiers(const struct preparation *p)
{
    const struct node *limits = p->step->modifier[MODIFIER_limits];
    const struct node *at_call = p->step->modifier[MODIFIER_at];
    p->call->without = number_bits(p->step->modifier[MODIFIER_without], GROUP_CAPABILITY);
    p->call->started = p->step->modifier[MODIFIER_start] != NULL;
    if (limits != NULL && limits->first != NULL) {
        const struct constant *limit = constant_find(GROUP_RLIMIT, limits->first->key);
        p->call->limit_resource = limit != NULL ? (int)limit->value : -1;
        p->call->limit_value = (uint64_t)number_of(limits->first, 0);
    }
    if (at_call != NULL && pending_find(p->trial, at_call->text) == NULL)
        trial_broken(p->trial, CODE_NO_SUCH_CALL, "no call named '%s' is open", at_call->text);
}

bool prepare_call(struct trial *trial, const struct step *step, struct pending *pending,
                  struct call *call)
{
    const struct preparation p = {trial, step, pending, call};
    call->verb = step->verb->id;
    implied_descriptor(&p);
    for (size_t i = 0; i < step->verb->param_count && trial_good(trial); i++)
        if (step->param[i] != NULL)
            resolve_param(&p, i);
    if (trial_good(trial))
        modifiers(&p);
    if (trial_good(trial))
        verb_table(call->verb)->prepare(&p);
    if (pending->descriptor != NULL) {
        call->datagram = pending->descriptor->message;
        if (step->verb->params[0].type == TYPE_DESCRIPTOR)
            call->fd = (int)verb_argument(&call->in, call->verb, 0)->number;
    }
    return trial_good(trial);
}
