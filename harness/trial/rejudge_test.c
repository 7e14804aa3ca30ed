/* SPDX-License-Identifier: MIT */
#include "trial/rejudge.h"

#include "trial/sample.h"

/* The verdict on a case by these events. */
static void expect(const char *steps, const char *events, enum verdict verdict, enum code code)
{
    char text[1024];
    struct arena *arena = arena_new();
    snprintf(text, sizeof text, SAMPLE_HEAD "family: inet\nsteps:\n%s", steps);
    struct sample *sample = sample_new(text);
    json_t *json = json_loads(events, 0, NULL);
    cr_assert_not_null(json, "%s", events);
    const struct excuses none = {0, NULL};
    struct judgement judgement = rejudge(sample->trial.variant, json, &none, arena);
    cr_expect_eq(judgement.verdict, verdict, "%s: %s", events, judgement.reason);
    cr_expect_eq(judgement.failure.code, code, "%s", events);
    json_decref(json);
    sample_free(sample);
    arena_free(arena);
}

#define STEP(n, actor) "{\"type\": \"step\", \"step\": " #n ", \"actor\": \"" actor "\"}"
#define RETURNED(n, actor, call, members)                                                          \
    "{\"type\": \"call\", \"phase\": \"returned\", \"step\": " #n ", \"actor\": \"" actor          \
    "\", \"call\": \"" call "\", " members "}"
#define END "{\"type\": \"end\", \"step\": 0}"
#define BEGIN "{\"type\": \"begin\", \"step\": 0, \"hosts\": {}}"
#define EVENTS(...) "[" BEGIN ", " __VA_ARGS__ ", " END "]"

static const char two[] = "  - client: {send: \"tail\", returns: 4}\n"
                          "  - server: {recv: 64, data: \"tail\"}\n";
#define SENT STEP(1, "client") ", " RETURNED(1, "client", "send", "\"returns\": 4, \"whole\": 4")

Test(rejudge, what_came_is_held_against_what_is_expected)
{
    expect(two,
           EVENTS(SENT ", " STEP(2, "server") ", " RETURNED(
               2, "server", "recv", "\"returns\": 4, \"data\": {\"text\": \"tail\"}")),
           VERDICT_PASS, CODE_NONE);
    expect(two,
           EVENTS(SENT ", " STEP(2, "server") ", " RETURNED(
               2, "server", "recv", "\"returns\": 4, \"data\": {\"text\": \"tall\"}")),
           VERDICT_FAIL, CODE_MISMATCH);
    expect(two,
           EVENTS(SENT ", " STEP(2, "server") ", " RETURNED(
               2, "server", "recv", "\"returns\": -1, \"errno\": \"ECONNRESET\"")),
           VERDICT_FAIL, CODE_UNEXPECTED_ERRNO);
}

static const char waits[] = "  - client: {recv: 8, start: waits}\n"
                            "  - server: {send: \"x\", returns: 1}\n"
                            "  - client: {done: waits, data: \"x\"}\n";
#define CAME(text)                                                                                 \
    RETURNED(1, "client", "recv", "\"returns\": 1, \"data\": {\"text\": \"" text "\"}")

Test(rejudge, a_started_call_is_judged_by_its_done_whenever_it_ended)
{
#define BOTH(text)                                                                                 \
    STEP(1, "client")                                                                              \
    ", " STEP(2, "server") ", " RETURNED(2, "server", "send",                                      \
                                         "\"returns\": 1, \"whole\": 1") ", " CAME(text)
    expect(waits, EVENTS(BOTH("x") ", " STEP(3, "client")), VERDICT_PASS, CODE_NONE);
    expect(waits, EVENTS(BOTH("y") ", " STEP(3, "client")), VERDICT_FAIL, CODE_MISMATCH);
    expect(waits, EVENTS(STEP(1, "client") ", " STEP(3, "client") ", " CAME("y")), VERDICT_FAIL,
           CODE_MISMATCH);
}

Test(rejudge, a_started_call_that_nobody_asks_about_went_well_or_fails)
{
    static const char left[] = "  - client: {recv: 8, start: waits}\n"
                               "  - server: {send: \"x\", returns: 1}\n";
#define LEFT(members)                                                                              \
    EVENTS(STEP(1, "client") ", " STEP(2, "server") ", " RETURNED(1, "client", "recv", members))
    expect(left, LEFT("\"returns\": 1, \"errno\": 0"), VERDICT_PASS, CODE_NONE);
    expect(left, LEFT("\"returns\": -1, \"errno\": \"ECONNRESET\""), VERDICT_FAIL,
           CODE_UNEXPECTED_ERRNO);
}

Test(rejudge, what_was_found_of_a_call)
{
    expect(two,
           EVENTS(STEP(1, "client") ", {\"type\": \"found\", \"step\": 1, \"overdue\": \"send\", "
                                    "\"bound_us\": 1000, \"asleep\": true}"),
           VERDICT_FAIL, CODE_DEADLINE);
    expect(
        two,
        EVENTS(STEP(1, "client") ", {\"type\": \"found\", \"step\": 1, \"not_quiet\": \"data\"}"),
        VERDICT_FAIL, CODE_NOT_QUIET);
}

Test(rejudge, what_was_found_of_a_descriptor_and_of_packets)
{
    expect(two,
           EVENTS(STEP(1, "client") ", {\"type\": \"found\", \"step\": 1, \"actor\": "
                                    "\"client\", \"crashed\": \"SIGSEGV\"}"),
           VERDICT_FAIL, CODE_STACK_CRASHED);
    expect(two,
           EVENTS(STEP(1, "client") ", {\"type\": \"found\", \"step\": 1, \"actor\": "
                                    "\"client\", \"missing\": \"sock\", \"why\": \"it waits\"}"),
           VERDICT_FAIL, CODE_NO_SUCH_DESCRIPTOR);
    expect("  - wire: {release: {packet: fin}}\n",
           EVENTS(STEP(1, "wire") ", {\"type\": \"found\", \"step\": 1, \"released\": 0, "
                                  "\"holds\": true, \"answered\": [0, 0]}"),
           VERDICT_FAIL, CODE_NOTHING_RELEASED);
    expect("  - wire: {release: {packet: fin}}\n",
           EVENTS(STEP(1, "wire") ", {\"type\": \"found\", \"step\": 1, \"released\": 0, "
                                  "\"holds\": false, \"answered\": [0, 0]}"),
           VERDICT_BROKEN, CODE_NOTHING_RELEASED);
}

Test(rejudge, what_the_harness_could_not_do_stands)
{
    expect(two,
           EVENTS(STEP(1, "client") ", {\"type\": \"note\", \"step\": 1, \"code\": \"actor-died\", "
                                    "\"text\": \"broken: it died\"}"),
           VERDICT_BROKEN, CODE_ACTOR_DIED);
}

Test(rejudge, a_packet_is_asked_for_when_the_log_goes_on)
{
    expect("  - wire: {sees: fin, from: client}\n", EVENTS(STEP(1, "wire")), VERDICT_FAIL,
           CODE_NOT_SEEN);
    expect("  - wire: {sees: fin, from: client}\n", "[" BEGIN ", " STEP(1, "wire") "]",
           VERDICT_FAIL, CODE_NOT_SEEN);
}

Test(rejudge, the_end_is_judged)
{
    expect(two,
           "[" BEGIN ", " SENT ", {\"type\": \"end\", \"step\": 0, \"signals\": "
           "[{\"actor\": \"client\", \"step\": 1, \"caught\": [\"SIGPIPE\"]}]}]",
           VERDICT_FAIL, CODE_MISMATCH);
}

Test(rejudge, a_saved_value_goes_where_it_is_used)
{
    static const char uses[] = "  - client: {getsockname: sock, save: {port: own}}\n"
                               "  - client: {getsockname: sock, addr: {port: $own}}\n";
#define NAMED(n, port)                                                                             \
    STEP(n, "client")                                                                              \
    ", " RETURNED(n, "client", "getsockname", "\"returns\": 0, \"addr\": {\"port\": " #port "}")
    expect(uses, EVENTS(NAMED(1, 7) ", " NAMED(2, 7)), VERDICT_PASS, CODE_NONE);
    expect(uses, EVENTS(NAMED(1, 7) ", " NAMED(2, 8)), VERDICT_FAIL, CODE_MISMATCH);
}

Test(rejudge, what_the_run_excused_is_known_again)
{
    static const char events[] = EVENTS(SENT ", " STEP(2, "server") ", " RETURNED(
        2, "server", "recv", "\"returns\": 4, \"data\": {\"text\": \"tall\"}"));
    struct arena *arena = arena_new();
    char text[1024];
    snprintf(text, sizeof text, SAMPLE_HEAD "family: inet\nsteps:\n%s", two);
    struct sample *sample = sample_new(text);
    json_t *json = json_loads(events, 0, NULL);
    json_t *excused = json_pack("[{s:i, s:s, s:s, s:s, s:b}]", "step", 2, "field", "data",
                                "observed", "\"tall\"", "reason", "So", "went_on", true);
    const struct excuses known = excuses_recorded(excused, arena);
    struct judgement judgement = rejudge(sample->trial.variant, json, &known, arena);
    cr_assert_eq(judgement_verdict(&judgement), VERDICT_KNOWN, "%s", judgement.reason);
    cr_assert(judgement.concluded);
    json_decref(excused);
    json_decref(json);
    sample_free(sample);
    arena_free(arena);
}
