/* SPDX-License-Identifier: MIT */
#include "engine/baseline.h"

#include "engine/sample.h"

#include <sys/stat.h>

static struct arena *arena;
static struct baseline baseline;

static void begin(void)
{
    char path[4096];
    sample_folder();
    snprintf(path, sizeof path, "%s/fixtures", sample_path);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/fixtures/baseline", sample_path);
    mkdir(path, 0700);
    arena = arena_new();
    baseline = (struct baseline){0};
}

static void end(void)
{
    arena_free(arena);
    sample_remove();
}

TestSuite(baseline, .init = begin, .fini = end);

static bool load(const char *text)
{
    sample_write("fixtures/baseline/test.yaml", text);
    return baseline_load(&baseline, arena, sample_path, "test");
}

static const struct deviation *find(const char *variant, const char *version)
{
    char id[64];
    snprintf(id, sizeof id, "%.*s", (int)strcspn(variant, "["), variant);
    return baseline_find(&baseline, id, variant, version);
}

Test(baseline, an_entry_is_of_a_case_or_of_one_variant)
{
    cr_assert(load("deviations:\n"
                   "  - {case: a/one, versions: [\"*\"], reason: It does so}\n"
                   "  - cases: [a/two, \"a/three[inet]\"]\n"
                   "    versions: [\"*\"]\n"
                   "    reason: The same of both\n"));
    cr_assert_eq(baseline.count, 3);
    cr_assert_str_eq(find("a/one[inet6]", "1")->reason, "It does so");
    cr_assert_str_eq(find("a/one[inet6]", "1")->file, "fixtures/baseline/test.yaml");
    cr_assert_eq(find("a/one[inet6]", "1")->mark.line, 2);
    cr_assert_str_eq(find("a/two[inet]", "1")->reason, "The same of both");
    cr_assert_not_null(find("a/three[inet]", "1"));
    cr_assert_null(find("a/three[inet6]", "1"));
    cr_assert_null(find("a[inet]", "1"));
}

Test(baseline, a_version_is_the_beginning_of_a_release)
{
    cr_assert(load("deviations:\n"
                   "  - {case: a, versions: [\"6.1\", \"6.12.\"], reason: It does so}\n"));
    cr_assert_not_null(find("a[inet]", "6.1"));
    cr_assert_not_null(find("a[inet]", "6.1.176"));
    cr_assert_not_null(find("a[inet]", "6.1-rc2"));
    cr_assert_null(find("a[inet]", "6.18.5"));
    cr_assert_not_null(find("a[inet]", "6.12.0"));
    cr_assert_null(find("a[inet]", "6.2"));
}

Test(baseline, an_entry_that_says_too_little_is_refused)
{
    cr_assert_not(load("deviations:\n  - {case: a, versions: [\"*\"]}\n"));
    cr_assert_not(load("deviations:\n  - {case: a, reason: It does so}\n"));
    cr_assert_not(load("deviations:\n  - {case: a, versions: [], reason: It does so}\n"));
    cr_assert_not(load("deviations:\n  - {versions: [\"*\"], reason: It does so}\n"));
    cr_assert_not(
        load("deviations:\n  - {case: a, cases: [b], versions: [\"*\"], reason: Which}\n"));
    cr_assert_not(load("others: []\n"));
    cr_assert_not(baseline_load(&baseline, arena, sample_path, "none"));
    cr_assert_not(baseline_exists(arena, sample_path, "none"));
    cr_assert(baseline_exists(arena, sample_path, "test"));
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

Test(baseline, a_failure_that_it_names_is_known)
{
    json_t *result = json_pack("{s:s, s:s}", "verdict", "fail", "reason", "1, not 0");
    cr_assert(load("deviations:\n  - {case: a, versions: [\"*\"], reason: It does so}\n"));
    baseline_judge(find("a[inet]", "1"), "test", "1", result);
    cr_assert_str_eq(text_of(result, "verdict"), "known");
    cr_assert_str_eq(text_of(result, "reason"), "It does so (1, not 0)");
    json_decref(result);
}

Test(baseline, a_pass_that_it_names_fails_and_points_to_the_entry)
{
    json_t *result = json_pack("{s:s, s:s}", "verdict", "pass", "reason", "");
    cr_assert(load("deviations:\n  - {case: a, versions: [\"*\"], reason: It does so}\n"));
    baseline_judge(find("a[inet]", "1"), "test", "1.2", result);
    const json_t *failure = json_object_get(result, "failure");
    cr_assert_str_eq(text_of(result, "verdict"), "fail");
    cr_assert_not_null(strstr(text_of(result, "reason"), "stale baseline: "));
    cr_assert_not_null(strstr(text_of(result, "reason"), "fails on test 1.2 (It does so)"));
    cr_assert_str_eq(text_of(failure, "code"), "stale-baseline");
    cr_assert_str_eq(text_of(failure, "file"), "fixtures/baseline/test.yaml");
    cr_assert_eq(json_integer_value(json_object_get(failure, "line")), 2);
    json_decref(result);
}

Test(baseline, what_was_not_judged_is_let_be)
{
    static const char *const others[] = {"skip", "broken", "not-run"};
    cr_assert(load("deviations:\n  - {case: a, versions: [\"*\"], reason: It does so}\n"));
    for (size_t i = 0; i < 3; i++) {
        json_t *result = json_pack("{s:s, s:s}", "verdict", others[i], "reason", "so");
        baseline_judge(find("a[inet]", "1"), "test", "1", result);
        cr_assert_str_eq(text_of(result, "verdict"), others[i]);
        cr_assert_str_eq(text_of(result, "reason"), "so");
        json_decref(result);
    }
}
