/* SPDX-License-Identifier: MIT */
#include "trial/signals.h"

#include "case/constant.h"
#include "trial/judge.h"
#include "verb/verb.h"

#include <signal.h>
#include <string.h>

static json_t *caught(struct trial *trial, const struct member *member, bool take)
{
    _Atomic uint32_t *counts =
        trial->stage->shared->signals[cast_index(&trial->stage->cast, member)];
    json_t *names = json_array();
    for (int number = 1; number < SIGNAL_MAX; number++) {
        uint32_t count = take ? atomic_exchange(&counts[number], 0) : atomic_load(&counts[number]);
        const char *name = count > 0 ? constant_name(GROUP_SIGNAL, number) : NULL;
        if (count > 0)
            json_array_append_new(names, name != NULL ? json_string(name) : json_integer(number));
    }
    return names;
}

void signals_judge(struct trial *trial, const struct step *step, const struct member *member)
{
    json_t *observed = caught(trial, member, true);
    trial_event(trial, "signals", member->name,
                trial_text(trial, "caught: %s", judge_show_json(&trial->judgement, observed)),
                json_pack("{s:O}", "caught", observed));
    judge_signals(&trial->judgement, step, member->name, observed);
    json_decref(observed);
}

/* True when what the actor of the step has caught can be of that step's send alone. */
static bool is_of_send(const struct trial *trial, const struct step *step,
                       const struct member *member)
{
    bool own = strcmp(step->actor, member->name) == 0 && verb_has(step->verb, VERB_SENDS) &&
               step->modifier[MODIFIER_start] == NULL && step->expect[EXPECT_signals] == NULL;
    for (int i = 0; i < OPEN_MAX && own; i++)
        own = trial->calls.open[i].slot < 0 || trial->calls.open[i].member != member;
    return own;
}

static void take_unnamed(struct trial *trial, const struct step *step, int member)
{
    _Atomic uint32_t *count = &trial->stage->shared->signals[member][SIGPIPE];
    if (!is_of_send(trial, step, &trial->stage->cast.member[member]) ||
        atomic_exchange(count, 0) == 0)
        return;
    if (trial->signals.unnamed == NULL)
        trial->signals.unnamed = json_array();
    json_array_append_new(trial->signals.unnamed,
                          json_pack("{s:s, s:i, s:[s]}", "actor", step->actor, "step", step->number,
                                    "caught", "SIGPIPE"));
}

/* The actor has caught one since the step before. What a step has judged is no more there. */
static void notice(struct trial *trial, const struct step *step, int member)
{
    const char *name = trial->stage->cast.member[member].name;
    json_t *names = caught(trial, &trial->stage->cast.member[member], false);
    if (json_array_size(names) > 0) {
        trial->signals.step[member] = step->number;
        trial_event(
            trial, "note", name,
            trial_text(trial, "caught so far: %s", judge_show_json(&trial->judgement, names)),
            NULL);
    }
    json_decref(names);
    take_unnamed(trial, step, member);
}

void signals_notice(struct trial *trial, const struct step *step)
{
    for (int i = 0; i < trial->stage->cast.count; i++) {
        uint32_t now = atomic_load(&trial->stage->shared->signals[i][0]);
        if (now != trial->signals.known[i])
            notice(trial, step, i);
        trial->signals.known[i] = now;
    }
}

json_t *signals_left(struct trial *trial)
{
    const struct cast *cast = &trial->stage->cast;
    json_t *all = json_array();
    if (trial->signals.unnamed != NULL)
        json_array_extend(all, trial->signals.unnamed);
    for (int i = 0; i < cast->count; i++) {
        json_t *left = cast->member[i].pid > 0 ? caught(trial, &cast->member[i], false) : NULL;
        if (json_array_size(left) > 0)
            json_array_append_new(all, json_pack("{s:s, s:i, s:O}", "actor", cast->member[i].name,
                                                 "step", trial->signals.step[i], "caught", left));
        json_decref(left);
    }
    return all;
}
