/* SPDX-License-Identifier: MIT */
#include "trial/named.h"

#include "trial/sample.h"

static struct sample *sample;
static struct judgement *judgement;

/* What the one step of a case names, whose call came to this. */
static const struct reset_name *named(const char *step, const char *outcome, struct evidence with)
{
    char text[512];
    snprintf(text, sizeof text, SAMPLE_HEAD "family: inet\nsteps:\n  - %s\n", step);
    sample = sample_new(text);
    judgement = &sample->trial.judgement;
    const struct step *one = &sample->trial.variant->steps[0];
    json_t *json = json_loads(outcome, 0, NULL);
    cr_assert_not_null(json, "%s", outcome);
    with.actor = one->actor;
    with.verb = one->verb;
    with.outcome = json;
    with.ports = (struct ports_of){.own = 7, .peer = 9};
    named_by_call(judgement, one, &with);
    json_decref(json);
    return judgement->resets;
}

#define ONE                                                                                        \
    (struct evidence)                                                                              \
    {                                                                                              \
        .alike = 1                                                                                 \
    }
#define RESET "{\"returns\": -1, \"errno\": \"ECONNRESET\"}"

static void is(const struct reset_name *name, enum naming_by by, enum side from, int source,
               int destination)
{
    cr_assert_not_null(name);
    cr_expect_eq(name->by, by);
    cr_expect_eq(name->from, from);
    cr_expect_eq(name->source, source);
    cr_expect_eq(name->destination, destination);
    cr_expect_eq(name->step, 1);
}

Test(named, an_error_is_of_the_reset_that_came_to_its_socket)
{
    is(named("client: {recv: 8, errno: ECONNRESET}", RESET, ONE), NAMED_BY_ERROR, SIDE_SERVER, 9,
       7);
    sample_free(sample);
    is(named("server: {recv: 8, errno: {any_of: [EAGAIN, ECONNRESET]}}", RESET, ONE),
       NAMED_BY_ERROR, SIDE_CLIENT, 9, 7);
    sample_free(sample);
    is(named("client: {send: \"x\", errno: EPIPE}", "{\"returns\": -1, \"errno\": \"EPIPE\"}", ONE),
       NAMED_BY_PIPE, SIDE_SERVER, 9, 7);
    sample_free(sample);
    is(named("client: {getsockopt: SO_ERROR, value: ECONNRESET}",
             "{\"returns\": 0, \"value\": \"ECONNRESET\"}", ONE),
       NAMED_BY_ERROR, SIDE_SERVER, 9, 7);
    sample_free(sample);
}

Test(named, what_did_not_come_or_is_not_said_names_nothing)
{
    cr_expect_null(named("client: {recv: 8, errno: {any_of: [EAGAIN, ECONNRESET]}}",
                         "{\"returns\": -1, \"errno\": \"EAGAIN\"}", ONE));
    sample_free(sample);
    cr_expect_null(named("client: {recv: 8, errno: {not: 0}}", RESET, ONE));
    sample_free(sample);
}

Test(named, an_injected_error_is_of_no_reset)
{
    struct evidence injected = {.alike = 1, .injected = true};
    cr_expect_null(named("client: {recv: 8, errno: ECONNRESET}", RESET, injected));
    sample_free(sample);
}

Test(named, each_of_many_sockets_has_its_own)
{
    const struct reset_name *name =
        named("client: {recv: 8, errno: ECONNRESET}", RESET, (struct evidence){.alike = 2});
    cr_assert_not_null(name->next);
    cr_expect_null(name->next->next);
    sample_free(sample);
}

#define CRAFTED(flag)                                                                              \
    "client: {send: {tcp: {sport: 5, dport: 6, seq: 1, flags: [" flag "]}, to: server}}"

Test(named, a_crafted_packet_is_one_or_draws_one)
{
    const struct reset_name *name = named(CRAFTED("RST"), "{\"returns\": 20}", ONE);
    is(name, NAMED_BY_PACKET, SIDE_CLIENT, 5, 6);
    is(name->next, NAMED_BY_PACKET, SIDE_SERVER, 6, 5);
    sample_free(sample);
    name = named(CRAFTED("ACK"), "{\"returns\": 20}", ONE);
    is(name, NAMED_BY_PACKET, SIDE_SERVER, 6, 5);
    cr_expect_null(name->next);
    sample_free(sample);
    cr_expect_null(named(CRAFTED("RST"), "{\"returns\": -1, \"errno\": \"EPERM\"}", ONE));
    sample_free(sample);
}

Test(named, an_abort_that_is_asked_for_and_one_that_is_told)
{
    is(named("client: {sctp_sendv: {text: \"bye\", flags: SCTP_ABORT}}", "{\"returns\": 3}", ONE),
       NAMED_BY_SENDER, SIDE_CLIENT, 7, 9);
    sample_free(sample);
    is(named("server: {sctp_recvv: 64, notification: {type: SCTP_ASSOC_CHANGE, state: "
             "SCTP_COMM_LOST}}",
             "{\"returns\": 20, \"notification\": {\"state\": \"SCTP_COMM_LOST\"}}", ONE),
       NAMED_BY_ERROR, SIDE_CLIENT, 9, 7);
    sample_free(sample);
}

static void anywhere(const char *rest, bool expected)
{
    char text[512];
    snprintf(text, sizeof text, SAMPLE_HEAD "%s", rest);
    sample = sample_new(text);
    cr_expect_eq(named_anywhere(sample->trial.variant), expected, "%s", rest);
    sample_free(sample);
}

Test(named, whether_a_case_may_name_one)
{
    anywhere("steps:\n  - client: {send: \"x\"}\n", false);
    anywhere("steps:\n  - client: {send: \"x\", errno: EPIPE}\n", true);
    anywhere("steps:\n  - wire: {sees: rst, from: client}\n", true);
    anywhere("faults:\n  gone: {wire: client, do: reset}\nsteps:\n  - client: {send: \"x\"}\n",
             true);
}

Test(named, a_segment_that_is_written_as_bytes_is_what_it_is)
{
    struct evidence with = ONE;
    with.crafted = (struct crafted_segment){true, 3, 4, true};
    const struct reset_name *name =
        named("client: {send: {hex: \"00\"}}", "{\"returns\": 1}", with);
    is(name, NAMED_BY_PACKET, SIDE_CLIENT, 3, 4);
    is(name->next, NAMED_BY_PACKET, SIDE_SERVER, 4, 3);
    cr_expect_null(name->next->next);
    sample_free(sample);
    with.crafted.reset = false;
    name = named("client: {send: {hex: \"00\"}}", "{\"returns\": 1}", with);
    is(name, NAMED_BY_PACKET, SIDE_SERVER, 4, 3);
    cr_expect_null(name->next);
    sample_free(sample);
    cr_expect_null(named("client: {send: {hex: \"00\"}}", "{\"returns\": -1}", with));
    sample_free(sample);
}

/* As many as a crowd of clients has. */
Test(named, many_alike_are_named_one_by_one, .timeout = 10)
{
    enum { MANY = 200000 };
    const struct reset_name *name =
        named("client: {recv: 8, errno: ECONNRESET}", RESET, (struct evidence){.alike = MANY});
    int count = 0;
    for (; name != NULL; name = name->next)
        count++;
    cr_assert_eq(count, MANY);
    sample_free(sample);
}
