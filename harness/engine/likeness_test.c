/* SPDX-License-Identifier: MIT */
#include "engine/likeness.h"

#include <criterion/criterion.h>

/* A failure of step 3. */
static json_t *failing(const char *code, const char *field, const char *observed)
{
    json_t *result = json_pack("{s:s, s:s, s:{s:s, s:s, s:i, s:s, s:s}}", "verdict", "fail",
                               "reason", observed, "failure", "code", code, "actor", "client",
                               "step", 3, "field", field, "observed", observed);
    json_t *likeness = likeness_of(result);
    json_decref(result);
    return likeness;
}

static bool same(json_t *one, json_t *other)
{
    bool yes = likeness_same(one, other);
    cr_expect_eq(likeness_same(other, one), yes, "whichever comes first");
    json_decref(one);
    json_decref(other);
    return yes;
}

/* Both failed in the same field of the same step, and this was observed. */
static bool same_observed(const char *one, const char *other)
{
    return same(failing("mismatch", "value", one), failing("mismatch", "value", other));
}

Test(likeness, a_number_in_a_sentence_makes_no_other_failure)
{
    cr_assert(same_observed("41 packets let go", "7 packets let go"));
    cr_assert(same_observed("after 1.25 s, at byte 100", "after 13 s, at byte 99"));
    cr_assert_not(same_observed("41 packets let go", "41 packets held"));
    cr_assert_not(same_observed("recv is still busy", "recv is still asleep"));
    cr_assert_not(same_observed("41 packets", "41 packets let go"));
    cr_assert_not(same_observed("a packet", "1 packet"));
}

Test(likeness, a_value_is_compared_as_it_is)
{
    cr_assert(same_observed("4", "4"));
    cr_assert_not(same_observed("4", "5"));
    cr_assert_not(same_observed("ECONNRESET", "EPIPE"));
    cr_assert_not(same_observed("[\"POLLIN\"]", "[\"POLLIN\",\"POLLHUP\"]"));
    cr_assert_not(same_observed("{\"a\":1}", "{\"b\":1}"));
    cr_assert_not(same_observed("{\"a\":1}", "{\"a\":1,\"b\":1}"));
    cr_assert_not(same_observed("4", "4 packets"));
}

Test(likeness, a_port_that_a_worker_has_for_itself_is_no_difference)
{
    cr_assert(same_observed("{\"host\":\"client\",\"port\":20001}",
                            "{\"host\":\"client\",\"port\":20009}"));
    cr_assert(same_observed("[{\"port\":20001}]", "[{\"port\":20009}]"));
    cr_assert_not(same_observed("{\"host\":\"client\",\"port\":20001}",
                                "{\"host\":\"server\",\"port\":20009}"));
    cr_assert_not(same_observed("{\"port\":53}", "{\"port\":20009}"));
    cr_assert_not(same_observed("{\"size\":20001}", "{\"size\":20009}"));
}

Test(likeness, another_code_or_field_is_another_failure)
{
    cr_assert_not(same(failing("mismatch", "value", "4"), failing("deadline", "value", "4")));
    cr_assert_not(same(failing("mismatch", "value", "4"), failing("mismatch", "returns", "4")));
}

static json_t *broken(const char *code, int step, const char *reason)
{
    json_t *result = json_pack("{s:s, s:s}", "verdict", "broken", "reason", reason);
    if (code != NULL)
        json_object_set_new(result, "failure",
                            json_pack("{s:s, s:s, s:i}", "code", code, "actor", "x", "step", step));
    json_t *likeness = likeness_of(result);
    json_decref(result);
    return likeness;
}

Test(likeness, what_is_broken_is_compared_by_its_code_and_step)
{
    cr_assert(same(broken("too-large", 2, "step 2"), broken("too-large", 2, "words")));
    cr_assert_not(same(broken("too-large", 2, "step 2"), broken("too-large", 3, "step 2")));
    cr_assert_not(same(broken("too-large", 2, "step 2"), broken("no-hosts", 2, "step 2")));
    cr_assert_not(same(broken("too-large", 2, "4"), failing("too-large", "value", "4")));
}

Test(likeness, what_has_no_failure_is_compared_by_its_words)
{
    cr_assert(same(broken(NULL, 0, "ended by signal 9"), broken(NULL, 0, "ended by signal 15")));
    cr_assert_not(same(broken(NULL, 0, "ended"), broken(NULL, 0, "did not end")));
}
