/* SPDX-License-Identifier: MIT */
/* What faults do to real sockets of this host, on its loopback interface or within it. */
#include "fault/enact.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* --- the real calls, of which some are counted --------------------------------------------- */

static int rearmed, closed;

static int control(int fd, int command, long argument)
{
    return fcntl(fd, command, argument);
}

static int close_counted(int fd)
{
    closed++;
    return close(fd);
}

static void count_rearm(int fd)
{
    (void)fd;
    rearmed++;
}

static int name_peer(int fd, struct sockaddr *address, socklen_t *length)
{
    return getpeername(fd, address, length);
}

static int ask_connect(int fd, const struct sockaddr *address, socklen_t length)
{
    return connect(fd, address, length);
}

static const struct meeting_calls calls = {.connect = ask_connect,
                                           .getpeername = name_peer,
                                           .getsockopt = getsockopt,
                                           .setsockopt = setsockopt,
                                           .fcntl = control,
                                           .shutdown = shutdown,
                                           .close = close_counted,
                                           .rearm = count_rearm};

/* --- sockets ------------------------------------------------------------------------------- */

static struct sockaddr_in address;
static struct victim victim;
static int listener, own, other; /* a listening socket, and the ends of a connection to it */

static void setup(void)
{
    socklen_t size = sizeof address;
    address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    victim = (struct victim){.type = SOCK_STREAM, .family = AF_INET};
    rearmed = closed = 0;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    cr_assert_eq(listen(listener, 4), 0);
    own = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(own, (struct sockaddr *)&address, sizeof address), 0);
    other = accept(listener, NULL, NULL);
    cr_assert_geq(other, 0);
}

TestSuite(enact, .init = setup, .timeout = 10);

static struct meeting meeting_at(enum point point, int fd)
{
    return (struct meeting){.point = point,
                            .fd = fd,
                            .sends = point_info(point)->group == GROUP_transmit,
                            .whole = point_moves(point_info(point)->kind) ? 10 : 0,
                            .victim = &victim,
                            .calls = &calls};
}

/* What the fault of that action makes of a call before it is made. */
static bool before(struct meeting *meeting, enum call_action action, int64_t argument)
{
    struct fault fault = {.action = action, .argument = argument};
    struct decision decision = {.outcome = action != FAULT_NONE ? &fault : NULL};
    return enact_before(meeting, &decision);
}

/* What the caller gets of a call that returned value with error. */
static int64_t after(struct meeting *meeting, int64_t value, int *error)
{
    return enact_after(meeting, value, error);
}

/* The error, or the count, of a receive at the other end, which waits for it. */
static int at_other_end(void)
{
    char byte;
    ssize_t got = recv(other, &byte, 1, 0);
    return got < 0 ? -errno : (int)got;
}

/* --- streams ------------------------------------------------------------------------------- */

Test(enact, a_reset_is_a_real_one_and_ends_the_connection)
{
    struct meeting sending = meeting_at(POINT_send, own);
    struct meeting later = meeting_at(POINT_recv, own);
    int error = 0;
    cr_assert_not(before(&sending, FAULT_RESET, 0));
    cr_assert_eq(after(&sending, 0, &error), -1);
    cr_assert_eq(error, ECONNRESET);
    cr_assert_eq(at_other_end(), -ECONNRESET);
    cr_assert_not(before(&later, FAULT_NONE, 0), "what is dead gives nothing more");
    cr_assert_eq(after(&later, 7, &error), 0);
}

Test(enact, an_end_in_order_is_seen_by_both)
{
    struct meeting receiving = meeting_at(POINT_read, own);
    struct meeting again = meeting_at(POINT_recv, own);
    int error = EXDEV;
    cr_assert_not(before(&receiving, FAULT_EOF, 0));
    cr_assert_eq(after(&receiving, -1, &error), 0);
    cr_assert_eq(error, 0, "errno is as before");
    cr_assert_eq(at_other_end(), 0);
    cr_assert_not(before(&again, FAULT_NONE, 0));
    cr_assert_eq(after(&again, -1, &error), 0);
}

/* The kernel raises the signal, so the call is made. */
Test(enact, a_broken_pipe_is_the_kernels)
{
    struct meeting sending = meeting_at(POINT_write, own);
    int error = 0;
    cr_assert(before(&sending, FAULT_ERRNO, EPIPE));
    ssize_t sent = send(own, "x", 1, MSG_NOSIGNAL);
    error = errno;
    cr_assert_eq(sent, -1);
    cr_assert_eq(after(&sending, sent, &error), -1);
    cr_assert_eq(error, EPIPE);
    cr_assert_eq(at_other_end(), -ECONNRESET);
}

Test(enact, a_dead_local_stream_is_shut)
{
    int pair[2], error = 0;
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    struct meeting receiving = meeting_at(POINT_recv, pair[0]);
    victim.family = AF_UNIX;
    cr_assert_not(before(&receiving, FAULT_ERRNO, ECONNRESET));
    cr_assert_eq(after(&receiving, 0, &error), -1);
    cr_assert_eq(error, ECONNRESET);
    other = pair[1];
    cr_assert_eq(at_other_end(), 0);
}

Test(enact, a_cut_leaves_so_much_and_whoever_waits_for_edges_is_told)
{
    struct meeting sending = meeting_at(POINT_send, own);
    int error = 0;
    cr_assert(before(&sending, FAULT_CAP, 3));
    cr_assert_eq(sending.left, 3);
    cr_assert_eq(rearmed, 0);
    cr_assert_eq(after(&sending, 3, &error), 3);
    cr_assert_eq(rearmed, 1);
}

Test(enact, nothing_happens_without_a_fault)
{
    struct meeting sending = meeting_at(POINT_send, own);
    int error = EAGAIN;
    cr_assert(before(&sending, FAULT_NONE, 0));
    cr_assert_eq(sending.left, 10);
    cr_assert_eq(after(&sending, -1, &error), -1);
    cr_assert_eq(error, EAGAIN);
    cr_assert_eq(rearmed, 0);
}

Test(enact, an_interrupted_receive_leaves_the_bytes_and_their_edge)
{
    struct meeting receiving = meeting_at(POINT_recv, own);
    int error = 0;
    cr_assert_not(before(&receiving, FAULT_ERRNO, EINTR));
    cr_assert_eq(after(&receiving, 0, &error), -1);
    cr_assert_eq(error, EINTR);
    cr_assert_eq(rearmed, 1);
    cr_assert_eq(send(own, "x", 1, 0), 1, "the connection lives");
    cr_assert_eq(at_other_end(), 1);
}

/* A transfer ends where a fault waits, and not where one waits behind it, or has passed. */
Test(enact, a_transfer_halts_where_a_fault_waits)
{
    static struct plan plan = {.count = 3,
                               .fault = {{.after = 100}, {.after = 104}, {.after = 107}}};
    struct meeting sending = meeting_at(POINT_send, own);
    cr_assert(before(&sending, FAULT_NONE, 0));
    enact_halt(&sending, &plan, 7, 100);
    cr_assert_eq(sending.left, 4);
    enact_halt(&sending, &plan, 7, 90);
    cr_assert_eq(sending.left, 4, "the first of them counts, and 100 is the end of this one");
    cr_assert(before(&sending, FAULT_NONE, 0));
    enact_halt(&sending, &plan, 4, 100);
    cr_assert_eq(sending.left, 7);
    cr_assert(before(&sending, FAULT_NONE, 0));
    sending.flags = MSG_WAITALL;
    sending.sends = false;
    enact_halt(&sending, &plan, 7, 100);
    cr_assert_eq(sending.left, 10, "what may not be cut is not");
}

/* --- datagrams, descriptors, time ---------------------------------------------------------- */

Test(enact, a_lost_datagram_was_accepted)
{
    struct meeting sending = meeting_at(POINT_sendto, own);
    int error = EXDEV;
    victim.type = SOCK_DGRAM;
    cr_assert_not(before(&sending, FAULT_DROP, 0));
    cr_assert_eq(after(&sending, -1, &error), 10);
    cr_assert_eq(error, 0);
}

Test(enact, a_descriptor_is_really_closed)
{
    struct meeting setting = meeting_at(POINT_setsockopt, own);
    int error = 0;
    cr_assert_not(before(&setting, FAULT_CLOSE, 0));
    cr_assert_eq(after(&setting, 0, &error), -1);
    cr_assert_eq(error, EBADF);
    cr_assert_eq(fcntl(own, F_GETFD), -1);
    cr_assert_eq(at_other_end(), 0);
}

Test(enact, an_interrupted_close_has_closed)
{
    struct meeting closing = meeting_at(POINT_close, own);
    int error = 0;
    cr_assert(before(&closing, FAULT_ERRNO, EINTR), "the call is made");
    cr_assert_eq(after(&closing, close(own), &error), -1);
    cr_assert_eq(error, EINTR);
}

Test(enact, a_close_that_fails_for_real_says_so)
{
    struct meeting closing = meeting_at(POINT_close, -1);
    cr_assert(before(&closing, FAULT_ERRNO, EINTR));
    int status = close(-1), error = errno;
    cr_assert_eq(after(&closing, status, &error), -1);
    cr_assert_eq(error, EBADF);
}

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

Test(enact, delays_come_before_the_outcome)
{
    struct fault fault = {.action = FAULT_ERRNO, .argument = ENOMEM};
    struct decision decision = {.outcome = &fault, .delay_us = 20000};
    struct meeting binding = meeting_at(POINT_bind, own);
    int64_t began = now_us();
    int error = 0;
    cr_assert_not(enact_before(&binding, &decision));
    cr_assert_geq(now_us() - began, 20000);
    cr_assert_eq(after(&binding, 0, &error), -1);
    cr_assert_eq(error, ENOMEM);
}

/* --- connections --------------------------------------------------------------------------- */

static struct meeting connecting(int fd)
{
    struct meeting meeting = meeting_at(POINT_connect, fd);
    meeting.peer = (struct sockaddr *)&address;
    meeting.peer_size = sizeof address;
    return meeting;
}

/* connect(2), EINTR: the connection is made in the background, and a second call finds it so. */
Test(enact, an_interrupted_connect_goes_on)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), error = 0;
    struct meeting meeting = connecting(fd);
    cr_assert_not(before(&meeting, FAULT_ERRNO, EINTR));
    cr_assert_eq(after(&meeting, 0, &error), -1);
    cr_assert_eq(error, EINTR);
    cr_assert_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0, "it blocks as before");
    cr_assert_geq(accept(listener, NULL, NULL), 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
}

/* As where the answer beats the next call. */
Test(enact, an_interrupted_connect_has_arrived_where_that_is_asked)
{
    struct meeting_calls waiting = calls;
    int fd = socket(AF_INET, SOCK_STREAM, 0), error = 0;
    struct meeting meeting = connecting(fd);
    waiting.arrives = true;
    meeting.calls = &waiting;
    cr_assert_not(before(&meeting, FAULT_ERRNO, EINTR));
    cr_assert_eq(after(&meeting, 0, &error), -1);
    cr_assert_eq(error, EINTR);
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof address), -1);
    cr_assert_eq(errno, EISCONN);
}

Test(enact, an_interrupted_connect_that_cannot_begin_says_so)
{
    int error = 0;
    struct meeting meeting = connecting(own); /* which is connected */
    cr_assert_not(before(&meeting, FAULT_ERRNO, EINTR));
    cr_assert_eq(after(&meeting, 0, &error), -1);
    cr_assert_eq(error, EISCONN);
}

Test(enact, a_connect_that_does_not_wait_fails_later)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), error = 0, told = 0;
    struct meeting meeting = connecting(fd);
    struct meeting asking = meeting_at(POINT_getsockopt, fd);
    cr_assert_not(before(&meeting, FAULT_ERRNO, ETIMEDOUT));
    cr_assert_eq(after(&meeting, 0, &error), -1);
    cr_assert_eq(error, EINPROGRESS);
    cr_assert_eq(rearmed, 1);
    asking.level = SOL_SOCKET;
    asking.option = SO_ERROR;
    asking.value = &told;
    cr_assert(before(&asking, FAULT_NONE, 0));
    cr_assert_eq(after(&asking, 0, &error), 0);
    cr_assert_eq(told, ETIMEDOUT);
    told = 0;
    cr_assert(before(&asking, FAULT_NONE, 0));
    after(&asking, 0, &error);
    cr_assert_eq(told, 0, "it is told once");
}

Test(enact, a_connect_that_waits_fails_at_once)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), error = 0;
    struct meeting meeting = connecting(fd);
    cr_assert_not(before(&meeting, FAULT_ERRNO, ETIMEDOUT));
    cr_assert_eq(after(&meeting, 0, &error), -1);
    cr_assert_eq(error, ETIMEDOUT);
}

Test(enact, an_aborted_connection_was_there)
{
    int error = 0;
    struct meeting accepting = meeting_at(POINT_accept, listener);
    other = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(other, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert(before(&accepting, FAULT_ERRNO, ECONNABORTED), "it is taken");
    int taken = accept(listener, NULL, NULL);
    cr_assert_eq(after(&accepting, taken, &error), -1);
    cr_assert_eq(error, ECONNABORTED);
    cr_assert_eq(closed, 1);
    cr_assert_eq(at_other_end(), -ECONNRESET);
}

Test(enact, a_connection_that_cannot_be_taken_waits)
{
    int error = 0;
    struct meeting accepting = meeting_at(POINT_accept, listener);
    other = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(other, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_not(before(&accepting, FAULT_ERRNO, EMFILE));
    cr_assert_eq(after(&accepting, 0, &error), -1);
    cr_assert_eq(error, EMFILE);
    cr_assert_eq(rearmed, 1);
    cr_assert_geq(accept(listener, NULL, NULL), 0, "the next call takes it");
}
