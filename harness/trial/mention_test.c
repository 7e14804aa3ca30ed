/* SPDX-License-Identifier: MIT */
#include "trial/mention.h"

#include "trial/sample.h"

static const char *const resets[] = {"ECONNRESET", "reset", NULL};
static const char *const keys[] = {"ttl", "flow", NULL};

static void expect(const char *rest, bool word, bool key)
{
    char text[512];
    snprintf(text, sizeof text, SAMPLE_HEAD "%s", rest);
    struct sample *sample = sample_new(text);
    cr_expect_eq(mention_any(sample->trial.variant, resets), word, "%s", rest);
    cr_expect_eq(mention_key(sample->trial.variant, keys), key, "%s", rest);
    sample_free(sample);
}

Test(mention, in_expectations_parameters_and_faults)
{
    expect("steps:\n  - client: {recv: 1, errno: ECONNRESET}\n", true, false);
    expect("steps:\n  - client: {recv: 1, errno: EAGAIN}\n", false, false);
    expect("faults:\n  cut: {call: recv, by: client, do: reset}\n"
           "steps:\n  - client: {recv: 1}\n",
           true, false);
    expect("steps:\n  - wire: {sees: {packet: data, ip: {ttl: 3}}, from: client}\n", false, true);
}

Test(mention, a_text_that_is_sent_is_no_key)
{
    expect("steps:\n  - client: {send: \"ttl\"}\n", false, false);
}

Test(mention, below_never)
{
    expect("expect: {never: [{ip: {ttl: 1}}]}\nsteps:\n  - client: {send: \"x\"}\n", false, true);
}
