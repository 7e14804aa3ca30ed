/* SPDX-License-Identifier: MIT */
#include "trial/judge.h"

#include "trial/found.h"
#include "trial/sample.h"

static struct sample *sample;
static struct judgement *judgement;
static struct pattern incoming;

/* Judges the first step of a case by evidence; the call's outcome is a JSON text. */
static void judge(const char *step, const char *outcome, struct evidence evidence)
{
    char text[512];
    snprintf(text, sizeof text, SAMPLE_HEAD "family: inet\nsteps:\n  - client: %s\n", step);
    sample = sample_new(text);
    judgement = &sample->trial.judgement;
    judgement->step = &judgement->variant->steps[0];
    json_t *json = json_loads(outcome, 0, NULL);
    cr_assert_not_null(json, "%s", outcome);
    evidence.actor = "client";
    evidence.verb = judgement->step->verb;
    evidence.outcome = json;
    evidence.incoming = &incoming;
    judge_call(judgement, judgement->step, &evidence);
    json_decref(json);
}

static void is(enum verdict verdict, enum code code)
{
    cr_expect_eq(judgement->verdict, verdict, "%s", judgement->reason);
    cr_expect_eq(judgement->failure.code, code, "%s", judgement->reason);
    sample_free(sample);
}

#define SENT(count) ((struct evidence){.whole = count})
#define CAME(text) ((struct evidence){.data = {(const uint8_t *)(text), sizeof(text) - 1}})

Test(judge, without_an_expectation_all_must_go)
{
    judge("{send: \"four\"}", "{\"returns\": 4}", SENT(4));
    is(VERDICT_PASS, CODE_NONE);
    judge("{send: \"four\"}", "{\"returns\": 3}", SENT(4));
    is(VERDICT_FAIL, CODE_INCOMPLETE);
    judge("{send: \"four\"}", "{\"returns\": -1, \"errno\": \"EPIPE\"}", SENT(4));
    is(VERDICT_FAIL, CODE_UNEXPECTED_ERRNO);
    judge("{recv: 64}", "{\"returns\": 3}", CAME("abc"));
    is(VERDICT_PASS, CODE_NONE);
}

Test(judge, an_errno_that_the_step_names)
{
    judge("{recv: 64, errno: EAGAIN}", "{\"returns\": -1, \"errno\": \"EAGAIN\"}",
          (struct evidence){0});
    is(VERDICT_PASS, CODE_NONE);
    judge("{recv: 64, errno: EAGAIN}", "{\"returns\": -1, \"errno\": \"ECONNRESET\"}",
          (struct evidence){0});
    is(VERDICT_FAIL, CODE_MISMATCH);
}

Test(judge, results)
{
    judge("{send: \"four\", returns: 3}", "{\"returns\": 3}", SENT(4));
    is(VERDICT_PASS, CODE_NONE);
    judge("{send: \"four\", returns: {above: 3}}", "{\"returns\": 3}", SENT(4));
    is(VERDICT_FAIL, CODE_MISMATCH);
}

Test(judge, what_was_never_given_proves_nothing)
{
    judge("{getsockopt: SO_TYPE, errno: EBADF, value: SOCK_STREAM}",
          "{\"returns\": -1, \"errno\": \"EBADF\"}", (struct evidence){0});
    is(VERDICT_BROKEN, CODE_EXPECTATION_NOT_EVALUATED);
}

Test(judge, what_a_call_that_went_well_did_not_give)
{
    judge("{recvmsg: {iov: [64]}, from: server}", "{\"returns\": 4}", CAME("tail"));
    cr_expect_str_eq(judgement->failure.observed, "no from");
    is(VERDICT_FAIL, CODE_MISMATCH);
    judge("{recvmsg: {iov: [64]}, notification: {type: SCTP_SHUTDOWN_EVENT}}", "{\"returns\": 4}",
          CAME("tail"));
    cr_expect_str_eq(judgement->failure.observed, "no notification, but data: \"tail\"");
    is(VERDICT_FAIL, CODE_MISMATCH);
}

Test(judge, data)
{
    judge("{recv: 64, data: \"tail\"}", "{\"returns\": 4}", CAME("tail"));
    is(VERDICT_PASS, CODE_NONE);
    judge("{recv: 64, data: \"tail\"}", "{\"returns\": 4}", CAME("tall"));
    is(VERDICT_FAIL, CODE_MISMATCH);
    judge("{recv: 64, data: \"tail\"}", "{\"returns\": 3}", CAME("tai"));
    is(VERDICT_FAIL, CODE_MISMATCH);
}

Test(judge, data_of_several_buffers)
{
    static const uint64_t sizes[] = {1, 64};
    struct evidence evidence = CAME("tail");
    evidence.sizes = sizes;
    evidence.size_count = 2;
    judge("{readv: [1, 64], data: [\"t\", \"ail\"]}", "{\"returns\": 4}", evidence);
    is(VERDICT_PASS, CODE_NONE);
    judge("{readv: [1, 64], data: [\"ta\", \"il\"]}", "{\"returns\": 4}", evidence);
    is(VERDICT_FAIL, CODE_MISMATCH);
    judge("{readv: [1, 64], data: [\"t\", \"ail\", \"\"]}", "{\"returns\": 4}", evidence);
    is(VERDICT_FAIL, CODE_MISMATCH);
}

Test(judge, a_pattern_goes_on_where_it_matched)
{
    struct pattern sent = {.key = 5, .position = 0};
    uint8_t bytes[200];
    pattern_write(&sent, bytes, sizeof bytes);
    incoming = (struct pattern){.key = 5, .position = 0};
    struct evidence first = {.data = {bytes, 100}}, second = {.data = {bytes + 100, 100}};
    judge("{recv: 100, data: {pattern: 100}}", "{\"returns\": 100}", first);
    is(VERDICT_PASS, CODE_NONE);
    judge("{recv: 100, data: {pattern: 100}}", "{\"returns\": 100}", second);
    is(VERDICT_PASS, CODE_NONE);
    cr_assert_eq(incoming.position, 200);
    judge("{recv: 100, data: {pattern: 100}}", "{\"returns\": 100}", second);
    is(VERDICT_FAIL, CODE_MISMATCH);
}

Test(judge, what_is_saved_and_what_cannot_be)
{
    static const char addr[] = "{\"returns\": 0, \"addr\": {\"port\": 20001}}";
    judge("{getsockname: sock, save: {port: own}}\n  - client: {recv: $own}", addr,
          (struct evidence){0});
    cr_expect_eq(judgement->saved_count, 1);
    cr_expect_str_eq(judgement->saved[0].name, "own");
    cr_expect_str_eq(judgement->saved[0].text, "20001");
    is(VERDICT_PASS, CODE_NONE);
    judge("{getsockname: sock, save: {port: own}}\n  - client: {recv: $own}", "{\"returns\": 0}",
          (struct evidence){0});
    is(VERDICT_FAIL, CODE_NOTHING_TO_SAVE);
    judge("{getsockname: sock, errno: EBADF, save: {port: own}}\n  - client: {recv: $own}",
          "{\"returns\": -1, \"errno\": \"EBADF\"}", (struct evidence){0});
    is(VERDICT_BROKEN, CODE_NOTHING_TO_SAVE);
}

/* Saves of a packet that has the tag 7 and one chunk of that type; an INIT asks for the tag 8. */
static void judge_chunk(uint8_t type)
{
    uint8_t frame[14 + 20 + 12 + 20] = {
        [12] = 8, [14] = 0x45, [17] = 52, [22] = 64, [23] = IPPROTO_SCTP,
        [41] = 7, [46] = type, [49] = 20, [53] = 8};
    struct packet packet;
    cr_assert(packet_parse(&packet, frame, sizeof frame));
    judge("{close: sock}\n"
          "  - wire: {sees: {sctp: {chunk: INIT}}, save: {vtag: its, init_tag: own}}\n"
          "  - wire: {sees: {sctp: {chunk: INIT, vtag: $own, init_tag: $its}}}",
          "{\"returns\": 0}", (struct evidence){0});
    found_seen_saved(judgement, &judgement->variant->steps[1], &packet);
}

Test(judge, what_is_saved_of_a_packet_and_what_it_has_not)
{
    judge_chunk(1);
    cr_assert_eq(judgement->saved_count, 2);
    cr_expect_str_eq(judgement->saved[0].text, "7");
    cr_expect_str_eq(judgement->saved[1].text, "8");
    is(VERDICT_PASS, CODE_NONE);
    judge_chunk(3);
    is(VERDICT_BROKEN, CODE_NOTHING_TO_SAVE);
}

Test(judge, a_program_that_says_nothing_else_ends_with_0)
{
    struct evidence said = {.err = {(const uint8_t *)"no room\n", 8}};
    judge("{run: [true]}", "{\"returns\": 0}", said);
    is(VERDICT_PASS, CODE_NONE);
    judge("{run: [true]}", "{\"returns\": 3, \"exit\": 3}", said);
    cr_expect_str_eq(judgement->failure.observed, "3, with stderr \"no room\\n\"");
    is(VERDICT_FAIL, CODE_MISMATCH);
}

Test(judge, what_a_program_said_is_judged_whole_or_not_at_all)
{
    struct evidence said = {.out = {(const uint8_t *)"abc", 3}, .err = {(const uint8_t *)"de", 2}};
    judge("{run: [true], stdout: \"abc\"}", "{\"returns\": 0, \"unkept\": [1, 0]}", said);
    is(VERDICT_BROKEN, CODE_TOO_LARGE);
    judge("{run: [true], stderr: \"de\"}", "{\"returns\": 0, \"unkept\": [1, 0]}", said);
    is(VERDICT_PASS, CODE_NONE);
    judge("{run: [true], stderr: {contains: \"d\"}}", "{\"returns\": 0, \"unkept\": [0, 9]}", said);
    is(VERDICT_BROKEN, CODE_TOO_LARGE);
}

/* What a shell started: its own status is no matter. */
Test(judge, a_crash_below_is_one_unless_the_step_names_it)
{
    static const char below[] = "{\"returns\": 139, \"errno\": 0, \"exit\": 139, \"crashed\": "
                                "[{\"name\": \"prog\", \"signal\": \"SIGSEGV\"}]}";
    struct evidence fired = {.may_err = true};
    judge("{run: [true], exit: {not: 0}}", below, fired);
    cr_expect_not_null(strstr(judgement->failure.observed, "prog was killed by SIGSEGV"));
    is(VERDICT_FAIL, CODE_PROGRAM_CRASHED);
    judge("{run: [true]}", below, fired);
    is(VERDICT_FAIL, CODE_PROGRAM_CRASHED);
    judge("{run: [true], exit: {any_of: [138, 140]}}", below, fired);
    is(VERDICT_FAIL, CODE_PROGRAM_CRASHED);
    judge("{run: [true], exit: {not: 139}}",
          "{\"returns\": 0, \"errno\": 0, \"exit\": 0, \"crashed\": "
          "[{\"name\": \"prog\", \"signal\": \"SIGSEGV\"}]}",
          fired);
    is(VERDICT_FAIL, CODE_PROGRAM_CRASHED);
    judge("{run: [true], exit: {any_of: [0, 139]}}", below, fired);
    is(VERDICT_PASS, CODE_NONE);
}

/* ssh ends with 255 and git with 128 by themselves. */
Test(judge, only_a_signal_is_a_crash)
{
    static const char killed[] =
        "{\"returns\": -1, \"errno\": 0, \"signal\": \"SIGSEGV\", \"exit\": \"SIGSEGV\"}";
    struct evidence said = {.err = {(const uint8_t *)"no room\n", 8}}, fired = {.may_err = true};
    judge("{run: [true]}", killed, said);
    cr_expect_str_eq(judgement->failure.observed, "SIGSEGV, with stderr \"no room\\n\"");
    is(VERDICT_FAIL, CODE_PROGRAM_CRASHED);
    judge("{run: [true], exit: {not: 0}}", killed, said);
    is(VERDICT_FAIL, CODE_PROGRAM_CRASHED);
    judge("{run: [true], exit: SIGSEGV}", killed, said);
    is(VERDICT_PASS, CODE_NONE);
    judge("{run: [true], exit: {any_of: [0, SIGABRT]}}", killed, fired);
    is(VERDICT_FAIL, CODE_PROGRAM_CRASHED);
    judge("{run: [true], exit: 255}", "{\"returns\": 255, \"errno\": 0, \"exit\": 255}", said);
    is(VERDICT_PASS, CODE_NONE);
    judge("{run: [true]}", "{\"returns\": 139, \"errno\": 0, \"exit\": 139}", said);
    is(VERDICT_FAIL, CODE_MISMATCH);
    judge("{run: [true]}", "{\"returns\": 255, \"errno\": 0, \"exit\": 255}", fired);
    is(VERDICT_PASS, CODE_NONE);
}
