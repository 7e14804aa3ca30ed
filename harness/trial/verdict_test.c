/* SPDX-License-Identifier: MIT */
#include "trial/verdict.h"

#include "trial/sample.h"

static struct sample *sample;
static struct judgement *judgement;

static void begin(void)
{
    sample = sample_new(SAMPLE_HEAD "family: inet\n"
                                    "faults:\n  lost: {wire: client, do: drop, when: {nth: 2}}\n"
                                    "steps:\n  - client: {send: \"x\"}\n  - server: {recv: 1}\n");
    judgement = &sample->trial.judgement;
}

static void end(void)
{
    sample_free(sample);
}

TestSuite(verdict, .init = begin, .fini = end);

static void fail(const char *field)
{
    judgement_fail(judgement, NULL, CODE_MISMATCH, field, "1", "2");
}

Test(verdict, the_first_failure_stays)
{
    judgement->step = &judgement->variant->steps[1];
    cr_assert(judgement_good(judgement));
    fail("returns");
    fail("data");
    cr_assert_not(judgement_good(judgement));
    cr_assert_eq(judgement->verdict, VERDICT_FAIL);
    cr_assert_str_eq(judgement->reason, "step 2: returns: expected 1, observed 2");
    cr_assert_str_eq(judgement->failure.actor, "server", "whose step it is");
    cr_assert_eq(judgement->failure.passage.mark.line, 9);
}

/* It may be a word of an event, which is gone when the result is told. */
Test(verdict, who_failed_outlives_what_told_it)
{
    char actor[] = "client";
    judgement_fail(judgement, actor, CODE_MISMATCH, "signals", "1", "2");
    actor[0] = 'X';
    cr_assert_str_eq(judgement->failure.actor, "client");
}

Test(verdict, the_first_reason_why_it_is_broken_stays)
{
    judgement_broken(judgement, CODE_NO_VALUE, "first");
    judgement_broken(judgement, CODE_TOO_MANY, "second");
    cr_assert_eq(judgement->verdict, VERDICT_BROKEN);
    cr_assert_eq(judgement->failure.code, CODE_NO_VALUE);
    cr_assert_str_eq(judgement->reason, "first");
}

Test(verdict, a_failure_outranks_what_broke_before_and_nothing_breaks_it)
{
    judgement_broken(judgement, CODE_NO_VALUE, "it broke");
    fail("returns");
    cr_assert_eq(judgement->verdict, VERDICT_FAIL);
    judgement_broken(judgement, CODE_TOO_MANY, "and again");
    cr_assert_eq(judgement->verdict, VERDICT_FAIL);
    cr_assert_eq(judgement->failure.code, CODE_MISMATCH);
}

Test(verdict, pardon_takes_all_back)
{
    fail("returns");
    judgement_pardon(judgement);
    cr_assert(judgement_good(judgement));
    cr_assert_eq(judgement->failure.code, CODE_NONE);
    cr_assert_null(judgement->reason);
    fail("data");
    cr_assert_str_eq(judgement->failure.field, "data", "from then on it counts again");
}

Test(verdict, a_check_that_is_met_is_an_event_and_no_failure)
{
    judgement_check(judgement, "client", "returns", true, "1", "1");
    cr_assert(judgement_good(judgement));
    cr_assert_not_null(strstr(sample_log(sample), "\"met\":true"));
    judgement_check(judgement, "client", "returns", false, "1", "2");
    cr_assert_eq(judgement->failure.code, CODE_MISMATCH);
    cr_assert_not_null(strstr(sample_log(sample), "\"met\":false"));
}

Test(verdict, without_a_step_it_is_what_is_asked)
{
    judgement_asks_fault(judgement, "lost");
    fail("fired.lost");
    cr_assert_eq(judgement->failure.passage.mark.line, 6);
    cr_assert_str_eq(judgement->failure.passage.source, "lost: {do: drop, when: {nth: 2}}");
    cr_assert_str_eq(judgement->failure.actor, "harness");
    judgement_pardon(judgement);
    judgement_asks_step(judgement, 2);
    fail("signals");
    cr_assert_str_eq(judgement->failure.passage.source, "server: {recv: 1}");
}

Test(verdict, names)
{
    cr_assert_str_eq(verdict_name(VERDICT_FAIL), "fail");
    cr_assert_str_eq(verdict_name(VERDICT_NOT_RUN), "not-run");
}

/* --- what is known ---------------------------------------------------------------------------- */

static struct node two = {.kind = NODE_SCALAR, .plain = true, .text = "2", .length = 1};
static struct excuse returns_2 = {
    .step = 2, .field = "returns", .observed = &two, .reason = "It does so", .file = "x"};
static struct excuse whole_2 = {
    .field = "fired.lost", .observed = &two, .reason = "And so", .file = "x"};
static const struct excuse *known_list[] = {&returns_2, &whole_2};

/* What is known: at step 2 and of the case as a whole 2 is observed. */
static void know(bool go_on)
{
    returns_2.go_on = whole_2.go_on = go_on;
    judgement->excuses = (struct excuses){2, known_list};
    judgement->step = &judgement->variant->steps[1];
}

Test(verdict, a_failure_that_is_excused_is_known_and_ends_the_case)
{
    know(false);
    fail("returns");
    cr_assert_not(judgement_good(judgement));
    cr_assert_eq(judgement_verdict(judgement), VERDICT_KNOWN);
    cr_assert_str_eq(judgement_reason(judgement),
                     "It does so (step 2: returns: expected 1, observed 2)");
    cr_assert_str_eq(judgement_failure(judgement)->field, "returns");
    cr_assert_not_null(strstr(sample_log(sample), "\"met\":false,\"excused\":true"));
}

Test(verdict, no_other_failure_is_excused)
{
    know(true);
    fail("errno");
    cr_assert_eq(judgement_verdict(judgement), VERDICT_FAIL);
    judgement_pardon(judgement);
    judgement->step = &judgement->variant->steps[0];
    fail("returns");
    cr_assert_eq(judgement_verdict(judgement), VERDICT_FAIL);
    judgement_pardon(judgement);
    judgement->step = &judgement->variant->steps[1];
    judgement_fail(judgement, NULL, CODE_MISMATCH, "returns", "1", "3");
    cr_assert_eq(judgement_verdict(judgement), VERDICT_FAIL);
    cr_assert_str_eq(judgement_reason(judgement), "step 2: returns: expected 1, observed 3");
}

Test(verdict, one_that_goes_on_is_known_in_the_end)
{
    know(true);
    fail("returns");
    fail("returns");
    cr_assert(judgement_good(judgement));
    judgement->step = NULL;
    fail("fired.lost");
    cr_assert(judgement_good(judgement));
    cr_assert_eq(judgement_verdict(judgement), VERDICT_KNOWN);
    cr_assert_eq(judgement->excused_count, 2, "each once");
    cr_assert_str_eq(judgement_reason(judgement),
                     "It does so (step 2: returns: expected 1, observed 2); And so (fired.lost: "
                     "expected 1, observed 2)");
}

Test(verdict, what_comes_behind_a_known_failure_is_not_excused_by_it)
{
    know(true);
    fail("returns");
    fail("data");
    cr_assert_eq(judgement_verdict(judgement), VERDICT_FAIL);
    cr_assert_str_eq(judgement_failure(judgement)->field, "data");
    judgement_pardon(judgement);
    cr_assert_eq(judgement->excused_count, 0);
    fail("returns");
    judgement_broken(judgement, CODE_NO_VALUE, "nothing saved");
    cr_assert_eq(judgement_verdict(judgement), VERDICT_BROKEN);
    cr_assert_str_eq(judgement_reason(judgement), "nothing saved");
}
