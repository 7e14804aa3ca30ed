/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_socket.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Of what is no socket of the library; its own need the network. */
Test(usrsctp_socket, what_is_not_its_own_is_told_apart)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_null(usrsctp_socket_get(ends[0]));
    cr_assert_eq(errno, ENOTSOCK);
    close(ends[1]);
    cr_assert_null(usrsctp_socket_get(ends[1]));
    cr_assert_eq(errno, EBADF);
    cr_assert_null(usrsctp_socket_get(-1));
    cr_assert_eq(errno, EBADF);
    cr_assert_null(usrsctp_socket_get(1 << 20));
    cr_assert_eq(errno, EBADF);
}

Test(usrsctp_socket, any_descriptor_is_closed_once)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(usrsctp_socket_close(ends[0]), 0);
    cr_assert_eq(fcntl(ends[0], F_GETFD), -1);
    cr_assert_eq(usrsctp_socket_close(ends[0]), -1);
    cr_assert_eq(errno, EBADF);
}

Test(usrsctp_socket, a_socket_that_could_not_be_made_stays_so)
{
    errno = EPROTONOSUPPORT;
    cr_assert_eq(usrsctp_socket_add(NULL), -1);
    cr_assert_eq(errno, EPROTONOSUPPORT);
}

Test(usrsctp_socket, poll_tells_of_what_is_not_its_own_and_skips_what_is_negative)
{
    struct pollfd fds[2] = {{.fd = -1, .events = POLLIN, .revents = POLLIN},
                            {.fd = 0, .events = POLLIN}};
    cr_assert_eq(usrsctp_socket_poll(fds, 2, -1), 1);
    cr_assert_eq(fds[0].revents, 0);
    cr_assert_eq(fds[1].revents, POLLNVAL);
}
