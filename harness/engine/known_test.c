/* SPDX-License-Identifier: MIT */
#include "engine/known.h"

#include <criterion/criterion.h>
#include <string.h>

static struct node value = {.kind = NODE_SCALAR, .plain = true, .text = "EIO", .length = 3};
static const struct excuse second = {.step = 2,
                                     .field = "errno",
                                     .observed = &value,
                                     .go_on = true,
                                     .reason = "It does so",
                                     .file = "fixtures/baseline/test.yaml",
                                     .mark = {12, 9}};
static const struct excuse fourth = {.step = 4,
                                     .field = "data",
                                     .observed = &value,
                                     .reason = "And so",
                                     .file = "fixtures/baseline/test.yaml",
                                     .mark = {13, 9}};
static const struct excuse *both_of[] = {&second, &fourth};
static const struct excuses none = {0, NULL}, first = {1, both_of}, both = {2, both_of};

/* A result that met the excuse on that line (0: none). */
static json_t *found(const char *verdict, int line, bool went_on)
{
    json_t *result = json_pack("{s:s, s:s}", "verdict", verdict, "reason", "1, not 0");
    if (line > 0)
        json_object_set_new(result, "excused",
                            json_pack("[{s:s, s:i, s:i, s:b}]", "file",
                                      "fixtures/baseline/test.yaml", "line", line, "step",
                                      line == 12 ? 2 : 4, "went_on", went_on));
    return result;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

/* The verdict and the reason, after it was held against what is excused. */
static void expect(const struct excuses *excuses, json_t *result, const char *verdict,
                   const char *reason)
{
    known_judge(excuses, "test", "1.2", result);
    cr_expect_str_eq(text_of(result, "verdict"), verdict);
    cr_expect_not_null(strstr(text_of(result, "reason"), reason), "%s", text_of(result, "reason"));
    json_decref(result);
}

Test(known, a_pass_that_is_known_to_fail_is_stale_and_points_to_the_entry)
{
    json_t *result = found("pass", 0, false);
    known_judge(&first, "test", "1.2", result);
    const json_t *failure = json_object_get(result, "failure");
    cr_assert_str_eq(text_of(result, "verdict"), "fail");
    cr_assert_not_null(strstr(text_of(result, "reason"),
                              "fixtures/baseline/test.yaml:12 says that this fails on test 1.2, "
                              "step 2: errno: EIO (It does so), and it passes"));
    cr_assert_str_eq(text_of(failure, "code"), "stale-baseline");
    cr_assert_str_eq(text_of(failure, "file"), "fixtures/baseline/test.yaml");
    cr_assert_eq(json_integer_value(json_object_get(failure, "line")), 12);
    json_decref(result);
}

Test(known, what_came_as_it_is_known_stays)
{
    expect(&first, found("known", 12, true), "known", "1, not 0");
    expect(&both, found("known", 13, false), "fail", "test.yaml:12 says that this fails");
}

Test(known, a_part_that_did_not_come_is_stale_where_the_case_got_so_far)
{
    expect(&both, found("known", 12, true), "fail", "test.yaml:13 says that this fails");
    expect(&both, found("known", 12, true), "fail", "and that is not so any more");
    expect(&both, found("known", 12, false), "known", "1, not 0");
}

Test(known, another_failure_is_told_what_the_baseline_excuses)
{
    json_t *result = found("fail", 0, false);
    known_judge(&both, "test", "1.2", result);
    cr_assert_str_eq(text_of(result, "verdict"), "fail");
    cr_assert_str_eq(text_of(result, "reason"),
                     "1, not 0; the baseline excuses another failure: step 2: errno: EIO "
                     "(fixtures/baseline/test.yaml:12), step 4: data: EIO "
                     "(fixtures/baseline/test.yaml:13)");
    const json_t *list = json_object_get(result, "excuses");
    cr_assert_eq(json_array_size(list), 2);
    cr_assert_str_eq(text_of(json_array_get(list, 1), "failure"), "step 4: data: EIO");
    cr_assert_str_eq(text_of(json_array_get(list, 1), "reason"), "And so");
    json_decref(result);
}

Test(known, what_nothing_is_known_of_or_was_not_judged_is_let_be)
{
    static const char *const others[] = {"skip", "broken", "not-run"};
    for (size_t i = 0; i < 3; i++)
        expect(&both, found(others[i], 0, false), others[i], "1, not 0");
    expect(&none, found("fail", 0, false), "fail", "1, not 0");
    expect(&none, found("pass", 0, false), "pass", "1, not 0");
}
