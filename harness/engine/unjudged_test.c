/* SPDX-License-Identifier: MIT */
#include "engine/unjudged.h"

#include "case/casefile.h"

#include <criterion/criterion.h>
#include <string.h>

static const char text[] = "\n"
                           "title: Two steps\n"
                           "cites: [posix/recv/orderly-shutdown-zero]\n"
                           "transport: tcp\n"
                           "steps:\n"
                           "  - client: {send: \"x\"}\n"
                           "  - server: {recv: 1, data: \"x\"}\n";

static struct casefile *two_steps(void)
{
    struct casefile *file = casefile_parse("cases/two.yaml", text, strlen(text), NULL, false);
    cr_assert_gt(file->variant_count, 0);
    return file;
}

static void expect_text(const json_t *object, const char *key, const char *wanted)
{
    const char *found = json_string_value(json_object_get(object, key));
    cr_assert_not_null(found, "%s", key);
    cr_expect_str_eq(found, wanted, "%s", key);
}

static void expect_number(const json_t *object, const char *key, json_int_t wanted)
{
    json_t *found = json_object_get(object, key);
    cr_assert(json_is_integer(found), "%s", key);
    cr_expect_eq(json_integer_value(found), wanted, "%s", key);
}

/* The failure of a result that is broken; borrowed from it. */
static const json_t *failure_of(const json_t *result, const char *code)
{
    const json_t *failure = json_object_get(result, "failure");
    expect_text(result, "verdict", "broken");
    expect_text(result, "reason", "so it is");
    expect_text(failure, "code", code);
    expect_text(failure, "file", "cases/two.yaml");
    expect_text(failure, "actor", "harness");
    cr_expect_eq(json_array_size(json_object_get(failure, "requirements")), 0);
    return failure;
}

Test(unjudged, a_skip_has_a_code_beside_its_reason)
{
    json_t *result = unjudged_skip((struct skip){CODE_NO_WIRE, "there is none"});
    expect_text(result, "verdict", "skip");
    expect_text(result, "reason", "there is none");
    expect_text(json_object_get(result, "skip"), "code", "no-wire");
    cr_expect_null(json_object_get(result, "failure"));
    json_decref(result);
}

Test(unjudged, not_run_needs_no_code)
{
    json_t *result = unjudged_not_run("it was stopped");
    expect_text(result, "verdict", "not-run");
    expect_text(result, "reason", "it was stopped");
    cr_expect_null(json_object_get(result, "skip"));
    json_decref(result);
}

Test(unjudged, a_worker_that_fails_in_a_step_fails_there)
{
    struct casefile *file = two_steps();
    struct report report = {.step = 1};
    json_t *result = unjudged_broken(&file->variants[0], CODE_WORKER_HUNG, "so it is", &report);
    const json_t *failure = failure_of(result, "worker-hung");
    const json_t *left = json_object_get(failure, "not_run");
    expect_number(failure, "step", 1);
    expect_number(failure, "line", 6);
    expect_number(failure, "column", 5);
    expect_text(failure, "source", "client: {send: \"x\"}");
    cr_assert_eq(json_array_size(left), 1);
    expect_number(json_array_get(left, 0), "step", 2);
    json_decref(result);
    casefile_free(file);
}

Test(unjudged, a_worker_that_fails_in_set_up_fails_the_case)
{
    struct casefile *file = two_steps();
    struct report report = {.step = 0};
    json_t *result = unjudged_broken(&file->variants[0], CODE_WORKER_DIED, "so it is", &report);
    const json_t *failure = failure_of(result, "worker-died");
    expect_number(failure, "step", 0);
    expect_number(failure, "line", 2);
    expect_number(failure, "column", 0);
    expect_text(failure, "source", "");
    cr_expect_eq(json_array_size(json_object_get(failure, "not_run")), 2);
    json_decref(result);
    casefile_free(file);
}

Test(unjudged, without_a_worker_nothing_is_known_of_steps)
{
    struct casefile *file = two_steps();
    json_t *result = unjudged_broken(&file->variants[0], CODE_NO_HOSTS, "so it is", NULL);
    const json_t *failure = failure_of(result, "no-hosts");
    expect_number(failure, "step", 0);
    expect_number(failure, "line", 2);
    cr_expect_eq(json_array_size(json_object_get(failure, "not_run")), 0);
    json_decref(result);
    casefile_free(file);
}
