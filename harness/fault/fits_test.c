/* SPDX-License-Identifier: MIT */
#include "fault/fits.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/time.h>

/* --- a socket that is what a test says it is ----------------------------------------------- */

static struct {
    bool connected, nonblocking, queued;
    int limited; /* SO_RCVTIMEO or SO_SNDTIMEO, or 0 */
} is;

static int peer_of(int fd, struct sockaddr *address, socklen_t *length)
{
    (void)fd, (void)address, (void)length;
    errno = ENOTCONN;
    return is.connected ? 0 : -1;
}

static int option_of(int fd, int level, int name, void *value, socklen_t *length)
{
    (void)fd, (void)level, (void)length;
    if (name == is.limited)
        *(struct timeval *)value = (struct timeval){.tv_usec = 1};
    return 0;
}

static int flags_of(int fd, int command, long argument)
{
    (void)fd, (void)command, (void)argument;
    return is.nonblocking ? O_NONBLOCK : 0;
}

static bool queued_in(int fd)
{
    (void)fd;
    return is.queued;
}

static const struct meeting_calls calls = {
    .getpeername = peer_of, .getsockopt = option_of, .fcntl = flags_of, .queued = queued_in};
static struct victim stream = {.type = SOCK_STREAM, .family = AF_INET};
static struct victim datagram = {.type = SOCK_DGRAM, .family = AF_INET6};
static struct victim raw = {.type = SOCK_RAW, .family = AF_INET};
static struct victim local = {.type = SOCK_STREAM, .family = AF_UNIX};
static struct victim local_datagram = {.type = SOCK_DGRAM, .family = AF_UNIX};
static struct victim local_messages = {.type = SOCK_SEQPACKET, .family = AF_UNIX};
static struct victim netlink = {.type = SOCK_RAW, .family = AF_NETLINK};
static struct victim sctp = {.type = SOCK_STREAM, .family = AF_INET, .messages = true};

static struct meeting call_at(enum point point, struct victim *victim)
{
    const struct point_info *info = point_info(point);
    return (struct meeting){.point = point,
                            .fd = info->kind == KIND_NEW || info->kind == KIND_NAME ? -1 : 5,
                            .sends = info->group == GROUP_transmit,
                            .whole = 10,
                            .victim = victim,
                            .calls = &calls};
}

static bool fit(enum point point, struct victim *victim, enum call_action action, int64_t argument)
{
    struct meeting meeting = call_at(point, victim);
    return fits(&meeting, action, argument, false);
}

static void setup(void)
{
    is.connected = true;
    is.nonblocking = false;
    is.limited = 0;
    is.queued = false;
}

TestSuite(fits, .init = setup);

/* --- what happens to a call ---------------------------------------------------------------- */

Test(fits, a_cut_is_of_streams_and_leaves_something_behind)
{
    cr_assert(fit(POINT_send, &stream, FAULT_CAP, 1));
    cr_assert(fit(POINT_readv, &stream, FAULT_CAP, 9));
    cr_assert_not(fit(POINT_readv, &local, FAULT_CAP, 9), "a host gives its own messages whole");
    cr_assert_not(fit(POINT_sendmsg, &local_messages, FAULT_CAP, 9));
    cr_assert_not(fit(POINT_send, &local_datagram, FAULT_CAP, 9));
    struct meeting within = call_at(POINT_readv, &local);
    cr_assert(fits(&within, FAULT_CAP, 9, true), "POSIX allows it of a stream");
    cr_assert_not(fit(POINT_send, &stream, FAULT_CAP, 10), "all of it is no cut");
    cr_assert_not(fit(POINT_send, &stream, FAULT_CAP, 0), "nothing is an end, or an error");
    cr_assert_not(fit(POINT_send, &datagram, FAULT_CAP, 1));
    cr_assert_not(fit(POINT_send, &sctp, FAULT_CAP, 1), "SCTP keeps its messages whole");
    cr_assert_not(fit(POINT_connect, &stream, FAULT_CAP, 1));
}

Test(fits, a_receive_that_waits_for_all_gets_all)
{
    struct meeting meeting = call_at(POINT_recv, &stream);
    meeting.flags = MSG_WAITALL;
    cr_assert_not(fits(&meeting, FAULT_CAP, 1, true));
    meeting.sends = true;
    cr_assert(fits(&meeting, FAULT_CAP, 1, false), "the flag is one of receives");
}

Test(fits, of_many_messages_fewer_may_go_whatever_they_are)
{
    cr_assert(fit(POINT_sendmmsg, &datagram, FAULT_CAP, 3));
    cr_assert(fit(POINT_recvmmsg, &datagram, FAULT_CAP, 3));
}

Test(fits, only_datagrams_that_leave_the_host_are_lost)
{
    cr_assert(fit(POINT_sendto, &datagram, FAULT_DROP, 0));
    cr_assert(fit(POINT_sendmmsg, &raw, FAULT_DROP, 0));
    cr_assert_not(fit(POINT_sendto, &stream, FAULT_DROP, 0));
    cr_assert_not(fit(POINT_sendto, &local_datagram, FAULT_DROP, 0));
    cr_assert_not(fit(POINT_sendto, &netlink, FAULT_DROP, 0));
    cr_assert_not(fit(POINT_recvfrom, &datagram, FAULT_DROP, 0));
    cr_assert_not(fit(POINT_sendto, NULL, FAULT_DROP, 0));
}

Test(fits, only_what_is_connected_is_reset_or_ended)
{
    cr_assert(fit(POINT_recv, &stream, FAULT_RESET, 0));
    cr_assert(fit(POINT_write, &stream, FAULT_EOF, 0));
    cr_assert(fit(POINT_recv, &local, FAULT_EOF, 0));
    cr_assert_not(fit(POINT_recv, &local, FAULT_RESET, 0), "AF_UNIX knows no reset");
    cr_assert_not(fit(POINT_recv, &datagram, FAULT_EOF, 0));
    cr_assert_not(fit(POINT_setsockopt, &stream, FAULT_RESET, 0));
    is.connected = false;
    cr_assert_not(fit(POINT_recv, &stream, FAULT_RESET, 0));
    cr_assert_not(fit(POINT_recv, &stream, FAULT_EOF, 0));
}

Test(fits, a_descriptor_is_closed_under_a_call_on_one)
{
    cr_assert(fit(POINT_recv, &stream, FAULT_CLOSE, 0));
    cr_assert(fit(POINT_setsockopt, &datagram, FAULT_CLOSE, 0));
    cr_assert_not(fit(POINT_close, &stream, FAULT_CLOSE, 0));
    cr_assert_not(fit(POINT_socket, NULL, FAULT_CLOSE, 0));
    cr_assert_not(fit(POINT_poll, NULL, FAULT_CLOSE, 0));
}

Test(fits, anything_may_begin_late)
{
    for (int i = 0; i < POINT_COUNT; i++)
        cr_assert(fit((enum point)i, NULL, FAULT_DELAY, 1));
    cr_assert_not(fit(POINT_recv, &stream, FAULT_NONE, 0));
}

/* --- errors -------------------------------------------------------------------------------- */

Test(fits, only_a_call_that_may_wait_is_interrupted)
{
    cr_assert(fit(POINT_recv, &stream, FAULT_ERRNO, EINTR));
    cr_assert(fit(POINT_connect, &stream, FAULT_ERRNO, EINTR));
    cr_assert_not(fit(POINT_connect, &datagram, FAULT_ERRNO, EINTR), "it has nobody to wait for");
    is.nonblocking = true;
    cr_assert_not(fit(POINT_recv, &stream, FAULT_ERRNO, EINTR));
    cr_assert_not(fit(POINT_connect, &stream, FAULT_ERRNO, EINTR));
    cr_assert_not(fit(POINT_close, &stream, FAULT_ERRNO, EINTR), "it returns 0");
    cr_assert_not(fit(POINT_close, &stream, FAULT_ERRNO, EIO));
}

Test(fits, an_address_in_figures_is_asked_of_nobody)
{
    struct meeting meeting = call_at(POINT_getaddrinfo, NULL);
    cr_assert(fits(&meeting, FAULT_ERRNO, EAGAIN, false));
    cr_assert(fits(&meeting, FAULT_ERRNO, ENOENT, false));
    meeting.figures = true;
    cr_assert_not(fits(&meeting, FAULT_ERRNO, EAGAIN, false));
    cr_assert_not(fits(&meeting, FAULT_ERRNO, ENOENT, false));
    cr_assert(fits(&meeting, FAULT_ERRNO, ENOMEM, false));
}

Test(fits, what_goes_to_a_number_that_is_told_takes_none)
{
    struct meeting meeting = call_at(POINT_dup, NULL);
    cr_assert(fits(&meeting, FAULT_ERRNO, EMFILE, false));
    meeting.placed = true;
    cr_assert_not(fits(&meeting, FAULT_ERRNO, EMFILE, false));
    cr_assert(fits(&meeting, FAULT_ERRNO, EBUSY, false));
}

Test(fits, what_waits_comes_before_the_end)
{
    struct meeting meeting = call_at(POINT_recv, &stream);
    cr_assert(fits(&meeting, FAULT_EOF, 0, false));
    is.queued = true;
    cr_assert_not(fits(&meeting, FAULT_EOF, 0, false));
    cr_assert(fits(&meeting, FAULT_EOF, 0, true));
    cr_assert(fits(&meeting, FAULT_RESET, 0, false));
    meeting.sends = true;
    cr_assert(fits(&meeting, FAULT_EOF, 0, false));
}

Test(fits, families_have_errors_of_their_own)
{
    cr_assert_not(fit(POINT_connect, &local, FAULT_ERRNO, ETIMEDOUT));
    cr_assert_not(fit(POINT_connect, &local, FAULT_ERRNO, ENETUNREACH));
    cr_assert(fit(POINT_connect, &local, FAULT_ERRNO, ECONNREFUSED));
    cr_assert_not(fit(POINT_connect, &datagram, FAULT_ERRNO, ECONNREFUSED), "it sends nothing");
    cr_assert_not(fit(POINT_connect, &datagram, FAULT_ERRNO, ETIMEDOUT));
    cr_assert_not(fit(POINT_connect, &stream, FAULT_ERRNO, EAGAIN));
    cr_assert_not(fit(POINT_send, &local, FAULT_ERRNO, ETIMEDOUT));
    cr_assert(fit(POINT_recv, &local, FAULT_ERRNO, ECONNRESET));
    cr_assert_not(fit(POINT_recv, &local_datagram, FAULT_ERRNO, ECONNREFUSED));
    cr_assert(fit(POINT_accept, &stream, FAULT_ERRNO, ECONNABORTED));
    cr_assert_not(fit(POINT_accept, &local, FAULT_ERRNO, ECONNABORTED));
}

Test(fits, a_wait_of_no_time_is_not_interrupted)
{
    struct meeting meeting = call_at(POINT_poll, NULL);
    cr_assert_not(fits(&meeting, FAULT_ERRNO, EINTR, false));
    meeting.waits = true;
    cr_assert(fits(&meeting, FAULT_ERRNO, EINTR, false));
}

Test(fits, only_a_call_that_does_not_wait_says_again)
{
    struct meeting meeting = call_at(POINT_recv, &stream);
    cr_assert_not(fits(&meeting, FAULT_ERRNO, EAGAIN, false));
    cr_assert(fits(&meeting, FAULT_ERRNO, EAGAIN, true), "lenient: at any time");
    meeting.flags = MSG_DONTWAIT;
    cr_assert(fits(&meeting, FAULT_ERRNO, EAGAIN, false));
    meeting.flags = 0;
    is.limited = SO_SNDTIMEO;
    cr_assert_not(fits(&meeting, FAULT_ERRNO, EAGAIN, false), "the other direction has a limit");
    is.limited = SO_RCVTIMEO;
    cr_assert(fits(&meeting, FAULT_ERRNO, EAGAIN, false));
    cr_assert_not(fit(POINT_send, &stream, FAULT_ERRNO, EAGAIN));
    is.limited = SO_SNDTIMEO;
    cr_assert(fit(POINT_send, &stream, FAULT_ERRNO, EAGAIN));
    is.limited = 0;
    is.nonblocking = true;
    cr_assert(fits(&meeting, FAULT_ERRNO, EAGAIN, false));
}

Test(fits, errors_go_with_streams_or_with_datagrams)
{
    cr_assert(fit(POINT_send, &stream, FAULT_ERRNO, EPIPE));
    cr_assert_not(fit(POINT_send, &datagram, FAULT_ERRNO, EPIPE));
    cr_assert(fit(POINT_send, &datagram, FAULT_ERRNO, EMSGSIZE));
    cr_assert_not(fit(POINT_send, &stream, FAULT_ERRNO, EMSGSIZE));
    cr_assert(fit(POINT_send, &datagram, FAULT_ERRNO, ENETUNREACH));
    cr_assert(fit(POINT_send, &stream, FAULT_ERRNO, ENETUNREACH));
    cr_assert(fit(POINT_send, &datagram, FAULT_ERRNO, ENOBUFS));
    cr_assert_not(fit(POINT_send, &stream, FAULT_ERRNO, ENOBUFS), "TCP waits for room");
    cr_assert(fit(POINT_bind, &stream, FAULT_ERRNO, EACCES), "of calls that move nothing all do");
}

Test(fits, a_connection_dies_when_there_is_one)
{
    cr_assert(fit(POINT_recv, &stream, FAULT_ERRNO, ECONNRESET));
    is.connected = false;
    cr_assert_not(fit(POINT_recv, &stream, FAULT_ERRNO, ECONNRESET));
    cr_assert_not(fit(POINT_recv, &stream, FAULT_ERRNO, ETIMEDOUT));
    cr_assert(fit(POINT_connect, &stream, FAULT_ERRNO, ETIMEDOUT), "a connect dies before");
    cr_assert(fits_fatal(ECONNRESET) && fits_fatal(EPIPE) && !fits_fatal(EINTR));
}

Test(fits, errno_stays)
{
    is.connected = false;
    errno = EXDEV;
    fit(POINT_recv, &stream, FAULT_RESET, 0);
    cr_assert_eq(errno, EXDEV);
}

/* --- ever ---------------------------------------------------------------------------------- */

/* What fits some socket at some time is what may ever be asked for, and nothing else: the two
   answers do not part. */
Test(fits, ever_is_what_fits_some_socket)
{
    struct victim *const victims[] = {&stream, &datagram, &raw, &local, &sctp, NULL};
    for (int point = 0; point < POINT_COUNT; point++)
        for (int action = FAULT_NONE + 1; action < FAULT_COUNT; action++) {
            bool some = false;
            for (size_t i = 0; i < sizeof victims / sizeof *victims; i++) {
                struct meeting meeting = call_at((enum point)point, victims[i]);
                bool message = point_info((enum point)point)->kind == KIND_MESSAGE;
                if (message && victims[i] != &sctp) /* it has no other sockets */
                    continue;
                some = some || fits(&meeting, (enum call_action)action,
                                    action == FAULT_ERRNO ? ENOMEM : 1, action == FAULT_ERRNO);
            }
            cr_assert_eq(fits_ever(UINT64_C(1) << point, (enum call_action)action), some,
                         "%s at %s", call_action_word((enum call_action)action),
                         point_info((enum point)point)->name);
        }
}

Test(fits, a_wider_point_takes_what_one_of_its_points_takes)
{
    cr_assert(fits_ever(point_find("transmit"), FAULT_DROP));
    cr_assert_not(fits_ever(point_find("receive"), FAULT_DROP));
    cr_assert_not(fits_ever(point_find("wait"), FAULT_EOF));
    cr_assert_not(fits_ever(0, FAULT_DELAY));
}

Test(fits, the_errors_of_a_point)
{
    uint64_t recv = point_find("recv");
    cr_assert(fits_error(recv, "EINTR", false));
    cr_assert_not(fits_error(recv, "EPIPE", true));
    cr_assert_not(fits_error(recv, "EIO", false));
    cr_assert(fits_error(recv, "EIO", true));
    cr_assert_not(fits_error(recv, "EINT", false), "not a part of a name");
    cr_assert_not(fits_error(recv, "INTR", false));
    cr_assert_not(fits_error(recv, "EINTRX", false));
    cr_assert(fits_error(point_find("transmit"), "EPIPE", false));
}
