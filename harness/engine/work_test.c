/* SPDX-License-Identifier: MIT */
#include "engine/work.h"

#include "engine/sample.h"
#include "stack/stacks.h"

#include <criterion/redirect.h>

static struct suite suite;
static struct config config;
static struct candidate candidates[2];
static const struct confinement unconfined;
static struct run run;
static struct record record;
static struct work work;

static void begin(void)
{
    suite = sample_suite();
    config = (struct config){.report = sample_folder(),
                             .repeat = 2,
                             .max_skips = -1,
                             .slow_factor = 1,
                             .stack_count = 2};
    candidates[0] = (struct candidate){
        .name = "linux", .shown = "linux", .version = "6.1", .stack = stacks_find("linux")};
    candidates[1] = (struct candidate){
        .name = "usrsctp", .shown = "usrsctp", .version = "1", .stack = stacks_find("usrsctp")};
    candidates[0].settings.profile.version = "1";
    run = (struct run){&config, candidates, &suite, NULL, NULL, &unconfined};
    suite.catalogue = catalogue_load(SOURCE_DIR "/fixtures/catalogue", stderr);
    cr_redirect_stdout(); /* results go there as well */
    cr_assert(record_open(&record, &run));
}

static void end(void)
{
    record_close(&record, false);
    suite_free(&suite);
    sample_remove();
}

TestSuite(work, .init = begin, .fini = end);

static json_t *found(const char *verdict)
{
    return json_pack("{s:s, s:s}", "verdict", verdict, "reason", "so");
}

Test(work, without_a_choice_each_variant_is_of_the_first_stack_that_has_its_transport)
{
    work_open(&work, &run, &record);
    cr_assert(work.jobs.count == 8 && work.left == 8);
    for (size_t i = 0; i < work.jobs.count; i++)
        cr_assert(work.jobs.all[i].candidate == 0 && work.jobs.all[i].on_wire);
    work_close(&work, "over");
}

Test(work, what_a_stack_that_was_asked_for_cannot_do_is_skipped_at_once)
{
    config.stack_given = true;
    work_open(&work, &run, &record);
    cr_assert(work.jobs.count == 16 && work.left == 8);
    cr_assert_eq(candidates[1].count[VERDICT_SKIP], 8);
    cr_assert_eq(candidates[0].count[VERDICT_SKIP], 0);
    work_close(&work, "over");
}

Test(work, a_guest_finds_out_itself_what_it_can_do)
{
    config.stack_given = true;
    candidates[1] = (struct candidate){.name = "uml:6.1", .shown = "uml:6.1"};
    work_open(&work, &run, &record);
    cr_assert_eq(work.left, 16);
    cr_assert(work_in_guest(&work, 1) && !work_in_guest(&work, 0));
    cr_assert(work.jobs.all[15].in_guest && !work.jobs.all[0].in_guest);
    work_close(&work, "over");
}

Test(work, each_job_ends_once_with_a_result)
{
    work_open(&work, &run, &record);
    work_finish(&work, &work.jobs.all[0], found("pass"), NULL);
    work_break(&work, &work.jobs.all[1], CODE_WORKER_DIED, "it died", NULL);
    cr_assert(work.left == 6 && work.jobs.all[0].done && work.jobs.all[1].done);
    work_close(&work, "it was over");
    cr_assert_eq(candidates[0].count[VERDICT_PASS], 1);
    cr_assert_eq(candidates[0].count[VERDICT_BROKEN], 1);
    cr_assert_eq(candidates[0].count[VERDICT_NOT_RUN], 6);
    cr_assert_not_null(strstr(sample_read("results.jsonl"), "\"reason\":\"it was over\""));
}

Test(work, the_first_failure_stops_it_where_that_is_asked_for)
{
    config.stop_at_first = true;
    work_open(&work, &run, &record);
    work_finish(&work, &work.jobs.all[0], found("pass"), NULL);
    work_finish(&work, &work.jobs.all[1], found("skip"), NULL);
    cr_assert_not(work.stopped);
    work_finish(&work, &work.jobs.all[2], found("fail"), NULL);
    cr_assert(work.stopped);
    work_close(&work, "over");
}

Test(work, a_failure_stops_nothing_otherwise)
{
    work_open(&work, &run, &record);
    work_finish(&work, &work.jobs.all[0], found("fail"), NULL);
    cr_assert_not(work.stopped);
    work_close(&work, "over");
}

Test(work, an_engine_that_follows_another_does_the_rest_and_counts_all)
{
    config.repeat = 1;
    work_open(&work, &run, &record);
    work_finish(&work, &work.jobs.all[0], found("pass"), NULL);
    const struct variant *done = jobs_variant(&work.jobs, &work.jobs.all[0]);
    size_t most = work.left;
    jobs_free(&work.jobs);
    record_close(&record, true);

    config.resume = true;
    candidates[0].count[VERDICT_PASS] = 0;
    cr_assert(record_open(&record, &run));
    work_open(&work, &run, &record);
    cr_assert_eq(work.left, most);
    cr_assert_eq(candidates[0].count[VERDICT_PASS], 1);
    for (size_t i = 0; i < work.jobs.count; i++)
        cr_assert_eq(work.jobs.all[i].done,
                     work.jobs.all[i].candidate == 0 &&
                         jobs_variant(&work.jobs, &work.jobs.all[i]) == done);
    cr_assert_gt(work.jobs.all[0].variant, work.jobs.all[1].variant);
    work_close(&work, "over");
    char *text = strdup(sample_read("results.jsonl"));
    size_t lines = 0;
    for (const char *c = text; *c != '\0'; c++)
        lines += *c == '\n';
    free(text);
    cr_assert_eq(lines, work.jobs.count);
}
