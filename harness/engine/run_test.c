/* SPDX-License-Identifier: MIT */
#include "engine/run.h"

#include "engine/sample.h"

static struct suite suite;
static struct config config;
static struct candidate candidates[2];
static const struct confinement unconfined;
static struct run run;

static void begin(void)
{
    suite = sample_suite();
    suite.catalogue = catalogue_load(SOURCE_DIR "/fixtures/catalogue", stderr);
    config = (struct config){.repeat = 3,
                             .max_skips = -1,
                             .slow_factor = 1,
                             .stacks = {"linux", "lwip"},
                             .stack_count = 2};
    candidates[0] = (struct candidate){.name = "linux", .shown = "linux", .version = "6.1"};
    candidates[1] = (struct candidate){.name = "lwip", .shown = "lwip", .version = "2"};
    candidates[0].settings.profile.version = "1";
    run = (struct run){&config, candidates, &suite, NULL, NULL, &unconfined};
}

static void end(void)
{
    suite_free(&suite);
}

TestSuite(run, .init = begin, .fini = end);

Test(run, each_variant_has_one_result_or_one_of_each_stack_that_was_asked_for)
{
    char *ids[] = {"two[inet]", "one[inet]@lwip"};
    cr_assert_eq(run_results(&run), 4 * 3);
    config.stack_given = true;
    cr_assert_eq(run_results(&run), 4 * 3 * 2);
    cr_assert_null(suite_select(&suite, &config, 2, ids));
    cr_assert_eq(run_results(&run), 3 * 3);
}

/* The status when there are so many of a verdict, on the second stack, beside one pass. */
static enum status with(enum verdict verdict, size_t count)
{
    memset(candidates[1].count, 0, sizeof candidates[1].count);
    candidates[0].count[VERDICT_PASS] = 1;
    candidates[1].count[verdict] += count;
    return run_status(&run, false, false);
}

Test(run, the_worst_decides_the_status)
{
    cr_assert_eq(with(VERDICT_PASS, 1), STATUS_GOOD);
    cr_assert_eq(with(VERDICT_KNOWN, 1), STATUS_GOOD);
    cr_assert_eq(with(VERDICT_SKIP, 9), STATUS_GOOD);
    cr_assert_eq(with(VERDICT_BROKEN, 1), STATUS_BROKEN);
    cr_assert_eq(with(VERDICT_FAIL, 1), STATUS_FAIL);
    candidates[0].count[VERDICT_BROKEN] = 1;
    cr_assert_eq(run_status(&run, false, false), STATUS_FAIL);
    cr_assert_eq(run_status(&run, true, false), STATUS_INTERRUPTED);
}

Test(run, too_many_skips_and_nothing_judged_are_no_good)
{
    config.max_skips = 1;
    cr_assert_eq(with(VERDICT_SKIP, 1), STATUS_GOOD);
    cr_assert_eq(with(VERDICT_SKIP, 2), STATUS_NOTHING);
    candidates[0].count[VERDICT_PASS] = 0;
    candidates[1].count[VERDICT_SKIP] = 1;
    cr_assert_eq(run_status(&run, false, false), STATUS_NOTHING);
}

Test(run, what_could_not_be_recorded_is_broken)
{
    candidates[0].count[VERDICT_PASS] = 1;
    cr_assert_eq(run_status(&run, false, true), STATUS_BROKEN);
}

static json_t *of(json_t *object, const char *key)
{
    json_t *found = json_object_get(object, key);
    cr_assert_not_null(found, "%s", key);
    return found;
}

Test(run, its_json_says_what_is_to_come_and_what_has)
{
    candidates[0].count[VERDICT_PASS] = 2;
    candidates[1].count[VERDICT_PASS] = 3;
    config.stack_given = true;
    json_t *whole = run_json(&run, true);
    cr_assert(json_is_true(of(whole, "complete")));
    cr_assert_eq(json_integer_value(of(whole, "selected")), 24);
    cr_assert_eq(json_integer_value(of(of(whole, "totals"), "pass")), 5);
    cr_assert_eq(json_array_size(of(whole, "stacks")), 2);
    cr_assert_eq(json_array_size(of(whole, "stacks_asked")), 2);
    cr_assert_eq(json_array_size(of(whole, "variants")), 8);
    cr_assert_str_eq(json_string_value(json_array_get(of(whole, "variants"), 1)), "two[inet]@lwip");
    cr_assert_str_eq(json_string_value(of(whole, "place")), "wire");
    cr_assert_eq(json_object_size(of(whole, "sources")), 2);
    json_decref(whole);
}

Test(run, its_json_leaves_out_a_stack_that_nobody_asked_for_and_nothing_fell_to)
{
    run.no_wire = "refused";
    json_t *whole = run_json(&run, false);
    cr_assert(json_is_false(of(whole, "complete")));
    cr_assert_eq(json_array_size(of(whole, "stacks")), 1);
    cr_assert_eq(json_array_size(of(whole, "stacks_asked")), 0);
    cr_assert_str_eq(json_string_value(json_array_get(of(whole, "variants"), 1)), "two[inet6]");
    cr_assert_str_eq(json_string_value(of(whole, "place")), "loopback");
    cr_assert_str_eq(json_string_value(of(whole, "no_wire")), "refused");
    json_decref(whole);
}

Test(run, its_json_says_what_a_stack_was_told_to_lie_about)
{
    json_t *honest = run_json(&run, true);
    cr_assert_null(json_object_get(honest, "lie"));
    json_decref(honest);
    config.lie = "recv/errno";
    json_t *lying = run_json(&run, true);
    cr_assert_str_eq(json_string_value(json_object_get(lying, "lie")), "recv/errno");
    json_decref(lying);
}
