/* SPDX-License-Identifier: MIT */
#include "trial/runprogram.h"

#include "base/demise.h"
#include "base/legible.h"
#include "base/withheld.h"
#include "fault/attempt.h"
#include "observe/symbol.h"
#include "preload/control.h"
#include "program/launch.h"
#include "trial/conclude.h"
#include "trial/crash.h"
#include "trial/memory.h"
#include "trial/pending.h"
#include "trial/pulse.h"
#include "trial/settle.h"
#include "trial/shortage.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { READY_US = 60000000, PARDON_US = 10000000, LOOK_US = 1000 };

static bool is_program(const struct call *call)
{
    return verb_has(verb_get(call->verb), VERB_PROGRAM);
}

/* The last part of a word, behind its last slash: of {join: [$servers, "/nginx"]} "nginx". */
static const char *name_of(const struct node *word)
{
    const struct node *parts = node_get(word, "join");
    const struct node *last = parts != NULL ? parts->first : word;
    while (parts != NULL && last != NULL && last->next != NULL)
        last = last->next;
    const char *text = last != NULL && last->kind == NODE_SCALAR ? last->text : "";
    const char *slash = strrchr(text, '/');
    return slash != NULL ? slash + 1 : text;
}

/* "env -C FOLDER PROGRAM" is about PROGRAM. */
static const struct node *past_env(const struct node *word)
{
    const struct node *option = word != NULL ? word->next : NULL;
    const struct node *folder = option != NULL && node_is(option, "-C") ? option->next : NULL;
    bool env = folder != NULL && folder->next != NULL && strcmp(name_of(word), "env") == 0;
    return env ? folder->next : word;
}

const char *runprogram_name(struct trial *trial, const char *actor)
{
    const struct node *found = NULL;
    for (size_t i = 0; i < trial->variant->step_count && found == NULL; i++) {
        const struct step *step = &trial->variant->steps[i];
        if (verb_has(step->verb, VERB_PROGRAM) && strcmp(step->actor, actor) == 0)
            found = past_env(step->param[0]->first);
    }
    return found != NULL ? trial_text(trial, "%s", name_of(found)) : NULL;
}

/* --- its time ------------------------------------------------------------------------------ */

/* "with status 1", "by SIGSEGV". */
static const char *how(struct trial *trial, const struct call *call)
{
    char killer[SYMBOL_SIGNAL];
    return call->signal != 0 ? trial_text(trial, "by %s", symbol_signal(call->signal, killer))
                             : trial_text(trial, "with status %lld", (long long)call->result);
}

/* A signal that is none of ours. */
static void note_killed(struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    if (call->signal != 0 && !call->overfull && !trial->weight.too_much)
        trial_event(trial, "note", pending->member->name,
                    trial_text(trial, "the program ended %s", how(trial, call)),
                    json_pack("{s:s}", "code", code_word(CODE_PROGRAM_CRASHED)));
}

void runprogram_await(struct trial *trial, const struct pending *pending, uint64_t deadline_us)
{
    const struct call *call = pending_call(trial, pending);
    uint64_t bound = deadline_us < READY_US ? READY_US : deadline_us;
    uint64_t end = pulse_us(trial) + bound;
    bool waits = call->in.program.ready.number != READY_AT_ONCE;
    while (waits && atomic_load(&call->ready) == 0 && !pending->ended && trial_good(trial) &&
           !pulse_past(trial, end)) {
        struct until soon = settle_until(trial, LOOK_US);
        if (settle_pump(trial) == 0)
            settle_idle(trial, &soon);
    }
    if (!waits || atomic_load(&call->ready) != 0 || !trial_good(trial))
        return;
    const char *lacked = pending->ended ? shortage_of(trial, pending) : NULL;
    if (lacked != NULL) {
        trial_broken(trial, CODE_SHORTAGE, "%s", lacked);
    } else if (pending->ended && runprogram_excused(trial, pending)) {
        trial->judgement.over = true;
        judgement_excuse(&trial->judgement, pending->member->name,
                         trial_text(trial, "ready, or a clean error"),
                         trial_text(trial, "%lld", (long long)call->result));
    } else if (pending->ended) {
        note_killed(trial, pending);
        trial_broken(
            trial, CODE_PROGRAM_ENDED_EARLY, "the program ended %s before it was ready%s",
            how(trial, call),
            conclude_last_words(&trial->judgement, memory_at(trial, call->out2), call->size2));
    } else {
        trial_broken(trial, CODE_PROGRAM_NOT_READY, "the program was not ready within %llu s",
                     (unsigned long long)(bound / 1000000));
    }
}

/* A program has that memory to itself, and may write there what it likes: only what can be is
   read. */
static bool is_firing(const struct trial *trial, struct control_record *record)
{
    return atomic_load(&record->kind) == RECORD_FIRED && record->point < POINT_COUNT &&
           record->fault < trial->stage->shared->plan.count;
}

static void note_record(struct trial *trial, const struct watched *watched,
                        const struct control_record *record)
{
    const struct fault *fault = &trial->stage->shared->plan.fault[record->fault];
    bool timed = record->timed != 0;
    char process[sizeof record->process + 1];
    legible_copy(process, sizeof process, record->process, sizeof record->process);
    char *text = trial_text(trial, "fault '%s' fires at %s (process %s, fd %d)%s", fault->name,
                            point_info((enum point)record->point)->name, process, record->fd,
                            timed ? ": the time of the socket is over" : "");
    json_t *members = json_pack("{s:s, s:s}", "fault", fault->name, "origin", "injected");
    if (timed)
        json_object_set_new(members, "means", json_string("time-out"));
    trial_event(trial, "fault", watched->actor, text, members);
}

/* What was added to a count since *known. */
static uint64_t news(_Atomic uint64_t *count, uint64_t *known)
{
    uint64_t now = atomic_load(count), before = *known;
    *known = now;
    return now - before;
}

/* The program may still be counting: its triggers go by these counts, which stay as they are.
 */
static void account_faults(struct trial *trial, struct watched *watched)
{
    for (size_t i = 0; i < trial->stage->shared->plan.count; i++) {
        struct fault *theirs = &watched->control->plan.fault[i];
        struct fault *own = &trial->stage->shared->plan.fault[i];
        atomic_fetch_add(&own->fired, news(&theirs->fired, &watched->fired[i]));
        atomic_fetch_add(&own->chances, news(&theirs->chances, &watched->chances[i]));
    }
}

void runprogram_account(struct trial *trial)
{
    enum { NOTED = 64 };
    for (size_t c = 0; c < trial->programs.watched_count; c++) {
        struct watched *watched = &trial->programs.watched[c];
        struct control *control = watched->control;
        uint64_t used = atomic_load(&control->used);
        account_faults(trial, watched);
        for (; watched->read < used && watched->read < CONTROL_RECORDS; watched->read++)
            if (is_firing(trial, &control->record[watched->read]) && watched->noted++ < NOTED)
                note_record(trial, watched, &control->record[watched->read]);
    }
}

/* How often each attempt at the point would have fitted. */
static json_t *fitting(const struct control *control, enum point point)
{
    const struct attempt *one = attempt_at(point);
    uint64_t used = atomic_load(&control->used), count[ATTEMPT_MAX] = {0};
    char text[ATTEMPT_TEXT];
    json_t *fits = json_object();
    for (uint64_t i = 0; i < used && i < CONTROL_RECORDS; i++) {
        const struct control_record *record = &control->record[i];
        bool here = atomic_load(&record->kind) == RECORD_REACHED && record->point == point;
        for (int c = 0; here && one[c].action != FAULT_NONE; c++)
            count[c] += record->fits >> c & 1;
    }
    for (int c = 0; one[c].action != FAULT_NONE; c++)
        if (count[c] > 0)
            json_object_set_new(fits, attempt_text(&one[c], text),
                                json_integer((json_int_t)count[c]));
    return fits;
}

void runprogram_reached(struct trial *trial)
{
    for (size_t c = 0; c < trial->programs.watched_count; c++) {
        const struct watched *watched = &trial->programs.watched[c];
        for (int i = 0; i < POINT_COUNT; i++) {
            const char *name = point_info((enum point)i)->name;
            uint64_t hits = atomic_load(&watched->control->hits[i]);
            if (hits > 0)
                trial_event(trial, "reached", watched->actor,
                            trial_text(trial, "%s reached %llu times by a program", name,
                                       (unsigned long long)hits),
                            json_pack("{s:s, s:I, s:o}", "call", name, "count", (json_int_t)hits,
                                      "fits", fitting(watched->control, (enum point)i)));
        }
    }
}

void runprogram_unseen(struct trial *trial)
{
    for (size_t c = 0; c < trial->programs.watched_count; c++) {
        const struct control *control = trial->programs.watched[c].control;
        uint32_t used = atomic_load(&control->unseen_used);
        for (uint32_t i = 0; i < used && i < CONTROL_UNSEEN; i++) {
            const struct control_unseen *one = &control->unseen[i];
            const char *why = control_unseen_text((enum unseen_why)atomic_load(&one->why));
            char path[UNSEEN_PATH + 1];
            legible_copy(path, sizeof path, one->path, UNSEEN_PATH);
            if (why != NULL)
                trial_event(trial, "note", trial->programs.watched[c].actor,
                            trial_text(trial, "%s %s: its socket calls were not seen", path, why),
                            json_pack("{s:s, s:s, s:s}", "code", code_word(CODE_CALLS_NOT_SEEN),
                                      "path", path, "why", why));
        }
    }
}

void runprogram_seal(struct trial *trial)
{
    for (size_t i = 0; i < trial->programs.watched_count; i++)
        control_seal(trial->programs.watched[i].control, &trial->stage->shared->plan,
                     trial->programs.watched[i].actor);
}

bool runprogram_may_err(struct trial *trial)
{
    bool allowed = false;
    runprogram_account(trial);
    for (size_t i = 0; i < trial->variant->fault_count; i++)
        allowed = allowed || (trial->variant->faults[i].allows_error &&
                              atomic_load(&trial->stage->shared->plan.fault[i].fired) > 0);
    return allowed;
}

bool runprogram_excused(struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    json_t *crashed = is_program(call) ? crash_below(trial, call->step) : NULL;
    bool said = is_program(call) && call->result > 0 && crashed == NULL;
    json_decref(crashed);
    return said && runprogram_may_err(trial);
}

/* A program of the case that gave a clean error, waited for; NULL when there is none. */
static struct pending *excused_program(struct trial *trial)
{
    struct pending *found = NULL;
    for (int i = 0; i < OPEN_MAX && found == NULL; i++) {
        struct pending *one = &trial->calls.open[i];
        if (one->slot >= 0 && is_program(pending_call(trial, one)) &&
            settle_wait(trial, one, PARDON_US) && runprogram_excused(trial, one))
            found = one;
    }
    return found;
}

void runprogram_pardon(struct trial *trial)
{
    const struct step *step = trial->judgement.failure.step;
    bool scripted = trial->judgement.verdict == VERDICT_FAIL && step != NULL &&
                    !verb_has(step->verb, VERB_PROGRAM | VERB_ENDS_STARTED);
    const struct pending *one =
        scripted && runprogram_may_err(trial) ? excused_program(trial) : NULL;
    if (one == NULL)
        return;
    judgement_pardon(&trial->judgement);
    trial->judgement.over = true;
    judgement_excuse(&trial->judgement, one->member->name, trial_text(trial, "a clean error"),
                     trial_text(trial, "%lld", (long long)pending_call(trial, one)->result));
}

/* What is over is taken in before it is judged. */
static void await_ending(struct trial *trial)
{
    for (int i = 0; i < OPEN_MAX; i++) {
        struct pending *one = &trial->calls.open[i];
        const struct call *call = one->slot >= 0 ? pending_call(trial, one) : NULL;
        if (call != NULL && is_program(call) && !one->ended &&
            demise_begun(atomic_load(&call->program)))
            settle_wait(trial, one, READY_US);
    }
}

void runprogram_judge(struct trial *trial)
{
    char killer[SYMBOL_SIGNAL];
    await_ending(trial);
    for (int i = 0; i < OPEN_MAX && trial_good(trial); i++) {
        const struct pending *one = &trial->calls.open[i];
        if (one->slot < 0 || !one->ended || !is_program(pending_call(trial, one)))
            continue;
        const struct call *call = pending_call(trial, one);
        if (call->signal == 0)
            continue;
        conclude_crashed(&trial->judgement, one->step->number, one->member->name,
                         symbol_signal(call->signal, killer), memory_at(trial, call->out2),
                         call->size2);
    }
}

/* Until its end a program holds its port, which the next case may want. */
static void end_program(int pid)
{
    enum { END_MS = 10000 };
    if (kill(-pid, SIGKILL) < 0)
        kill(pid, SIGKILL);
    demise_within(pid, END_MS);
}

void runprogram_ended(struct trial *trial, const struct call *call)
{
    struct programs *programs = &trial->programs;
    pid_t group = is_program(call) ? atomic_load(&call->program) : 0;
    if (group <= 0)
        return;
    if (programs->group_count == GROUPS_KEPT)
        memmove(programs->group, programs->group + 1,
                --programs->group_count * sizeof *programs->group);
    programs->group[programs->group_count++] = group;
}

void runprogram_clean(struct trial *trial)
{
    for (int i = 0; i < OPEN_MAX; i++) {
        const struct pending *one = &trial->calls.open[i];
        const struct call *call = one->slot >= 0 ? pending_call(trial, one) : NULL;
        if (call != NULL)
            runprogram_ended(trial, call);
        int group =
            call != NULL && is_program(call) && !one->ended ? atomic_load(&call->program) : 0;
        if (group > 0)
            end_program(group);
    }
    for (size_t i = 0; i < trial->programs.watched_count; i++)
        withheld_unmap(trial->programs.watched[i].control, sizeof(struct control));
    trial->programs.watched_count = 0;
}
