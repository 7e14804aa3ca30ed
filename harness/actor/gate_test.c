/* SPDX-License-Identifier: MIT */
/* The gate before a stack that is the kernel's, with a pair of sockets behind it. */
#include "actor/gate.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static int control(int fd, int command, long argument)
{
    return fcntl(fd, command, argument);
}

static int own_name(int fd, struct sockaddr *address, socklen_t *length)
{
    return getsockname(fd, address, length);
}

static int peer_name(int fd, struct sockaddr *address, socklen_t *length)
{
    return getpeername(fd, address, length);
}

static int ask_connect(int fd, const struct sockaddr *address, socklen_t length)
{
    return connect(fd, address, length);
}

static const struct stack stack = {.name = "test",
                                   .send = send,
                                   .recv = recv,
                                   .connect = ask_connect,
                                   .close = close,
                                   .shutdown = shutdown,
                                   .fcntl = control,
                                   .getsockname = own_name,
                                   .getpeername = peer_name,
                                   .getsockopt = getsockopt,
                                   .setsockopt = setsockopt};
static struct shared shared;
static struct actor actor = {.name = "client", .shared = &shared, .stack = &stack};
static struct call call;
static const struct act act = {.actor = &actor, .call = &call, .stack = &stack};
static int pair[2];

static void setup(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    pair[0] = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(listener, 1), 0);
    cr_assert_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    cr_assert_eq(connect(pair[0], (struct sockaddr *)&address, sizeof address), 0);
    pair[1] = accept(listener, NULL, NULL);
    cr_assert_geq(pair[1], 0);
    call.fd = pair[0];
}

TestSuite(gate, .init = setup, .timeout = 10);

static struct fault *add(const char *points, enum call_action action, int64_t argument,
                         struct trigger trigger)
{
    struct fault *fault = &shared.plan.fault[shared.plan.count++];
    fault->points = point_find(points);
    strcpy(fault->by, "client");
    fault->action = action;
    fault->argument = argument;
    fault->trigger = trigger;
    fault->after = trigger.kind == TRIGGER_AFTER ? trigger.n : 0;
    return fault;
}

static const struct trigger always = {.kind = TRIGGER_ALWAYS};

static void arm(void)
{
    gate_begin(&stack);
    cr_assert_eq(plan_arm(&shared.plan), 0);
}

static ssize_t sent(const char *text)
{
    return gate_send(&act, text, strlen(text), MSG_NOSIGNAL);
}

static const char *received(void)
{
    static char text[64];
    ssize_t got = recv(pair[1], text, sizeof text - 1, MSG_DONTWAIT);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

Test(gate, without_a_plan_a_call_is_counted_and_goes_on)
{
    gate_begin(&stack);
    cr_assert_eq(sent("whole"), 5);
    cr_assert_str_eq(received(), "whole");
    cr_assert_eq(call.calls, 1);
    cr_assert_str_eq(call.point, "send");
    cr_assert_eq(call.firing_count, 0);
}

Test(gate, a_fault_meets_the_calls_of_its_actor_at_its_point)
{
    strcpy(add("send", FAULT_ERRNO, ENOMEM, always)->by, "server");
    add("recv", FAULT_ERRNO, ENOMEM, always);
    struct fault *own =
        add("transmit", FAULT_ERRNO, ENOMEM, (struct trigger){TRIGGER_NTH, 2, 0, 0});
    arm();
    cr_assert_eq(sent("one"), 3);
    cr_assert_eq(sent("two"), -1);
    cr_assert_eq(errno, ENOMEM);
    cr_assert(call.injected);
    cr_assert_eq(own->chances, 2);
    cr_assert_eq(shared.plan.fault[0].chances + shared.plan.fault[1].chances, 0);
    cr_assert_str_eq(received(), "one");
}

Test(gate, each_firing_is_recorded_with_its_call)
{
    add("send", FAULT_DELAY, 1, always);
    add("send", FAULT_CAP, 1, (struct trigger){TRIGGER_NTH, 2, 0, 0});
    arm();
    sent("one");
    sent("two");
    cr_assert_eq(call.firing_count, 3);
    cr_assert_eq(call.firing[0].fault, 0);
    cr_assert_eq(call.firing[0].ordinal, 1);
    cr_assert_eq(call.firing[2].fault, 1);
    cr_assert_eq(call.firing[2].ordinal, 2);
    cr_assert_not(call.injected, "nothing failed");
}

Test(gate, what_does_not_fit_is_no_chance)
{
    struct fault *lost = add("send", FAULT_DROP, 0, always);
    struct fault *again = add("send", FAULT_ERRNO, EAGAIN, always);
    arm();
    cr_assert_eq(sent("x"), 1, "a stream loses nothing, and a call that waits does not say again");
    cr_assert_eq(sent(""), 0);
    cr_assert_eq(lost->chances + again->chances, 0);
    cr_assert_eq(control(pair[0], F_SETFL, O_NONBLOCK), 0);
    cr_assert_eq(sent("x"), -1);
    cr_assert_eq(errno, EAGAIN);
}

/* The socket of a call that keeps messages whole, as the case says of SCTP. */
Test(gate, messages_are_not_cut)
{
    add("send", FAULT_CAP, 1, always);
    call.datagram = true;
    arm();
    cr_assert_eq(sent("abc"), 3);
}

Test(gate, a_transfer_halts_where_a_fault_waits_and_each_direction_counts_its_own)
{
    add("send", FAULT_ERRNO, ENOMEM, (struct trigger){TRIGGER_AFTER, 4, 0, 0});
    char text[8];
    arm();
    cr_assert_eq(send(pair[1], "abcdefgh", 8, 0), 8);
    cr_assert_eq(gate_recv(&act, text, sizeof text, 0), 8);
    cr_assert_eq(sent("abcdef"), 4);
    cr_assert_eq(sent("ef"), -1);
    cr_assert_eq(errno, ENOMEM);
}

Test(gate, a_peek_moves_nothing)
{
    add("recv", FAULT_ERRNO, ENOMEM, (struct trigger){TRIGGER_AFTER, 4, 0, 0});
    char text[8];
    arm();
    cr_assert_eq(send(pair[1], "abcd", 4, 0), 4);
    cr_assert_eq(gate_recv(&act, text, sizeof text, MSG_PEEK), 4);
    cr_assert_eq(gate_recv(&act, text, sizeof text, 0), 4);
    cr_assert_eq(gate_recv(&act, text, sizeof text, MSG_DONTWAIT), -1);
    cr_assert_eq(errno, ENOMEM);
}

Test(gate, what_is_ended_stays_ended_until_its_number_is_anothers)
{
    add("recv", FAULT_EOF, 0, (struct trigger){TRIGGER_NTH, 1, 0, 0});
    char text[8];
    arm();
    cr_assert_eq(gate_recv(&act, text, sizeof text, 0), 0);
    cr_assert_eq(gate_recv(&act, text, sizeof text, 0), 0);
    struct meeting closing = gate_at(&act, POINT_close);
    cr_assert_eq(GATED(&act, &closing, close(pair[0])), 0);
    int again[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, again), 0);
    cr_assert_eq(again[0], pair[0], "the lowest number that is free");
    cr_assert_eq(send(again[1], "new", 3, 0), 3);
    cr_assert_eq(gate_recv(&act, text, sizeof text, 0), 3);
}

Test(gate, a_call_that_makes_something_is_on_no_descriptor)
{
    add("socket", FAULT_ERRNO, EMFILE, always);
    arm();
    struct meeting making = gate_at(&act, POINT_socket);
    cr_assert_eq(making.fd, -1);
    cr_assert_eq(GATED(&act, &making, 77), -1);
    cr_assert_eq(errno, EMFILE);
}

Test(gate, buffers_are_cut_to_what_is_left)
{
    struct iovec iov[2] = {{"ab", 2}, {"cdef", 4}};
    add("writev", FAULT_CAP, 3, always);
    arm();
    struct meeting meeting = gate_moving(&act, POINT_writev, 6, 0);
    cr_assert(gate_enter(&act, &meeting));
    cr_assert_eq(gate_cut(&meeting, iov, 2), 2);
    cr_assert_eq(iov[1].iov_len, 1);
    cr_assert_eq(gate_leave(&act, &meeting, writev(pair[0], iov, 2)), 3);
    cr_assert_str_eq(received(), "abc");
}

/* The real call finds errno as it was. */
Test(gate, its_own_questions_leave_errno)
{
    add("send", FAULT_ERRNO, ECONNRESET, always);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    call.fd = fd;
    arm();
    struct meeting meeting = gate_moving(&act, POINT_send, 1, 0);
    errno = EXDEV;
    cr_assert(gate_enter(&act, &meeting), "what is not connected is not reset");
    cr_assert_eq(errno, EXDEV);
}

Test(gate, arming_anew_forgets)
{
    add("send", FAULT_ERRNO, ENOMEM, (struct trigger){TRIGGER_AFTER, 4, 0, 0});
    arm();
    cr_assert_eq(sent("abcd"), 4);
    plan_disarm();
    arm();
    cr_assert_eq(sent("efgh"), 4);
    cr_assert_eq(sent("i"), -1);
}
