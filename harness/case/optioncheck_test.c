/* SPDX-License-Identifier: MIT */
#include "case/optioncheck.h"

#include "case/casefile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* What is complained about first of a case of the transport whose one step that is, or "". */
static const char *message_of(const char *transport, const char *step)
{
    static char message[256];
    char text[512];
    snprintf(text, sizeof text,
             "title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: %s\nsteps:\n"
             "  - client: {%s}\n",
             transport, step);
    struct casefile *file = casefile_parse("cases/x.yaml", text, strlen(text), NULL, false);
    const struct complaint *first = file->complaints.first;
    snprintf(message, sizeof message, "%s", first != NULL ? first->message : "");
    casefile_free(file);
    return message;
}

#define TAKES(transport, step) cr_expect_str_eq(message_of(transport, step), "", "%s", step)
#define REFUSES(transport, step, message)                                                          \
    cr_expect_str_eq(message_of(transport, step), message, "%s", step)

Test(optioncheck, a_member_takes_what_it_has_room_for)
{
    TAKES("sctp", "setsockopt: {SCTP_INITMSG: {sinit_num_ostreams: 65535}}");
    TAKES("sctp", "setsockopt: {SCTP_RTOINFO: {srto_max: 4294967295}}");
    TAKES("sctp", "setsockopt: {SCTP_EVENT: {se_type: SCTP_ASSOC_CHANGE, se_on: 255}}");
    REFUSES("sctp", "setsockopt: {SCTP_INITMSG: {sinit_num_ostreams: 65536}}",
            "'sinit_num_ostreams' has room for no more than 65535");
    REFUSES("sctp", "setsockopt: {SCTP_EVENT: {se_type: SCTP_ASSOC_CHANGE, se_on: 256}}",
            "'se_on' has room for no more than 255");
}

Test(optioncheck, segments_have_a_size_of_16_bits)
{
    TAKES("udp", "sendmsg: {iov: [x], control: [{type: UDP_SEGMENT, value: 65535}]}");
    TAKES("udp", "sendmsg: {iov: [x], control: [{type: SO_PRIORITY, value: 65536}]}");
    REFUSES("udp", "sendmsg: {iov: [x], control: [{type: UDP_SEGMENT, value: 65536}]}",
            "a control message 'UDP_SEGMENT' has room for no more than 65535");
}

Test(optioncheck, bytes_are_no_number)
{
    TAKES("tcp", "setsockopt: {IP_OPTIONS: {hex: \"01 01\"}}");
    TAKES("tcp", "setsockopt: {IP_OPTIONS: \"7\"}");
    REFUSES("tcp", "setsockopt: {IP_OPTIONS: 7}", "'IP_OPTIONS' takes bytes, not a number");
}

Test(optioncheck, what_a_call_takes_as_an_int_is_none_beyond_it)
{
    TAKES("tcp", "shutdown: 3");
    TAKES("tcp", "listen: -1");
    TAKES("sctp", "sctp_sendv: {text: a, stream: 65535, ppid: 4294967295}");
    cr_expect_neq(*message_of("tcp", "shutdown: 4294967297"), '\0');
    cr_expect_neq(*message_of("tcp", "listen: 4294967297"), '\0');
    cr_expect_neq(*message_of("tcp", "kill: 4294967306"), '\0');
    cr_expect_neq(*message_of("tcp", "socket: {type: 4294967297}"), '\0');
    cr_expect_neq(*message_of("sctp", "sctp_sendv: {text: a, stream: 65536}"), '\0');
    cr_expect_neq(*message_of("sctp", "sctp_sendv: {text: a, ppid: 4294967296}"), '\0');
}
