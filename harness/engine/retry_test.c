/* SPDX-License-Identifier: MIT */
#include "engine/retry.h"

#include "engine/samplework.h"
#include "stack/stacks.h"

static struct job *job;
static struct report *report;

static void begin(void)
{
    samplework_begin(
        (struct config){.root = SOURCE_DIR,
                        .repeat = 1,
                        .max_skips = -1,
                        .slow_factor = 1,
                        .stacks = {"linux"},
                        .stack_count = 1},
        (struct candidate){
            .name = "linux", .shown = "linux", .version = "6.1", .stack = stacks_find("linux")});
    report = report_new();
    job = jobs_next(&work.jobs, 0, true);
}

static void end(void)
{
    samplework_end();
}

TestSuite(retry, .init = begin, .fini = end);

enum disturbance { UNDISTURBED, STARVED, STOOD };

static void answer(const char *verdict, const char *reason, enum disturbance how)
{
    json_t *result = json_pack("{s:s, s:s}", "verdict", verdict, "reason", reason);
    if (how != UNDISTURBED)
        json_object_set_new(result, "disturbed",
                            json_pack("{s:s, s:b}", "why", "it stood", "stood", how == STOOD));
    retry_answer(&work, job, result, report);
}

/* The job has its turn alone. */
static void alone(void)
{
    cr_assert_eq(work.put_by, 1);
    cr_assert_eq(jobs_next_again(&work.jobs), job);
    cr_assert_null(jobs_next_again(&work.jobs), "one turn at a time");
    work.put_by--;
}

static bool said(const char *text)
{
    return strstr(sample_read("results.jsonl"), text) != NULL;
}

Test(retry, a_failure_that_nothing_disturbed_is_said_at_once)
{
    answer("fail", "odd", UNDISTURBED);
    cr_assert(job->done && candidate.count[VERDICT_FAIL] == 1);
    cr_assert(!said("first_try") && !said("disturbed"));
}

Test(retry, what_passes_is_said_whatever_disturbed_it)
{
    answer("pass", "", STOOD);
    cr_assert(job->done && candidate.count[VERDICT_PASS] == 1);
    cr_assert_not(said("disturbed"));
}

Test(retry, a_disturbed_failure_is_put_by_and_the_second_try_is_said)
{
    answer("fail", "late", STOOD);
    cr_assert_not(job->done);
    alone();
    answer("pass", "", UNDISTURBED);
    cr_assert(job->done && candidate.count[VERDICT_PASS] == 1 &&
              candidate.count[VERDICT_FAIL] == 0);
    cr_assert(
        said("\"first_try\":{\"why\":\"it stood\",\"verdict\":\"fail\",\"reason\":\"late\"}"));
}

Test(retry, one_that_fails_undisturbed_the_second_time_has_failed)
{
    answer("broken", "late", STOOD);
    alone();
    answer("fail", "odd", UNDISTURBED);
    cr_assert(job->done && candidate.count[VERDICT_FAIL] == 1);
}

/* Fails in every try; the reason of the last is that. */
static void fails_always(enum disturbance how, const char *last)
{
    for (int i = 0; i < RETRY_TRIES; i++) {
        answer("fail", "odd", how);
        cr_assert_not(job->done);
        alone();
    }
    answer("fail", last, how);
    cr_assert(job->done && said("first_try"));
}

Test(retry, one_that_stood_still_to_the_last_is_broken)
{
    fails_always(STOOD, "odd");
    cr_assert_eq(candidate.count[VERDICT_BROKEN], 1);
    cr_assert(said("\"reason\":\"it stood, whenever it was tried: odd\""));
    cr_assert_not_null(strstr(sample_read("events.jsonl"), "\"code\":\"disturbed\""));
}

Test(retry, one_that_starved_and_failed_alike_every_time_has_failed)
{
    fails_always(STARVED, "odd");
    cr_assert_eq(candidate.count[VERDICT_FAIL], 1);
}

Test(retry, one_that_starved_and_failed_otherwise_is_broken)
{
    fails_always(STARVED, "other");
    cr_assert_eq(candidate.count[VERDICT_BROKEN], 1);
}

/* Fails in its third step, where that was observed; one that starved. */
static void answer_observed(const char *observed)
{
    json_t *result = json_pack(
        "{s:s, s:s, s:{s:s, s:s, s:i, s:s, s:s, s:s}, s:{s:s, s:b}}", "verdict", "fail", "reason",
        observed, "failure", "code", "mismatch", "actor", "client", "step", 3, "field", "count",
        "expected", "0", "observed", observed, "disturbed", "why", "it starved", "stood", false);
    retry_answer(&work, job, result, report);
}

static void observed_in_turn(const char *last)
{
    answer_observed("41 packets let go");
    alone();
    answer_observed("7 packets let go");
    alone();
    answer_observed("100 packets let go");
    alone();
    answer_observed(last);
    cr_assert(job->done);
}

Test(retry, one_that_starved_and_told_another_number_every_time_has_failed)
{
    observed_in_turn("8 packets let go");
    cr_assert_eq(candidate.count[VERDICT_FAIL], 1);
    cr_assert_not(said("likeness"));
}

Test(retry, one_that_starved_and_observed_something_else_at_last_is_broken)
{
    observed_in_turn("8 packets held");
    cr_assert_eq(candidate.count[VERDICT_BROKEN], 1);
}

Test(retry, a_worker_that_was_stopped_costs_its_job_one_try)
{
    cr_assert(retry_stopped(&work, job));
    alone();
    cr_assert_not(retry_stopped(&work, job));
    answer("pass", "", UNDISTURBED);
    cr_assert(said("the worker was stopped"));
}
