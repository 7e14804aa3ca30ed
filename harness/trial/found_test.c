/* SPDX-License-Identifier: MIT */
#include "trial/found.h"

#include "trial/sample.h"

static struct sample *sample;
static struct judgement *judgement;

/* A case of one step. */
static const struct step *asks(const char *step)
{
    char text[512];
    snprintf(text, sizeof text, SAMPLE_HEAD "steps:\n  - %s\n", step);
    sample = sample_new(text);
    judgement = &sample->trial.judgement;
    return &sample->trial.variant->steps[0];
}

static void is(enum verdict verdict, enum code code)
{
    cr_expect_eq(judgement->verdict, verdict, "%s", judgement->reason);
    cr_expect_eq(judgement->failure.code, code, "%s", judgement->reason);
    sample_free(sample);
}

static void released(const char *step, int count, bool holds)
{
    struct answered answered = {0, 0};
    const struct step *one = asks(step);
    found_released(judgement, one, count, holds, &answered);
}

Test(found, what_was_to_be_let_go)
{
    released("wire: {release: {packet: fin}}", 1, true);
    is(VERDICT_PASS, CODE_NONE);
    released("wire: {release: {packet: fin}}", 0, true);
    is(VERDICT_FAIL, CODE_NOTHING_RELEASED);
    released("wire: {release: {packet: fin}}", 0, false);
    is(VERDICT_BROKEN, CODE_NOTHING_RELEASED);
    released("wire: {release: {packet: fin}, count: {at_most: 1}}", 0, true);
    is(VERDICT_PASS, CODE_NONE);
    released("wire: {release: client}", 0, true);
    is(VERDICT_PASS, CODE_NONE);
}

Test(found, a_packet_that_was_not_seen_though_none_has_the_field)
{
    struct answered lacks = {.had = 0, .lacked = 1};
    const struct step *one = asks("wire: {sees: {icmp: {id: 0}}}");
    found_seen(judgement, one, false, &lacks, judgement_text(judgement, "no packet"));
    cr_expect_str_eq(judgement->failure.observed,
                     "no packet; what is so in all else has no 'icmp.id'");
    is(VERDICT_FAIL, CODE_NOT_SEEN);
    one = asks("wire: {sees: {icmp: {id: 0}}, count: 0}");
    found_counted(judgement, one, 0, &lacks);
    is(VERDICT_BROKEN, CODE_NO_SUCH_FIELD);
}

Test(found, of_a_started_call)
{
    asks("client: {recv: 1, start: waits}");
    found_blocked(judgement, "recv", true, false, 0);
    cr_expect(judgement_good(judgement));
    found_blocked(judgement, "recv", false, true, 1);
    is(VERDICT_FAIL, CODE_NOT_BLOCKED);
}
