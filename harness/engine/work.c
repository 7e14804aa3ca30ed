/* SPDX-License-Identifier: MIT */
#include "engine/work.h"

#include "engine/consent.h"
#include "engine/unjudged.h"

static struct ran ran_of(const struct work *work, const struct job *job)
{
    return (struct ran){&work->run->candidates[job->candidate], jobs_variant(&work->jobs, job),
                        job->repeat, job->on_wire};
}

static void tick_off(struct work *work, struct job *job, enum verdict verdict)
{
    bool good = verdict != VERDICT_FAIL && verdict != VERDICT_BROKEN;
    job->done = true;
    work->left--;
    work->stopped = work->stopped || (!good && work->run->config->stop_at_first);
}

void work_finish(struct work *work, struct job *job, json_t *result, const struct report *report)
{
    struct ran ran = ran_of(work, job);
    if (job->first != NULL) /* what it came to before */
        json_object_set_new(result, "first_try", job->first);
    job->first = NULL;
    tick_off(work, job, record_add(work->record, &ran, result, report));
}

void work_break(struct work *work, struct job *job, enum code code, const char *reason,
                const struct report *report)
{
    const struct variant *variant = jobs_variant(&work->jobs, job);
    work_finish(work, job, unjudged_broken(variant, code, reason, report), report);
}

enum verdict work_foresee(const struct work *work, const struct job *job, const json_t *result)
{
    struct ran ran = ran_of(work, job);
    return record_foresee(work->record, &ran, result);
}

void work_take(struct work *work, struct job *job, const struct frame *frame)
{
    struct ran ran = ran_of(work, job);
    tick_off(work, job, record_take(work->record, &ran, frame));
}

bool work_in_guest(const struct work *work, int candidate)
{
    return work->run->candidates[candidate].stack == NULL;
}

static bool wanted(const struct work *work, size_t variant, int candidate)
{
    const struct run *run = work->run;
    return run->config->stack_given ? suite_wants(run->suite, variant, candidate)
                                    : candidates_want(run->candidates, run->config, candidate,
                                                      run->suite->variants[variant]);
}

/* Why a job cannot be done, if so: the variant's own reason, or one in text, of size bytes. Finds
   its place on this host. A guest finds out itself where its variants can run. */
static struct skip unable(const struct work *work, struct job *job, char *text, size_t size)
{
    const struct run *run = work->run;
    const struct candidate *candidate = &run->candidates[job->candidate];
    const struct variant *variant = jobs_variant(&work->jobs, job);
    struct places places = {run->config->place, run->no_wire == NULL, run->no_wire};
    struct skip unasked = consent_skip(run->config, variant, run->confinement->able);
    if (variant->skip.code != CODE_NONE)
        return variant->skip;
    if (unasked.code != CODE_NONE)
        return unasked;
    return job->in_guest ? candidate_lacks(candidate, variant, text, size)
                         : candidate_placed(candidate, variant, &places, &job->on_wire, text, size);
}

/* A job that is done before it is given out: there is a result of it, or it cannot be done. */
static void begin_job(struct work *work, struct job *job)
{
    char text[512];
    enum verdict verdict = VERDICT_NOT_RUN;
    struct ran ran = ran_of(work, job);
    work->left++;
    if (record_has(work->record, &ran, &verdict)) {
        tick_off(work, job, verdict);
        return;
    }
    struct skip skip = unable(work, job, text, sizeof text);
    if (skip.code != CODE_NONE)
        work_finish(work, job, unjudged_skip(skip), NULL);
}

/* One candidate's jobs of one repeat. An engine that takes the place of one that died begins at the
   other end: if a variant killed that one, all others are done before it has its turn again. */
static void make_round(struct work *work, int candidate, int repeat)
{
    size_t count = work->run->suite->variant_count;
    for (size_t i = 0; i < count; i++) {
        size_t variant = work->run->config->resume ? count - 1 - i : i;
        if (wanted(work, variant, candidate))
            begin_job(work,
                      jobs_add(&work->jobs, (struct job){.candidate = candidate,
                                                         .in_guest = work_in_guest(work, candidate),
                                                         .variant = (int)variant,
                                                         .repeat = repeat}));
    }
}

void work_open(struct work *work, const struct run *run, struct record *record)
{
    *work = (struct work){.run = run, .record = record};
    int repeats = run->config->repeat;
    int candidates = run->config->stack_count;
    jobs_open(&work->jobs, run->suite,
              run->suite->variant_count * (size_t)repeats * (size_t)candidates);
    for (int candidate = 0; candidate < candidates; candidate++)
        for (int repeat = 0; repeat < repeats; repeat++)
            make_round(work, candidate, repeat);
}

void work_close(struct work *work, const char *why)
{
    for (size_t i = 0; i < work->jobs.count; i++)
        if (!work->jobs.all[i].done)
            work_finish(work, &work->jobs.all[i], unjudged_not_run(why), NULL);
    jobs_free(&work->jobs);
}
