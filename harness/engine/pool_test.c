/* SPDX-License-Identifier: MIT */
#include "engine/pool.h"

#include "engine/sample.h"
#include "stack/stacks.h"

#include <criterion/redirect.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

/* Cases that run on this machine as it is, on loopback, in real workers. Others may have the ports
   that one of them wants: that one is broken, which is no business of the pool. */
static struct suite suite;
static struct config config;
static struct candidate candidate;
static const struct confinement unconfined;
static struct run run;
static struct record record;

static void begin(void)
{
    char *ids[] = {"two[inet]", "one[inet]"};
    suite = sample_suite();
    suite.catalogue = catalogue_load(SOURCE_DIR "/fixtures/catalogue", stderr);
    config = (struct config){.root = SOURCE_DIR,
                             .report = sample_folder(),
                             .place = WHERE_LOOPBACK,
                             .repeat = 1,
                             .max_skips = -1,
                             .case_limit = 60,
                             .slow_factor = 1,
                             .stacks = {"linux"},
                             .stack_count = 1,
                             .stack_given = true};
    candidate = (struct candidate){
        .name = "linux", .shown = "linux", .version = "6.1", .stack = stacks_find("linux")};
    cr_assert(settings_load(&candidate.settings, SOURCE_DIR, "linux"));
    cr_assert_null(suite_select(&suite, &config, 2, ids));
    run = (struct run){&config, &candidate, &suite, NULL, "loopback was asked for", &unconfined};
    cr_redirect_stdout(); /* results go there as well */
    cr_assert(record_open(&record, &run));
}

static void end(void)
{
    record_close(&record, false);
    settings_free(&candidate.settings);
    suite_free(&suite);
    sample_remove();
}

TestSuite(pool, .init = begin, .fini = end, .timeout = 90);

/* How often a text stands in the results. */
static size_t count(const char *wanted)
{
    size_t found = 0;
    for (const char *at = sample_read("results.jsonl"); (at = strstr(at, wanted)) != NULL; at++)
        found++;
    return found;
}

Test(pool, every_job_is_done_once_by_any_number_of_workers)
{
    config.repeat = 5;
    cr_assert(pool_run(&run, &record));
    cr_assert_gt(candidate.count[VERDICT_PASS], 0);
    cr_assert_eq(candidate.count[VERDICT_PASS] + candidate.count[VERDICT_BROKEN], 10);
    cr_assert_eq(count("\"id\":\"two[inet]\""), 5);
    cr_assert_eq(count("\"id\":\"one[inet]\""), 5);
    cr_assert_eq(count("\"repeat\":4"), 2);
    cr_assert(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "a worker is left");
}

Test(pool, one_worker_does_them_in_order)
{
    config.workers = 1;
    cr_assert(pool_run(&run, &record));
    const char *text = sample_read("results.jsonl");
    const char *first = strstr(text, "\"id\":\"two[inet]\"");
    cr_assert(first != NULL && first < strstr(text, "\"id\":\"one[inet]\""));
}

Test(pool, a_signal_ends_it_and_what_is_left_was_not_run)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGTERM);
    config.repeat = 100;
    cr_assert_not(pool_run(&run, &record));
    size_t begun = candidate.count[VERDICT_PASS] + candidate.count[VERDICT_BROKEN];
    cr_assert_eq(begun + candidate.count[VERDICT_NOT_RUN], 200);
    cr_assert_gt(candidate.count[VERDICT_NOT_RUN], 100);
    cr_assert_not_null(strstr(sample_read("results.jsonl"), "the run was interrupted"));
}
