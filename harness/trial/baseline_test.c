/* SPDX-License-Identifier: MIT */
#include "trial/baseline.h"

#include "base/folder.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char root[] = "/tmp/sockproof-test-XXXXXX";
static struct arena *arena;
static struct baseline baseline;

static void begin(void)
{
    char path[4096];
    cr_assert_not_null(mkdtemp(root));
    snprintf(path, sizeof path, "%s/fixtures/baseline", root);
    cr_assert(folder_make(path));
    arena = arena_new();
    baseline = (struct baseline){0};
}

static void end(void)
{
    static const char *const parts[] = {"/fixtures/baseline/test.yaml", "/fixtures/baseline",
                                        "/fixtures", ""};
    char path[4096];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(path, sizeof path, "%s%s", root, parts[i]);
        remove(path);
    }
    arena_free(arena);
}

TestSuite(baseline, .init = begin, .fini = end);

static bool load_whole(const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/fixtures/baseline/test.yaml", root);
    FILE *file = fopen(path, "we");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    return baseline_load(&baseline, arena, root, "test");
}

/* One entry with these cases. */
static bool load(const char *cases)
{
    return load_whole(arena_printf(arena,
                                   "format: 2\ndeviations:\n  - cases:\n%s"
                                   "    versions: [\"*\"]\n    reason: It does so\n",
                                   cases));
}

static struct excuses of(const char *variant, const char *version)
{
    const char *name = arena_copy(arena, variant, strcspn(variant, "["));
    return baseline_excuses(&baseline, name, variant, version, arena);
}

#define FAILS "[{step: 1, field: errno, observed: EIO}]\n"

Test(baseline, an_entry_names_the_failures_of_cases_variants_and_patterns)
{
    cr_assert(
        load("      a/one: " FAILS "      \"a/two[inet]\": " FAILS "      \"b/*6]\": " FAILS));
    cr_assert_eq(of("a/one[inet6]", "1").count, 1);
    const struct excuse *excuse = of("a/one[inet6]", "1").list[0];
    cr_assert_eq(excuse->step, 1);
    cr_assert_str_eq(excuse->field, "errno");
    cr_assert(node_is(excuse->observed, "EIO") && !excuse->go_on);
    cr_assert_str_eq(excuse->reason, "It does so");
    cr_assert_str_eq(excuse->file, "fixtures/baseline/test.yaml");
    cr_assert_eq(excuse->mark.line, 4);
    cr_assert_eq(of("a/two[inet]", "1").count, 1);
    cr_assert_eq(of("a/two[inet6]", "1").count, 0);
    cr_assert_eq(of("b/x/y[tail-6]", "1").count, 1);
    cr_assert_eq(of("b/x/y[tail-inet]", "1").count, 0);
    cr_assert_eq(of("a[inet]", "1").count, 0);
}

Test(baseline, all_that_several_entries_say_of_a_variant_is_excused)
{
    cr_assert(load("      a: [{step: 1, field: errno, observed: EIO, go_on: true},"
                   " {step: 0, field: resets, observed: {starts: an RST}}]\n"
                   "      \"a[*]\": [{step: 3, field: data, observed: x, versions: [\"6.1\"]}]\n"));
    cr_assert_eq(of("a[inet]", "6.1").count, 3);
    cr_assert(of("a[inet]", "6.1").list[0]->go_on);
    cr_assert_eq(of("a[inet]", "6.1").list[1]->step, 0);
    cr_assert_eq(of("a[inet]", "6.12").count, 2);
}

Test(baseline, a_version_is_the_beginning_of_a_release)
{
    cr_assert(load_whole("format: 2\ndeviations:\n  - cases:\n      a: " FAILS
                         "    versions: [\"6.1\", \"6.12.\"]\n    reason: It does so\n"));
    static const char *const holds[] = {"6.1", "6.1.176", "6.1-rc2", "6.12.0"};
    for (size_t i = 0; i < sizeof holds / sizeof *holds; i++)
        cr_assert_eq(of("a[inet]", holds[i]).count, 1, "%s", holds[i]);
    cr_assert_eq(of("a[inet]", "6.18.5").count, 0);
    cr_assert_eq(of("a[inet]", "6.2").count, 0);
}

Test(baseline, what_says_too_little_is_refused)
{
    static const char *const wrong[] = {
        "      a:\n",
        "      a: []\n",
        "      a: [{step: 1, field: errno}]\n",
        "      a: [{step: 1, observed: EIO}]\n",
        "      a: [{field: errno, observed: EIO}]\n",
        "      a: [{step: -1, field: errno, observed: EIO}]\n",
        "      a: [{step: one, field: errno, observed: EIO}]\n",
        "      a: [{step: 1, field: errno, observed: {not: EIO}}]\n",
        "      a: [{step: 1, field: errno, observed: {}}]\n",
        "      a: [{step: 1, field: errno, observed: {any_of: [EIO, {not: EIO}]}}]\n",
        "      a: [{step: 1, field: data, observed: {starts: \"\"}}]\n",
        "      a: [{step: 1, field: data, observed: {contains: \"\"}}]\n",
        "      a: [{step: 1, field: data, observed: {any_of: [x, {starts: \"\"}]}}]\n",
        "      a: [{step: 1, field: revents, observed: {all: []}}]\n",
        "      a: [{step: 1, field: revents, observed: {none: [POLLIN]}}]\n",
        "      a: [{step: 1, field: errno, observed: EIO, go_on: no}]\n",
        "      a: [{step: 1, field: errno, observed: EIO, goes_on: true}]\n",
        "      a: [{step: 1, field: errno, observed: EIO, versions: all}]\n",
        "      a: [EIO]\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(load(wrong[i]), "%s", wrong[i]);
    cr_expect_not(load_whole("format: 2\ndeviations:\n  - cases: {a: " FAILS "    }\n"));
    cr_expect_not(load_whole("format: 2\nothers: []\n"));
    cr_expect_eq(baseline.count, 0);
    cr_expect_not(baseline_load(&baseline, arena, root, "none"));
    cr_expect_not(baseline_exists(arena, root, "none"));
    cr_expect(baseline_exists(arena, root, "test"));
}

Test(baseline, nothing_may_be_what_was_observed)
{
    cr_expect(load("      a: [{step: 1, field: data, observed: \"\"}]\n"));
    cr_expect(load("      a: [{step: 1, field: revents, observed: []}]\n"));
    cr_expect(load("      a: [{step: 1, field: revents, observed: {all: [POLLIN]}}]\n"));
    cr_expect(load("      a: [{step: 1, field: data, observed: {prefix_of: abc}}]\n"));
}

Test(baseline, one_of_the_first_format_is_refused_with_what_mends_it)
{
    cr_redirect_stderr();
    cr_assert_not(
        load_whole("deviations:\n  - {case: a, versions: [\"*\"], reason: It does so}\n"));
    char said[4096] = "";
    FILE *told = cr_get_redirected_stderr();
    fflush(stderr);
    size_t size = fread(said, 1, sizeof said - 1, told);
    said[size] = '\0';
    cr_assert_not_null(strstr(said, "test.yaml:1:1: error[bad-baseline]"), "%s", said);
    cr_assert_not_null(strstr(said, "./sockproof run --stack test --no-baseline, then "
                                    "./sockproof baseline update"),
                       "%s", said);
}
