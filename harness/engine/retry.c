/* SPDX-License-Identifier: MIT */
#include "engine/retry.h"

#include "case/code.h"
#include "engine/likeness.h"

static bool is_bad(enum verdict verdict)
{
    return verdict == VERDICT_FAIL || verdict == VERDICT_BROKEN;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

/* Holds what a try came to against what the first one did, which is kept. */
static void compare(struct job *job, const json_t *result)
{
    json_t *likeness = likeness_of(result);
    if (job->likeness == NULL)
        job->likeness = json_incref(likeness);
    job->alike = job->alike && likeness_same(job->likeness, likeness);
    json_decref(likeness);
}

/* Keeps of the first answer what is told, and lets the job wait for its turn. */
static void put_by(struct work *work, struct job *job, const char *why, const char *verdict,
                   const char *reason)
{
    if (job->first == NULL)
        job->first = json_pack("{s:s, s:s, s:s}", "why", why, "verdict", verdict, "reason", reason);
    job->waits = true;
    work->put_by++;
}

/* It was disturbed in every try: so much is known, and no more. */
static void tell_broken(const struct work *work, const struct job *job, json_t *result,
                        const char *why, struct report *report)
{
    struct event_log log = {.report = report, .case_id = jobs_variant(&work->jobs, job)->id};
    json_t *failure = json_object_get(result, "failure");
    json_t *reason = json_sprintf("%s, whenever it was tried: %s", why, text_of(result, "reason"));
    json_t *note = json_sprintf("broken: %s", json_string_value(reason));
    log_add(&log, (uint64_t)json_integer_value(json_object_get(result, "duration_us")), "note",
            "harness", (int)json_integer_value(json_object_get(failure, "step")),
            json_string_value(note), json_pack("{s:s}", "code", code_word(CODE_DISTURBED)));
    json_object_set_new(result, "verdict", json_string(verdict_name(VERDICT_BROKEN)));
    json_object_set_new(result, "reason", reason);
    if (json_is_object(failure)) {
        json_object_set_new(failure, "code", json_string(code_word(CODE_DISTURBED)));
        json_object_set_new(failure, "actor", json_string("harness"));
        json_object_del(failure, "field");
        json_object_del(failure, "expected");
        json_object_del(failure, "observed");
    }
    json_decref(note);
}

void retry_answer(struct work *work, struct job *job, json_t *result, struct report *report)
{
    json_t *disturbed = json_incref(json_object_get(result, "disturbed"));
    json_object_del(result, "disturbed");
    bool bad = disturbed != NULL && is_bad(work_foresee(work, job, result));
    if (job->first == NULL)
        job->alike = true;
    job->alike = job->alike && !json_is_true(json_object_get(disturbed, "stood"));
    if (bad)
        compare(job, result);
    json_int_t tries = json_integer_value(json_object_get(disturbed, "tries"));
    if (bad && job->tries < (tries > 0 ? tries : RETRY_TRIES)) {
        put_by(work, job, text_of(disturbed, "why"), text_of(result, "verdict"),
               text_of(result, "reason"));
        record_forget(work->record, result);
        json_decref(result);
    } else {
        if (bad && !job->alike)
            tell_broken(work, job, result, text_of(disturbed, "why"), report);
        work_finish(work, job, result, report);
    }
    json_decref(disturbed);
}

bool retry_stopped(struct work *work, struct job *job)
{
    static const char why[] = "the worker was stopped";
    bool again = job->first == NULL;
    if (again)
        put_by(work, job, why, verdict_name(VERDICT_BROKEN), why);
    return again;
}
