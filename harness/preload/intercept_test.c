/* SPDX-License-Identifier: MIT */
/* Calls on real sockets on their way through the interception, as the wrappers make them. */
#include "preload/intercept.h"

#include "preload/entry.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

static struct control control;
static int pair[2];

static void setup(void)
{
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    control.lenient = true; /* what happens to a stream of the Internet may to one of AF_UNIX */
    strcpy(control.actor, "program");
    control.watching = true;
}

TestSuite(intercept, .init = setup, .timeout = 10);

static void begin(enum point point, enum call_action action, int64_t argument)
{
    struct fault *fault = &control.plan.fault[0];
    if (action != FAULT_NONE) {
        *fault = (struct fault){.points = UINT64_C(1) << point,
                                .by = "program",
                                .action = action,
                                .argument = argument};
        control.plan.count = 1;
    }
    cr_assert_eq(plan_arm(&control.plan), 0);
    entry_open(&control);
    intercept_open(&control);
    cr_assert(intercept_on && intercept_noting);
}

static ssize_t send_through(const char *text)
{
    size_t size = strlen(text);
    ssize_t value = 0;
    struct wrapped wrapped = {
        .kind = WRAPPED_MOVE, .meeting = {.point = POINT_send, .fd = pair[0]}, .size = &size};
    if (intercept_enter(&wrapped))
        value = send(pair[0], text, size, MSG_NOSIGNAL);
    return intercept_leave(&wrapped, value);
}

static const char *received(void)
{
    static char text[64];
    ssize_t got = recv(pair[1], text, sizeof text - 1, MSG_DONTWAIT);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

Test(intercept, a_call_that_no_fault_meets_is_counted_and_goes_on)
{
    begin(POINT_recv, FAULT_ERRNO, EAGAIN);
    cr_assert_eq(send_through("whole"), 5);
    cr_assert_str_eq(received(), "whole");
    cr_assert_eq(control.hits[POINT_send], 1);
    cr_assert_eq(descriptor_find(pair[0])->moved[DIRECTION_OUT], 5);
}

Test(intercept, a_cut_moves_so_much)
{
    begin(POINT_send, FAULT_CAP, 2);
    cr_assert_eq(send_through("whole"), 2);
    cr_assert_str_eq(received(), "wh");
    cr_assert_eq(descriptor_find(pair[0])->moved[DIRECTION_OUT], 2);
}

Test(intercept, a_failure_leaves_nothing_behind)
{
    begin(POINT_send, FAULT_ERRNO, ENOBUFS);
    cr_assert_eq(send_through("whole"), -1);
    cr_assert_eq(errno, ENOBUFS);
    cr_assert_str_eq(received(), "");
    cr_assert_eq(descriptor_find(pair[0])->moved[DIRECTION_OUT], 0);
}

Test(intercept, a_call_that_moves_nothing_is_let_be)
{
    begin(POINT_send, FAULT_ERRNO, ENOBUFS);
    errno = EXDEV;
    cr_assert_eq(send_through(""), 0);
    cr_assert_eq(errno, EXDEV);
    cr_assert_eq(control.hits[POINT_send], 0);
}

/* The call finds errno as the program left it. */
Test(intercept, its_own_questions_leave_errno)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    size_t size = 1;
    struct wrapped wrapped = {
        .kind = WRAPPED_MOVE, .meeting = {.point = POINT_send, .fd = fd}, .size = &size};
    begin(POINT_send, FAULT_ERRNO, ENOBUFS);
    control.select[0] = (struct selector){.by_peer = true, .any_address = true, .port = 1};
    errno = EXDEV;
    cr_assert(intercept_enter(&wrapped));
    cr_assert_eq(errno, EXDEV);
}

Test(intercept, other_files_are_none_of_its_business)
{
    int ends[2];
    size_t size = 1;
    struct wrapped wrapped = {
        .kind = WRAPPED_MOVE, .meeting = {.point = POINT_write}, .size = &size};
    cr_assert_eq(pipe(ends), 0);
    wrapped.meeting.fd = ends[1];
    begin(POINT_write, FAULT_ERRNO, ENOBUFS);
    cr_assert(intercept_enter(&wrapped));
    cr_assert_eq(intercept_leave(&wrapped, 1), 1);
    cr_assert_eq(control.hits[POINT_write], 0);
}

Test(intercept, buffers_are_cut_where_they_end_and_are_the_programs_again)
{
    struct iovec own[2] = {{"ab", 2}, {"cdef", 4}};
    const struct iovec *iov = own;
    int count = 2;
    struct wrapped wrapped = {.kind = WRAPPED_MOVE,
                              .meeting = {.point = POINT_writev, .fd = pair[0]},
                              .iov = &iov,
                              .buffers = &count};
    begin(POINT_writev, FAULT_CAP, 3);
    cr_assert(intercept_enter(&wrapped));
    ssize_t value = writev(pair[0], iov, count);
    cr_assert_eq(intercept_leave(&wrapped, value), 3);
    cr_assert_str_eq(received(), "abc");
    cr_assert_eq(own[1].iov_len, 4);
}

Test(intercept, a_message_is_cut_and_its_flags_come_back)
{
    char room[2][4];
    struct iovec own[2] = {{room[0], 4}, {room[1], 4}};
    struct msghdr message = {.msg_iov = own, .msg_iovlen = 2, .msg_flags = -1};
    const struct msghdr *header = &message;
    struct wrapped wrapped = {.kind = WRAPPED_MOVE,
                              .meeting = {.point = POINT_recvmsg, .fd = pair[0]},
                              .header = &header};
    begin(POINT_recvmsg, FAULT_CAP, 5);
    cr_assert_eq(send(pair[1], "abcdefgh", 8, 0), 8);
    cr_assert(intercept_enter(&wrapped));
    ssize_t value = recvmsg(pair[0], (struct msghdr *)header, 0);
    cr_assert_eq(intercept_leave(&wrapped, value), 5);
    cr_assert_eq(message.msg_flags, 0);
    cr_assert_eq(message.msg_iovlen, 2);
    cr_assert_eq(own[1].iov_len, 4);
    cr_assert_eq(room[1][0], 'e');
}

Test(intercept, lost_messages_have_the_sizes_that_they_had)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct iovec own[2] = {{"ab", 2}, {"cdef", 4}};
    struct mmsghdr many[2] = {{.msg_hdr = {.msg_iov = own, .msg_iovlen = 2}},
                              {.msg_hdr = {.msg_iov = own + 1, .msg_iovlen = 1}}};
    unsigned count = 2;
    struct wrapped wrapped = {.kind = WRAPPED_MANY,
                              .meeting = {.point = POINT_sendmmsg, .fd = fd},
                              .vector = many,
                              .count = &count};
    begin(POINT_sendmmsg, FAULT_DROP, 0);
    errno = EXDEV;
    cr_assert_not(intercept_enter(&wrapped));
    cr_assert_eq(intercept_leave(&wrapped, -1), 2);
    cr_assert_eq(errno, EXDEV);
    cr_assert_eq(many[0].msg_len, 6);
    cr_assert_eq(many[1].msg_len, 4);
}

/* A fault that waits for the N-th byte meets it exactly. */
Test(intercept, a_transfer_ends_where_a_fault_waits)
{
    begin(POINT_send, FAULT_ERRNO, ENOBUFS);
    control.plan.fault[0].trigger = (struct trigger){.kind = TRIGGER_AFTER, .n = 3};
    control.plan.fault[0].after = 3;
    cr_assert_eq(send_through("whole"), 3);
    cr_assert_eq(send_through("le"), -1);
    cr_assert_eq(errno, ENOBUFS);
    cr_assert_str_eq(received(), "who");
}

Test(intercept, a_descriptor_of_this_process_is_followed)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), copy = dup(fd);
    struct wrapped making = {.kind = WRAPPED_MAKE, .meeting = {.point = POINT_socket, .fd = -1}};
    struct wrapped copying = {.kind = WRAPPED_COPY, .meeting = {.point = POINT_dup, .fd = fd}};
    begin(POINT_send, FAULT_NONE, 0);
    cr_assert(intercept_enter(&making));
    cr_assert_eq(intercept_leave(&making, fd), fd);
    cr_assert(intercept_enter(&copying));
    cr_assert_eq(intercept_leave(&copying, copy), copy);
    struct socket *one = descriptor_find(fd);
    cr_assert_eq(descriptor_find(copy), one);
    struct wrapped closing = {
        .kind = WRAPPED_CLOSE, .meeting = {.point = POINT_close, .fd = fd}, .last = (unsigned)fd};
    cr_assert(intercept_enter(&closing));
    cr_assert_eq(intercept_leave(&closing, close(fd)), 0);
    cr_assert_eq(descriptor_find(copy), one);
}

/* Calls that ask for names say in their own way what is wrong. */
Test(intercept, names_fail_as_their_calls_do)
{
    int code = 0;
    void *found = &code;
    struct wrapped first = {.kind = WRAPPED_NAME_CODE,
                            .meeting = {.point = POINT_getaddrinfo, .fd = -1}};
    struct wrapped second = {.kind = WRAPPED_NAME_POINTER,
                             .meeting = {.point = POINT_gethostbyname, .fd = -1}};
    struct wrapped third = {.kind = WRAPPED_NAME_R,
                            .meeting = {.point = POINT_gethostbyname, .fd = -1},
                            .found = &found,
                            .name_error = &code};
    begin(POINT_getaddrinfo, FAULT_ERRNO, EAGAIN);
    control.plan.fault[0].points |= UINT64_C(1) << POINT_gethostbyname;
    cr_assert_eq(plan_arm(&control.plan), 0);
    intercept_open(&control);
    cr_assert_not(intercept_enter(&first));
    cr_assert_eq(intercept_leave(&first, 0), EAI_AGAIN);
    cr_assert_not(intercept_enter(&second));
    cr_assert_eq(intercept_leave(&second, 1), 0);
    cr_assert_eq(h_errno, TRY_AGAIN);
    cr_assert_not(intercept_enter(&third));
    cr_assert_eq(intercept_leave(&third, 0), EAGAIN);
    cr_assert_null(found);
    cr_assert_eq(code, TRY_AGAIN);
}

Test(intercept, a_time_of_zero_is_no_time)
{
    struct timespec none = {0, 0}, some = {0, 1};
    cr_assert(no_time(&none));
    cr_assert_not(no_time(&some));
    cr_assert_not(no_time(NULL));
}

Test(intercept, who_confines_itself_is_noted_and_strictly_left_alone)
{
    struct control_record record = {.kind = RECORD_CONFINED, .fd = -1};
    begin(POINT_send, FAULT_NONE, 0);
    intercept_confined(&record, false);
    cr_assert(intercept_on && intercept_noting);
    intercept_confined(&record, true);
    cr_assert_not(intercept_on || intercept_noting);
    cr_assert_eq(control.used, 2);
    cr_assert_eq(control.record[0].kind, RECORD_CONFINED);
}
