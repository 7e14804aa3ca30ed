/* SPDX-License-Identifier: MIT */
#include "case/alias.h"

#include "case/casefile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* What the one step of a case expects, as it is held against what is observed. */
static const char *expected(const char *step, enum expectation expectation)
{
    static char told[256];
    char text[512];
    snprintf(text, sizeof text,
             "title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: tcp\nsteps:\n"
             "  - client: {%s}\n",
             step);
    struct casefile *file = casefile_parse("cases/x.yaml", text, strlen(text), NULL, false);
    cr_assert_gt(file->variant_count, 0, "%s", step);
    const struct node *node = file->variants[0].steps[0].expect[expectation];
    snprintf(told, sizeof told, "%s",
             node->kind == NODE_SCALAR ? node->text : node_print(file->arena, node));
    casefile_free(file);
    return told;
}

#define ERRNO(text) expected("recv: 1, errno: " text, EXPECT_errno)
#define OPTION(text) expected("getsockopt: " text, EXPECT_value)

Test(alias, an_error_by_its_other_name)
{
    cr_expect_str_eq(ERRNO("EWOULDBLOCK"), "EAGAIN");
    cr_expect_str_eq(ERRNO("ENOTSUP"), "EOPNOTSUPP");
    cr_expect_str_eq(ERRNO("{not: EWOULDBLOCK}"), "{not: EAGAIN}");
    cr_expect_str_eq(ERRNO("{any_of: [EINTR, EWOULDBLOCK]}"), "{any_of: [EINTR, EAGAIN]}");
    cr_expect_str_eq(ERRNO("EINTR"), "EINTR");
}

Test(alias, flags_and_signals_in_their_lists)
{
    cr_expect_str_eq(expected("fcntl: F_GETFL, value: {none: [O_NDELAY]}", EXPECT_value),
                     "{none: [O_NONBLOCK]}");
    cr_expect_str_eq(
        expected("recvmsg: {iov: [1]}, msg_flags: [MSG_NOTIFICATION, MSG_EOF]", EXPECT_msg_flags),
        "[MSG_NOTIFICATION, MSG_FIN]");
    cr_expect_str_eq(expected("recv: 1, signals: [SIGPOLL]", EXPECT_signals), "[SIGIO]");
}

Test(alias, a_number_where_a_name_is_told)
{
    cr_expect_str_eq(OPTION("SO_DOMAIN, value: 2"), "AF_INET");
    cr_expect_str_eq(OPTION("SO_DOMAIN, value: {not: PF_INET}"), "{not: AF_INET}");
    cr_expect_str_eq(OPTION("SO_TYPE, value: 1"), "SOCK_STREAM");
    cr_expect_str_eq(OPTION("SO_PROTOCOL, value: 253"), "253");
    cr_expect_str_eq(OPTION("SO_RCVBUF, value: 1"), "1");
}

Test(alias, what_is_no_name_stays)
{
    cr_expect_str_eq(OPTION("TCP_CONGESTION, value: EWOULDBLOCK"), "EWOULDBLOCK");
    cr_expect_str_eq(expected("recv: 1, returns: 11", EXPECT_returns), "11");
    cr_expect_str_eq(OPTION("TCP_INFO, value: {tcpi_state: TCP_LISTEN, tcpi_sacked: 2}"),
                     "{tcpi_state: TCP_LISTEN, tcpi_sacked: 2}");
}

Test(alias, a_number_that_is_something_else)
{
    cr_expect_str_eq(expected("run: [\"true\"], exit: 3", EXPECT_exit), "3");
    cr_expect_str_eq(expected("run: [\"true\"], exit: SIGPOLL", EXPECT_exit), "SIGIO");
    cr_expect_str_eq(expected("fcntl: F_GETOWN, value: 1", EXPECT_value), "1");
    cr_expect_str_eq(expected("ioctl: FIONREAD, value: 2", EXPECT_value), "2");
}
