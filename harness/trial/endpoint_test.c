/* SPDX-License-Identifier: MIT */
#include "trial/endpoint.h"

#include "trial/sample.h"

static struct sample *sample;
static struct sockaddr_storage address;

static void begin(void)
{
    sample = sample_new(SAMPLE_HEAD "family: inet\nsteps:\n  - client: {send: \"x\"}\n");
}

static void end(void)
{
    sample_free(sample);
}

TestSuite(endpoint, .init = begin, .fini = end);

/* The address of {connect: to}. */
static socklen_t resolve(const char *to)
{
    char text[512];
    snprintf(text, sizeof text,
             SAMPLE_HEAD "family: inet\nsteps:\n  - client: {connect: %s, errno: EISCONN}\n", to);
    struct sample *other = sample_new(text);
    sample->trial.variant = &other->file->variants[0];
    memset(&address, 0, sizeof address);
    return endpoint_resolve(&sample->trial, sample->trial.variant->steps[0].param[0], &address);
}

static void expect(const char *to, const char *host, unsigned port)
{
    char text[INET6_ADDRSTRLEN];
    cr_assert_gt(resolve(to), 0);
    struct in6_addr six = endpoint_address(&address);
    cr_expect_str_eq(inet_ntop(AF_INET6, &six, text, sizeof text), host, "%s", to);
    cr_expect_eq(endpoint_port(&address), port, "%s: %u", to, endpoint_port(&address));
}

Test(endpoint, actors_have_ports_of_the_block)
{
    expect("server", "::ffff:10.0.0.2", SAMPLE_FIRST_PORT);
    expect("client", "::ffff:10.0.0.1", SAMPLE_FIRST_PORT + 1);
    expect("client3", "::ffff:10.0.0.1", SAMPLE_FIRST_PORT + 3);
    expect("server2", "::ffff:10.0.0.2", SAMPLE_FIRST_PORT + PORTS_PER_CASE - 2);
}

Test(endpoint, what_the_case_says_goes_first)
{
    expect("{host: server, port: 7}", "::ffff:10.0.0.2", 7);
    expect("{host: server, family: AF_INET6}", "fd00::2", SAMPLE_FIRST_PORT);
    expect("{host: loopback, port: 9}", "::ffff:127.0.0.1", 9);
    cr_assert_eq(resolve("{host: server, size: 3}"), 3);
}

Test(endpoint, a_mapped_address_is_one_of_the_other_family)
{
    cr_assert_eq(resolve("{host: server, form: mapped}"), sizeof(struct sockaddr_in6));
    cr_assert_eq(address.ss_family, AF_INET6);
    expect("{host: server, form: mapped}", "::ffff:10.0.0.2", SAMPLE_FIRST_PORT);
    expect("{host: server, family: AF_INET6, form: mapped}", "::ffff:10.0.0.2", SAMPLE_FIRST_PORT);
}

Test(endpoint, as_it_is_observed)
{
    resolve("server");
    json_t *json = endpoint_describe(&sample->trial, &address, sizeof(struct sockaddr_in));
    cr_assert_str_eq(json_string_value(json_object_get(json, "host")), "server");
    cr_assert_str_eq(json_string_value(json_object_get(json, "address")), "10.0.0.2");
    cr_assert_str_eq(json_string_value(json_object_get(json, "form")), "plain");
    cr_assert_eq(json_integer_value(json_object_get(json, "port")), SAMPLE_FIRST_PORT);
    json_decref(json);
    cr_assert_null(endpoint_describe(&sample->trial, &address, 0));
}

Test(endpoint, of_another_length_it_is_nobodys)
{
    resolve("server");
    json_t *whole = endpoint_told(&sample->trial, &address, sizeof(struct sockaddr_in));
    json_t *cut = endpoint_told(&sample->trial, &address, sizeof(struct sockaddr_in) / 2);
    json_t *longer = endpoint_told(&sample->trial, &address, sizeof(struct sockaddr_in) + 1);
    cr_expect_str_eq(json_string_value(json_object_get(whole, "host")), "server");
    cr_expect_str_eq(json_string_value(json_object_get(cut, "host")), "none");
    cr_expect_eq(json_integer_value(json_object_get(longer, "length")), 17);
    cr_expect_null(json_object_get(longer, "port"));
    json_decref(whole);
    json_decref(cut);
    json_decref(longer);
}

Test(endpoint, a_stream_has_a_direction)
{
    resolve("server");
    struct sockaddr_storage server = address, nobody = {0};
    resolve("client");
    cr_assert_eq(endpoint_stream(&server, &address), endpoint_stream(&server, &address));
    cr_assert_neq(endpoint_stream(&server, &address), endpoint_stream(&address, &server));
    cr_assert_eq(endpoint_stream(&server, &nobody), 0);
    struct sockaddr_storage before = address;
    resolve("client2");
    cr_assert_neq(endpoint_stream(&before, &server), endpoint_stream(&address, &server));
}
