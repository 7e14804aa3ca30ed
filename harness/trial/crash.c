/* SPDX-License-Identifier: MIT */
#include "trial/crash.h"

#include "base/clock.h"
#include "observe/symbol.h"
#include "preload/control.h"
#include "trial/leftover.h"
#include "trial/pending.h"

/* Whom a case names of those below one program. */
enum { NAMED_MOST = 64 };

/* An orphan has died, and waits to be reaped: the program that it comes from knows its number. */
static void take_orphan(const void *context, pid_t pid, int number)
{
    const struct trial *trial = context;
    struct control_record record = {.at_ns = clock_now_ns(), .process = "0", .thread = "0"};
    for (size_t i = 0; i < trial->programs.watched_count; i++) {
        struct control *control = trial->programs.watched[i].control;
        if (control_process_of(control, pid) != NULL &&
            !control_told(control, control_kept(control), pid))
            control_put_death(control, record, pid, number);
    }
}

static void take_orphans(const struct trial *trial)
{
    if (trial->programs.watched_count > 0)
        leftover_dead(cast_has, &trial->stage->cast, take_orphan, trial);
}

static json_t *described(const struct control *control, const struct control_record *record,
                         int number)
{
    char name[PROCESS_NAME], killer[SYMBOL_SIGNAL];
    control_dead_name(control, record, name);
    return json_pack("{s:s, s:s}", "name", name[0] != '\0' ? name : "a process", "signal",
                     symbol_signal(number, killer));
}

/* Those below one program that its control file tells of, without the first skipped of them, each
   with the members of more (NULL: none). Returns how many there are in all. */
static size_t add_crashes(const struct control *control, size_t skipped, json_t *more, json_t *list)
{
    size_t count = 0;
    for (uint64_t i = 0; i < control_kept(control) && count < NAMED_MOST; i++) {
        int number = control_crash(control, i);
        if (number == 0 || count++ < skipped)
            continue;
        json_t *one = described(control, &control->record[i], number);
        if (more != NULL)
            json_object_update(one, more);
        json_array_append_new(list, one);
    }
    return count;
}

json_t *crash_below(const struct trial *trial, int step)
{
    json_t *list = json_array();
    take_orphans(trial);
    for (size_t i = 0; i < trial->programs.watched_count; i++)
        if (trial->programs.watched[i].step == step)
            add_crashes(trial->programs.watched[i].control, 0, NULL, list);
    if (json_array_size(list) == 0) {
        json_decref(list);
        list = NULL;
    }
    return list;
}

void crash_taken(struct trial *trial, const struct pending *pending)
{
    size_t left = json_array_size(json_object_get(pending->outcome, "crashed"));
    for (size_t i = 0; i < trial->programs.watched_count && left > 0; i++) {
        struct watched *one = &trial->programs.watched[i];
        if (pending->step == NULL || one->step != pending->step->number)
            continue;
        json_t *list = json_array();
        size_t count = add_crashes(one->control, 0, NULL, list);
        one->crashes = count < left ? count : left;
        left -= one->crashes;
        json_decref(list);
    }
}

json_t *crash_late(const struct trial *trial)
{
    json_t *list = json_array();
    take_orphans(trial);
    for (size_t i = 0; i < trial->programs.watched_count; i++) {
        const struct watched *one = &trial->programs.watched[i];
        json_t *whose = json_pack("{s:s, s:i}", "actor", one->actor, "step", one->step);
        add_crashes(one->control, one->crashes, whose, list);
        json_decref(whose);
    }
    return list;
}

/* A note for each of one program. */
static void note_crashes(struct trial *trial, const struct watched *watched)
{
    json_t *list = json_array();
    const json_t *one = NULL;
    size_t i = 0;
    add_crashes(watched->control, 0, NULL, list);
    json_array_foreach(list, i, one)
        trial_event(trial, "note", watched->actor,
                    trial_text(trial, "below the program %s was killed by %s",
                               json_string_value(json_object_get(one, "name")),
                               json_string_value(json_object_get(one, "signal"))),
                    json_pack("{s:s}", "code", code_word(CODE_PROGRAM_CRASHED)));
    json_decref(list);
}

void crash_note(struct trial *trial)
{
    take_orphans(trial);
    for (size_t i = 0; i < trial->programs.watched_count; i++)
        note_crashes(trial, &trial->programs.watched[i]);
}
