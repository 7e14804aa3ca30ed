/* SPDX-License-Identifier: MIT */
#include "trial/conclude.h"

#include "trial/sample.h"

static const struct seen nothing;

/* What a case with this at its top says at its end, of which these are the members, when the wire
   has seen that. */
static void expect_of(const struct seen *seen, const char *top, const char *end,
                      enum verdict verdict, enum code code)
{
    char text[1024];
    snprintf(text, sizeof text, SAMPLE_HEAD "family: inet\n%ssteps:\n  - client: {send: \"x\"}\n",
             top);
    struct sample *sample = sample_new(text);
    struct judgement *judgement = &sample->trial.judgement;
    json_t *json = json_loads(end, 0, NULL);
    cr_assert_not_null(json, "%s", end);
    conclude(judgement, seen, json);
    cr_expect_eq(judgement->verdict, verdict, "%s%s: %s", top, end, judgement->reason);
    cr_expect_eq(judgement->failure.code, code, "%s%s", top, end);
    json_decref(json);
    sample_free(sample);
}

static void expect(const char *top, const char *end, enum verdict verdict, enum code code)
{
    expect_of(&nothing, top, end, verdict, code);
}

#define LOST "faults:\n  lost: {wire: client, do: drop}\n"
#define CALL "faults:\n  dead: {call: send, by: client, do: reset}\n"
#define LATE "faults:\n  late: {wire: client, do: reorder}\n"
#define FIRED(name, fired)                                                                         \
    "{\"faults\": [{\"name\": \"" name "\", \"fired\": " fired ", \"chances\": 9}]}"

Test(conclude, a_fault_that_never_fired_proves_nothing)
{
    expect(LOST, FIRED("lost", "1"), VERDICT_PASS, CODE_NONE);
    expect(LOST, FIRED("lost", "0"), VERDICT_BROKEN, CODE_FAULT_NEVER_FIRED);
    expect(LOST "expect: {fired: {lost: 0}}\n", FIRED("lost", "0"), VERDICT_PASS, CODE_NONE);
    expect(LOST "expect: {fired: {lost: 2}}\n", FIRED("lost", "1"), VERDICT_FAIL, CODE_MISMATCH);
    expect(LOST "expect: {fired: {lost: 2}}\n", FIRED("lost", "0"), VERDICT_FAIL, CODE_MISMATCH);
    expect(CALL "expect: {fired: {dead: 2}}\n", FIRED("dead", "0"), VERDICT_BROKEN,
           CODE_FAULT_NEVER_FIRED);
    expect(LOST "expect: {fired: {lost: 2}}\n", FIRED("lost", "2"), VERDICT_PASS, CODE_NONE);
}

Test(conclude, a_fault_that_asks_for_what_no_packet_has)
{
    expect(LOST "expect: {fired: {lost: 0}}\n",
           "{\"faults\": [{\"name\": \"lost\", \"fired\": 0, \"chances\": 9, \"lacks\": \"id\"}]}",
           VERDICT_BROKEN, CODE_FAULT_NEVER_FIRED);
}

Test(conclude, a_fault_that_is_to_fire_at_no_call_and_that_calls_went_past_proves_nothing)
{
    static const char past[] = "{\"faults\": [{\"name\": \"dead\", \"fired\": 0, \"chances\": 0, "
                               "\"slipped\": true, \"why\": [\"one\", \"two\"]}]}";
    expect(CALL "expect: {fired: {dead: 0}}\n", FIRED("dead", "0"), VERDICT_PASS, CODE_NONE);
    expect(CALL "expect: {fired: {dead: 0}}\n", past, VERDICT_BROKEN, CODE_FAULT_NEVER_FIRED);
    expect(CALL "expect: {fired: {dead: {at_least: 0}}}\n", past, VERDICT_PASS, CODE_NONE);
}

Test(conclude, what_was_kept_and_not_overtaken_proves_nothing)
{
    expect(LATE, FIRED("late", "1"), VERDICT_BROKEN, CODE_FAULT_WITHOUT_EFFECT);
}

Test(conclude, what_was_kept_and_overtaken_is_as_it_was_meant)
{
    static struct sighting sightings[] = {{.fate = FATE_PASSED}, {.fate = FATE_REORDERED}};
    const struct seen overtaken = {.sightings = sightings, .count = 2};
    expect_of(&overtaken, LATE, FIRED("late", "1"), VERDICT_PASS, CODE_NONE);
}

Test(conclude, delivery)
{
    static const char lost[] = "{\"delivery\": {\"sent\": 3, \"lost\": 1}}";
    expect("expect: {delivery: {sent: 3, lost: 1}}\n", lost, VERDICT_PASS, CODE_NONE);
    expect("expect: {delivery: {sent: 3, lost: 0}}\n", lost, VERDICT_FAIL, CODE_MISMATCH);
    expect("expect: {delivery: {corrupted: 0}}\n", lost, VERDICT_BROKEN,
           CODE_EXPECTATION_NOT_EVALUATED);
}

Test(conclude, ordering)
{
    expect("expect: {ordering: exact}\n", "{\"ordering\": {\"exact\": true}}", VERDICT_PASS,
           CODE_NONE);
    expect("expect: {ordering: exact}\n", "{\"ordering\": {\"exact\": false}}", VERDICT_FAIL,
           CODE_MISMATCH);
    expect("expect: {ordering: exact}\n", "{\"ordering\": {\"reordered\": 0}}", VERDICT_BROKEN,
           CODE_EXPECTATION_NOT_EVALUATED);
}

Test(conclude, a_signal_that_nobody_names)
{
    expect("", "{\"signals\": [{\"actor\": \"client\", \"step\": 1, \"caught\": [\"SIGPIPE\"]}]}",
           VERDICT_FAIL, CODE_MISMATCH);
    expect("", "{\"signals\": []}", VERDICT_PASS, CODE_NONE);
}

Test(conclude, the_first_that_is_wrong_is_what_is_said)
{
    expect(LOST "expect: {delivery: {lost: 0}}\n",
           "{\"delivery\": {\"lost\": 1},"
           " \"faults\": [{\"name\": \"lost\", \"fired\": 0, \"chances\": 9}]}",
           VERDICT_FAIL, CODE_MISMATCH);
}

Test(conclude, a_program_that_crashed)
{
    struct sample *sample = sample_new(SAMPLE_HEAD "steps:\n  - client: {send: \"x\"}\n");
    struct judgement *judgement = &sample->trial.judgement;
    conclude_crashed(judgement, 1, "server", "SIGSEGV", (const uint8_t *)"bad\nend", 7);
    cr_assert_eq(judgement->failure.code, CODE_PROGRAM_CRASHED);
    cr_assert_str_eq(judgement->failure.observed, "it was killed by SIGSEGV: bad end");
    cr_assert_str_eq(judgement->failure.passage.source, "client: {send: \"x\"}");
    cr_assert_str_eq(conclude_last_words(judgement, NULL, 0), "");
    sample_free(sample);
}
