/* SPDX-License-Identifier: MIT */
#include "trial/ancillary.h"

#include "case/constant.h"
#include "trial/endpoint.h"
#include "trial/sample.h"

#include <netinet/in.h>
#include <sys/time.h>

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

/* --- what lint takes -----------------------------------------------------------------------------
 */

static const char *const members[] = {"value: 3",
                                      "value: IPTOS_LOWDELAY",
                                      "addr: client",
                                      "ifindex: 2",
                                      "addr: client, ifindex: 2",
                                      "ee_errno: EMSGSIZE",
                                      "ee_info: 3, offender: {host: server}"};
enum { MEMBERS = sizeof members / sizeof *members };

static bool lint_takes(char *out, size_t size, const char *verb, const char *type,
                       const char *member)
{
    snprintf(out, size,
             "title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: udp\nfamily: inet\n"
             "steps:\n  - client: {%s control: [{type: %s, %s}]}\n",
             verb, type, member);
    if (strstr(verb, "send") != NULL)
        strcpy(strrchr(out, '}'), "}}\n");
    struct casefile *file = casefile_parse("cases/x.yaml", out, strlen(out), NULL, false);
    bool takes = file->variant_count > 0;
    casefile_free(file);
    return takes;
}

/* What is sent is one message of the option, with room for what it carries. */
static void check_sent(const char *text, const struct option *option)
{
    struct sample *one = sample_new(text);
    const struct node *control = one->trial.variant->steps[0].param[2];
    struct piece piece = shared_alloc(one->stage.shared, ancillary_size(control));
    size_t size = ancillary_write(&one->trial, control, shared_at(one->stage.shared, piece));
    const struct cmsghdr *message = shared_at(one->stage.shared, piece);
    cr_expect_gt(size, 0, "%s", text);
    cr_expect(message->cmsg_level == option->level && message->cmsg_type == option->number, "%s",
              text);
    if (strstr(text, "IPTOS") != NULL)
        cr_expect_eq(*CMSG_DATA(message), 16, "%s", text);
    sample_free(one);
}

/* Of what came, told as an event tells it, every member that lint takes is there. */
static void check_came(const char *text, const struct option *option)
{
    struct sample *one = sample_new(text);
    struct piece piece = shared_alloc(one->stage.shared, 256);
    struct cmsghdr *message = shared_at(one->stage.shared, piece);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = 7};
    memset(message, 0, 256);
    *message = (struct cmsghdr){CMSG_LEN(96), option->level, option->number};
    if (strstr(option->name, "ORIGDSTADDR") != NULL) {
        memcpy(CMSG_DATA(message), &from, sizeof from);
        message->cmsg_len = CMSG_LEN(sizeof from);
    } else if (strstr(option->name, "RECVERR") != NULL) {
        memcpy(CMSG_DATA(message) + 16, &from, sizeof from);
    }
    json_t *list = ancillary_json(&one->trial, piece, CMSG_SPACE(96));
    const struct node *item = one->trial.variant->steps[0].expect[EXPECT_control]->first;
    for (const struct node *member = item->first; member != NULL; member = member->next)
        cr_expect_not_null(json_object_get(json_array_get(list, 0), member->key), "%s: %s", text,
                           member->key);
    cr_expect_str_eq(text_in(list, 0, "type"), option->name);
    json_decref(list);
    sample_free(one);
}

Test(ancillary, what_lint_takes_can_be_sent_and_can_come)
{
    char text[512];
    int sent = 0, came = 0;
    for (const struct option *option = option_table(); option->name != NULL; option++)
        for (size_t i = 0; i < MEMBERS; i++) {
            if (lint_takes(text, sizeof text, "sendmsg: {iov: [x],", option->name, members[i])) {
                check_sent(text, option);
                sent++;
            }
            if (lint_takes(text, sizeof text, "recvmsg: [8],", option->name, members[i])) {
                check_came(text, option);
                came++;
            }
        }
    cr_expect_eq(sent, 10 * 2 + 2 * 3, "%d", sent);
    cr_expect_eq(came, 15 * 2 + 2 * 3 + 2 * 1 + 2 * 2, "%d", came);
}

Test(ancillary, a_time_stamp_is_its_seconds)
{
    struct sample *one = sample_new("title: A case\ncites: [posix/recv/ECONNRESET]\n"
                                    "transport: udp\nfamily: inet\n"
                                    "steps:\n  - client: {send: \"x\"}\n");
    struct piece piece = shared_alloc(one->stage.shared, 64);
    struct cmsghdr *message = shared_at(one->stage.shared, piece);
    struct timeval time = {.tv_sec = 5000000000, .tv_usec = 1};
    *message = (struct cmsghdr){CMSG_LEN(sizeof time), SOL_SOCKET, SO_TIMESTAMP};
    memcpy(CMSG_DATA(message), &time, sizeof time);
    json_t *list = ancillary_json(&one->trial, piece, CMSG_SPACE(sizeof time));
    cr_expect_eq(number_in(list, 0, "value"), 5000000000);
    json_decref(list);
    sample_free(one);
}
