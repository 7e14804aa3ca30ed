/* SPDX-License-Identifier: MIT */
#include "engine/resultline.h"

#include "engine/sample.h"

#include <stdlib.h>
#include <string.h>

static struct suite suite;
static struct config config;
static struct candidate host, guest;
static const struct confinement unconfined;
static struct run run;

static void begin(void)
{
    suite = sample_suite();
    config = (struct config){.seed = 7, .slow_factor = 1, .stack_count = 1};
    host = (struct candidate){.name = "linux", .shown = "linux", .version = "6.1"};
    guest = (struct candidate){.name = "uml:6.1", .shown = "uml:6.1 telling x", .version = "6.1"};
    run = (struct run){
        .config = &config, .candidates = &host, .suite = &suite, .confinement = &unconfined};
}

static void end(void)
{
    suite_free(&suite);
}

TestSuite(resultline, .init = begin, .fini = end);

static void reproduces(const struct ran *ran, const char *wanted)
{
    json_t *command = resultline_reproduce(&run, ran);
    cr_assert_str_eq(json_string_value(command), wanted);
    json_decref(command);
}

Test(resultline, the_command_says_all_that_is_not_the_default)
{
    struct ran ran = {&host, suite.variants[0], 0, true};
    reproduces(&ran, "./sockproof run 'two[inet]' --seed 7");
    ran = (struct ran){&guest, suite.variants[0], 0, false};
    config.slow_factor = 2.5;
    reproduces(&ran, "./sockproof run 'two[inet]' --seed 7 --place loopback --stack uml:6.1 "
                     "--slow-factor 2.5");
}

Test(resultline, a_file_beside_the_suite_is_named_by_its_path)
{
    struct casefile file = *suite.files[0];
    struct variant variant = file.variants[0];
    struct ran ran = {&host, &variant, 0, true};
    file.path = "/tmp/two.yaml";
    variant.file = &file;
    reproduces(&ran, "./sockproof run '/tmp/two.yaml' --seed 7");
}

Test(resultline, a_lie_is_told_by_the_engine_itself)
{
    struct ran ran = {&host, suite.variants[0], 0, true};
    config.lie = "recv/errno";
    reproduces(&ran, "sockproof-engine run --lie recv/errno --seed 7 cases/two.yaml");
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

Test(resultline, what_is_known_comes_first_and_what_is_missing_is_empty)
{
    struct ran ran = {&guest, suite.variants[3], 2, false};
    json_t *line = resultline_json(
        &run, &ran, json_pack("{s:s, s:i, s:s}", "verdict", "pass", "duration_us", 12, "id", "no"));
    cr_assert_str_eq(text_of(line, "id"), "one[inet6]");
    cr_assert_str_eq(text_of(line, "case"), "one");
    cr_assert_str_eq(text_of(line, "stack"), "uml:6.1 telling x");
    cr_assert_str_eq(text_of(line, "place"), "loopback");
    cr_assert_str_eq(text_of(line, "transport"), "udp");
    cr_assert_str_eq(text_of(line, "family"), "inet6");
    cr_assert_eq(json_integer_value(json_object_get(line, "repeat")), 2);
    cr_assert_eq(json_integer_value(json_object_get(line, "seed")), 7);
    cr_assert_eq(json_integer_value(json_object_get(line, "duration_us")), 12);
    cr_assert_str_eq(json_string_value(json_array_get(json_object_get(line, "cites"), 0)),
                     "rfc768/destination-demux");
    cr_assert(json_is_array(json_object_get(line, "faults")));
    cr_assert(json_is_null(json_object_get(line, "failure")));
    cr_assert_eq(resultline_verdict(line), VERDICT_PASS);
    json_decref(line);
}

Test(resultline, a_verdict_that_there_is_not_is_broken)
{
    json_t *odd = json_pack("{s:s}", "verdict", "good");
    json_t *none = json_object();
    cr_assert_eq(resultline_verdict(odd), VERDICT_BROKEN);
    cr_assert_eq(resultline_verdict(none), VERDICT_BROKEN);
    json_decref(odd);
    json_decref(none);
}

Test(resultline, the_baseline_of_its_stack_is_asked)
{
    struct ran ran = {&host, suite.variants[0], 0, true};
    struct node any = {.kind = NODE_SCALAR, .text = "*", .length = 1};
    struct node versions = {.kind = NODE_LIST, .first = &any, .count = 1};
    struct deviation known = {
        .pattern = "two",
        .versions = &versions,
        .excuse = {.step = 1, .field = "errno", .observed = &any, .reason = "So", .file = "x"}};
    host.settings.baseline = (struct baseline){1, &known};
    json_t *line = json_pack("{s:s, s:s}", "verdict", "pass", "reason", "");
    ran.variant = suite.variants[2];
    resultline_against_baseline(&ran, line);
    cr_assert_eq(resultline_verdict(line), VERDICT_PASS);
    ran.variant = suite.variants[1];
    resultline_against_baseline(&ran, line);
    cr_assert_eq(resultline_verdict(line), VERDICT_FAIL, "it is stale");
    json_decref(line);
}

Test(resultline, a_case_about_programs_lists_them)
{
    static const char text[] = "title: Two programs\ncites: [posix/recv/orderly-shutdown-zero]\n"
                               "transport: tcp\nsubject: program\nprograms: [sh, no-such]\n"
                               "setup: none\nsteps:\n  - client: {run: [sh]}\n";
    struct casefile *file = casefile_parse("cases/x.yaml", text, strlen(text), NULL, false);
    cr_assert_gt(file->variant_count, 0);
    json_t *line =
        resultline_json(&run, &(struct ran){&host, &file->variants[0], 0, true}, json_object());
    const json_t *programs = json_object_get(line, "programs");
    cr_assert_eq(json_array_size(programs), 2);
    cr_assert_str_eq(json_string_value(json_array_get(programs, 1)), "no-such");
    json_decref(line);
    line = resultline_json(&run, &(struct ran){&host, suite.variants[0], 0, true}, json_object());
    cr_assert_null(json_object_get(line, "programs"));
    json_decref(line);
    casefile_free(file);
}

static bool keeps_its_reason(json_t *line)
{
    json_t *before = json_deep_copy(json_object_get(line, "reason"));
    resultline_reasoned(line);
    bool same = before != NULL && json_equal(before, json_object_get(line, "reason"));
    json_decref(before);
    return same;
}

static void becomes(json_t *line, const char *verdict, bool same_reason)
{
    cr_expect_eq(keeps_its_reason(line), same_reason);
    cr_expect_str_eq(json_string_value(json_object_get(line, "verdict")), verdict);
    cr_expect_gt(json_string_length(json_object_get(line, "reason")) + same_reason, 0);
    json_decref(line);
}

/* Whoever lost it: an answer that could not be read, or a text that was none. */
Test(resultline, none_is_broken_without_a_reason)
{
    becomes(json_pack("{s:s, s:s}", "verdict", "pass", "reason", ""), "pass", true);
    becomes(json_pack("{s:s, s:s}", "verdict", "fail", "reason", "1, not 0"), "fail", true);
    becomes(json_pack("{s:s, s:s}", "verdict", "broken", "reason", "lost"), "broken", true);
    becomes(json_pack("{s:s, s:s}", "verdict", "broken", "reason", ""), "broken", false);
    becomes(json_pack("{s:s, s:s}", "verdict", "fail", "reason", ""), "broken", false);
    becomes(json_pack("{s:s}", "verdict", "broken"), "broken", false);
    becomes(json_pack("{s:s, s:i}", "verdict", "broken", "reason", 7), "broken", false);
    becomes(json_pack("{s:s, s:s}", "verdict", "nonsense", "reason", ""), "broken", false);
    becomes(json_pack("{}"), "broken", false);
    struct ran ran = {&host, suite.variants[0], 0, true};
    becomes(resultline_json(&run, &ran, NULL), "broken", true);
    json_t *line = resultline_json(&run, &ran, NULL);
    cr_expect_gt(json_string_length(json_object_get(line, "reason")), 0);
    json_decref(line);
}
