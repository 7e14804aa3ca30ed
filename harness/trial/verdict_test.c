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
