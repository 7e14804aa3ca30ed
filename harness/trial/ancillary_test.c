/* SPDX-License-Identifier: MIT */
#include "trial/ancillary.h"

#include "trial/sample.h"

#include <netinet/in.h>

static struct sample *sample;

/* Writes the control list of a sendmsg and reads it again, as observed. */
static json_t *round_trip(const char *list)
{
    char text[512];
    snprintf(text, sizeof text,
             "title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: udp\nfamily: inet\n"
             "steps:\n  - client: {sendmsg: {iov: [\"x\"], control: %s}}\n",
             list);
    sample = sample_new(text);
    const struct node *control = sample->trial.variant->steps[0].param[2];
    struct piece piece = shared_alloc(sample->stage.shared, ancillary_size(control));
    size_t size = ancillary_write(&sample->trial, control, shared_at(sample->stage.shared, piece));
    cr_assert_leq(size, ancillary_size(control));
    return ancillary_json(&sample->trial, piece, size);
}

static const char *text_in(const json_t *list, size_t i, const char *key)
{
    return json_string_value(json_object_get(json_array_get(list, i), key));
}

static long long number_in(const json_t *list, size_t i, const char *key)
{
    return json_integer_value(json_object_get(json_array_get(list, i), key));
}

Test(ancillary, messages_stand_one_after_the_other)
{
    json_t *list = round_trip("[{type: IP_TTL, value: 7}, {type: IP_TOS, value: 16}]");
    cr_assert_eq(json_array_size(list), 2);
    cr_assert_str_eq(text_in(list, 0, "type"), "IP_TTL");
    cr_assert_eq(number_in(list, 0, "value"), 7);
    cr_assert_str_eq(text_in(list, 1, "type"), "IP_TOS");
    cr_assert_eq(number_in(list, 1, "value"), 16);
    json_decref(list);
    sample_free(sample);
}

Test(ancillary, an_interface)
{
    json_t *list = round_trip("[{type: IP_PKTINFO, addr: client, ifindex: 2}]");
    cr_assert_str_eq(text_in(list, 0, "type"), "IP_PKTINFO");
    cr_assert_eq(number_in(list, 0, "ifindex"), 2);
    json_decref(list);
    sample_free(sample);
}

Test(ancillary, none)
{
    json_t *list = round_trip("[{type: IP_TTL, value: 1}]");
    json_t *none = ancillary_json(&sample->trial, (struct piece){0, 0}, 0);
    cr_assert_eq(json_array_size(none), 0);
    json_decref(none);
    json_decref(list);
    sample_free(sample);
}
