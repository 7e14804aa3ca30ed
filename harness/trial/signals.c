/* SPDX-License-Identifier: MIT */
#include "trial/signals.h"

#include "case/constant.h"
#include "trial/judge.h"

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

void signals_notice(struct trial *trial, const struct step *step)
{
    const struct cast *cast = &trial->stage->cast;
    for (int i = 0; i < cast->count; i++) {
        uint32_t count = 0;
        for (int number = 1; number < SIGNAL_MAX; number++)
            count += atomic_load(&trial->stage->shared->signals[i][number]);
        if (count > trial->signals.known[i]) {
            json_t *names = caught(trial, &cast->member[i], false);
            trial->signals.step[i] = step->number;
            trial_event(
                trial, "note", cast->member[i].name,
                trial_text(trial, "caught so far: %s", judge_show_json(&trial->judgement, names)),
                NULL);
            json_decref(names);
        }
        trial->signals.known[i] = count;
    }
}

json_t *signals_left(struct trial *trial)
{
    const struct cast *cast = &trial->stage->cast;
    json_t *all = json_array();
    for (int i = 0; i < cast->count; i++) {
        json_t *left = cast->member[i].pid > 0 ? caught(trial, &cast->member[i], false) : NULL;
        if (json_array_size(left) > 0)
            json_array_append_new(all, json_pack("{s:s, s:i, s:O}", "actor", cast->member[i].name,
                                                 "step", trial->signals.step[i], "caught", left));
        json_decref(left);
    }
    return all;
}
