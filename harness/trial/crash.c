/* SPDX-License-Identifier: MIT */
#include "trial/crash.h"

#include "base/clock.h"
#include "observe/symbol.h"
#include "preload/control.h"
#include "trial/leftover.h"
#include "trial/pending.h"

static bool has_died(const struct control *control, int pid)
{
    bool died = false;
    for (uint64_t i = 0; i < control_kept(control) && !died; i++)
        died =
            atomic_load(&control->record[i].kind) == RECORD_DIED && control->record[i].pid == pid;
    return died;
}

/* An orphan has died, and waits to be reaped: the program that it comes from knows its number. */
static void take_orphan(const void *context, pid_t pid, int number)
{
    const struct trial *trial = context;
    struct control_record record = {.at_ns = clock_now_ns(), .process = "0", .thread = "0"};
    for (size_t i = 0; i < trial->programs.watched_count; i++) {
        struct control *control = trial->programs.watched[i].control;
        if (control_process_of(control, pid) != NULL && !has_died(control, pid))
            control_put_death(control, record, pid, number);
    }
}

static void take_orphans(const struct trial *trial)
{
    if (trial->programs.watched_count > 0)
        leftover_dead(cast_has, &trial->stage->cast, take_orphan, trial);
}

static const char *name_of(const struct control *control, const struct control_record *record)
{
    const char *name = control_dead_name(control, record);
    return name[0] != '\0' ? name : "a process";
}

/* Adds what the control file tells, each with the members of more. */
static void add_crashes(const struct control *control, json_t *more, json_t *list)
{
    char killer[SYMBOL_SIGNAL];
    for (uint64_t i = 0; i < control_kept(control); i++) {
        int number = control_crash(control, i);
        json_t *one = number == 0
                          ? NULL
                          : json_pack("{s:s, s:s}", "name", name_of(control, &control->record[i]),
                                      "signal", symbol_signal(number, killer));
        if (one != NULL) {
            json_object_update(one, more);
            json_array_append_new(list, one);
        }
    }
}

json_t *crash_below(const struct trial *trial, int step)
{
    json_t *list = json_array();
    take_orphans(trial);
    for (size_t i = 0; i < trial->programs.watched_count; i++)
        if (trial->programs.watched[i].step == step)
            add_crashes(trial->programs.watched[i].control, NULL, list);
    if (json_array_size(list) == 0) {
        json_decref(list);
        list = NULL;
    }
    return list;
}

static bool still_runs(const struct trial *trial, int step)
{
    bool runs = false;
    for (int i = 0; i < OPEN_MAX && !runs; i++) {
        const struct pending *one = &trial->calls.open[i];
        runs = one->slot >= 0 && !one->ended && one->step != NULL && one->step->number == step;
    }
    return runs;
}

json_t *crash_running(const struct trial *trial)
{
    json_t *list = json_array();
    take_orphans(trial);
    for (size_t i = 0; i < trial->programs.watched_count; i++) {
        const struct watched *one = &trial->programs.watched[i];
        json_t *whose = json_pack("{s:s, s:i}", "actor", one->actor, "step", one->step);
        if (still_runs(trial, one->step))
            add_crashes(one->control, whose, list);
        json_decref(whose);
    }
    return list;
}

void crash_note(struct trial *trial)
{
    char killer[SYMBOL_SIGNAL];
    take_orphans(trial);
    for (size_t i = 0; i < trial->programs.watched_count; i++) {
        const struct watched *watched = &trial->programs.watched[i];
        for (uint64_t r = 0; r < control_kept(watched->control); r++) {
            const struct control_record *record = &watched->control->record[r];
            int number = control_crash(watched->control, r);
            if (number != 0)
                trial_event(trial, "note", watched->actor,
                            trial_text(trial, "below the program %s (process %s) was killed by %s",
                                       name_of(watched->control, record), record->process,
                                       symbol_signal(number, killer)),
                            json_pack("{s:s}", "code", code_word(CODE_PROGRAM_CRASHED)));
        }
    }
}
