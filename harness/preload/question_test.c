/* SPDX-License-Identifier: MIT */
#include "preload/question.h"

#include "preload/entry.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static struct control control;
static int pair[2];

static int control_of(int fd, int command, long argument)
{
    return fcntl(fd, command, argument);
}

static int peer_of(int fd, struct sockaddr *address, socklen_t *length)
{
    return getpeername(fd, address, length);
}

static const struct meeting_calls calls = {
    .getpeername = peer_of, .getsockopt = getsockopt, .fcntl = control_of};

static struct fault *add(enum point point, enum call_action action, enum trigger_kind kind,
                         uint64_t n)
{
    struct fault *fault = &control.plan.fault[control.plan.count++];
    fault->name[0] = (char)('a' + control.plan.count);
    strcpy(fault->by, "program");
    fault->points = UINT64_C(1) << point;
    fault->action = action;
    fault->argument = action == FAULT_ERRNO ? ENOMEM : 1;
    fault->trigger = (struct trigger){.kind = kind, .n = n};
    fault->after = kind == TRIGGER_AFTER ? n : 0;
    return fault;
}

static void setup(void)
{
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    control.lenient = true; /* what happens to a stream of the Internet may to one of AF_UNIX */
    strcpy(control.actor, "program");
}

static void begin(void)
{
    cr_assert_eq(plan_arm(&control.plan), 0);
    entry_open(&control);
    question_open(&control);
}

TestSuite(question, .init = setup, .timeout = 10);

static struct wrapped wrapped_at(enum point point, int fd)
{
    struct wrapped wrapped = {.kind = WRAPPED_PLAIN,
                              .meeting = {.point = point, .fd = fd, .whole = 10, .calls = &calls}};
    if (point_moves(point_info(point)->kind))
        wrapped.kind = WRAPPED_MOVE;
    wrapped.socket = descriptor_find(fd);
    wrapped.meeting.victim = wrapped.socket != NULL ? &wrapped.socket->victim : NULL;
    return wrapped;
}

Test(question, a_call_at_its_point_meets_a_fault_and_that_is_logged)
{
    struct fault *fault = add(POINT_setsockopt, FAULT_ERRNO, TRIGGER_NTH, 2);
    struct wrapped here = wrapped_at(POINT_setsockopt, pair[0]);
    struct wrapped there = wrapped_at(POINT_getsockopt, pair[0]);
    begin();
    cr_assert_null(question_ask(&there).outcome);
    cr_assert_null(question_ask(&here).outcome);
    cr_assert_eq(question_ask(&here).outcome, fault);
    cr_assert_eq(control.used, 1);
    cr_assert_eq(control.record[0].kind, RECORD_FIRED);
    cr_assert_eq(control.record[0].point, POINT_setsockopt);
    cr_assert_eq(control.record[0].fd, pair[0]);
    cr_assert_eq(fault->chances, 2, "only calls at its point are chances");
}

Test(question, each_fault_that_fires_is_logged)
{
    add(POINT_bind, FAULT_DELAY, TRIGGER_ALWAYS, 0);
    add(POINT_bind, FAULT_ERRNO, TRIGGER_ALWAYS, 0);
    add(POINT_bind, FAULT_ERRNO, TRIGGER_ALWAYS, 0);
    struct wrapped here = wrapped_at(POINT_bind, pair[0]);
    begin();
    cr_assert_eq(question_ask(&here).fired, 3);
    cr_assert_eq(control.used, 2);
    cr_assert_eq(control.record[0].fault, 0);
    cr_assert_eq(control.record[1].fault, 1);
    cr_assert_eq(control.record[0].counter, control.record[1].counter, "of one chance");
}

Test(question, what_does_not_fit_or_is_not_meant_is_no_chance)
{
    struct fault *cap = add(POINT_send, FAULT_CAP, TRIGGER_ALWAYS, 0);
    struct fault *other = add(POINT_send, FAULT_DELAY, TRIGGER_ALWAYS, 0);
    struct wrapped here = wrapped_at(POINT_send, pair[0]);
    here.meeting.whole = 1; /* a cap to one byte cuts nothing */
    control.select[1] = (struct selector){.by_fd = true, .fd = pair[1]};
    begin();
    cr_assert_eq(question_ask(&here).fired, 0);
    cr_assert_eq(cap->chances + other->chances, 0);
}

Test(question, those_of_another_actor_are_not_asked)
{
    strcpy(add(POINT_bind, FAULT_ERRNO, TRIGGER_ALWAYS, 0)->by, "server");
    struct wrapped here = wrapped_at(POINT_bind, pair[0]);
    begin();
    cr_assert_eq(question_ask(&here).fired, 0);
}

/* In a stream the identity of a chance is its offset: however the reads were cut before. */
Test(question, in_a_stream_a_chance_is_known_by_its_offset)
{
    control.recording = true;
    struct wrapped here = wrapped_at(POINT_recv, pair[0]);
    struct socket *socket = here.socket;
    begin();
    question_ask(&here);
    question_ask(&here);
    atomic_store(&socket->moved[DIRECTION_IN], 5);
    atomic_store(&socket->chances[DIRECTION_IN], 0);
    question_ask(&here);
    here.meeting.sends = true;
    question_ask(&here);
    const struct control_record *record = control.record;
    cr_assert_eq(record[0].counter, 0);
    cr_assert_eq(record[1].counter, 1, "asked twice at one offset");
    cr_assert_eq(record[2].counter, 5 << 20);
    cr_assert_eq(record[0].identity, record[2].identity);
    cr_assert_neq(record[0].identity, record[3].identity, "the other direction is another stream");
}

Test(question, a_recording_says_which_attempts_fit)
{
    control.recording = true;
    struct wrapped here = wrapped_at(POINT_socket, -1);
    begin();
    question_ask(&here);
    cr_assert_eq(control.record[0].kind, RECORD_REACHED);
    cr_assert_eq(control.record[0].fits, 1, "EMFILE, which is the only one");
}

Test(question, a_replay_fires_what_it_lists)
{
    add(POINT_bind, FAULT_ERRNO, TRIGGER_LISTED, 0);
    add(POINT_bind, FAULT_ERRNO, TRIGGER_LISTED, 0);
    struct wrapped here = wrapped_at(POINT_bind, pair[0]);
    control.recording = true;
    begin();
    question_ask(&here);
    question_ask(&here);
    const struct control_record *second = &control.record[1];
    control.replay[control.replay_count++] =
        (struct control_replay){second->identity, second->counter, 1};
    control.replaying = true;
    atomic_store(&here.socket->asked[POINT_bind], 0);
    cr_assert_eq(question_ask(&here).fired, 0);
    cr_assert_eq(question_ask(&here).fired, 2, "the second fault, at the second chance");
    cr_assert_eq(question_ask(&here).fired, 0);
}

Test(question, who_waits_for_a_byte)
{
    add(POINT_send, FAULT_CAP, TRIGGER_AFTER, 100);
    add(POINT_send, FAULT_CAP, TRIGGER_ALWAYS, 0);
    add(POINT_recv, FAULT_CAP, TRIGGER_AFTER, 100);
    add(POINT_send, FAULT_CAP, TRIGGER_AFTER, 100);
    control.select[3] = (struct selector){.by_fd = true, .fd = pair[1]};
    struct wrapped sending = wrapped_at(POINT_send, pair[0]);
    struct wrapped setting = wrapped_at(POINT_setsockopt, pair[0]);
    begin();
    cr_assert_eq(question_waiting(&sending), 1);
    cr_assert_eq(question_waiting(&setting), 0);
}

/* The log lists the fault's firing at the third question about byte 5. */
static struct wrapped replayed(enum call_action action, enum point point)
{
    add(point, action, TRIGGER_LISTED, 0);
    struct wrapped here = wrapped_at(point, pair[0]);
    control.recording = true;
    begin();
    question_ask(&here);
    control.recording = false;
    control.replay[control.replay_count++] =
        (struct control_replay){control.record[0].identity, control_counter(5, 2), 0};
    control.replaying = true;
    atomic_store(&here.socket->chances[DIRECTION_IN], 0);
    return here;
}

Test(question, a_replay_stops_at_the_byte_that_it_lists)
{
    struct wrapped here = replayed(FAULT_RESET, POINT_recv);
    struct wrapped other = wrapped_at(POINT_read, pair[0]);
    cr_assert_eq(question_left(&here), 5);
    cr_assert_eq(question_left(&other), 5, "at whatever point the bytes move");
    atomic_store(&here.socket->moved[DIRECTION_IN], 3);
    cr_assert_eq(question_left(&here), 2);
    atomic_store(&here.socket->moved[DIRECTION_IN], 5);
    cr_assert_eq(question_left(&here), 0);
    here.meeting.sends = true;
    cr_assert_eq(question_left(&here), 0, "the other direction is another stream");
}

/* When the log was made two calls before it found nothing; now the byte is there at once. */
Test(question, a_replay_does_not_let_the_byte_go)
{
    struct wrapped here = replayed(FAULT_RESET, POINT_recv);
    atomic_store(&here.socket->moved[DIRECTION_IN], 5);
    cr_assert_eq(fcntl(pair[0], F_SETFL, O_NONBLOCK), 0);
    here.meeting.flags = MSG_PEEK;
    cr_assert_eq(question_ask(&here).fired, 0, "one that only looks moves no byte");
    here.meeting.flags = 0;
    cr_assert_eq(question_ask(&here).fired, 0);
    cr_assert(here.starved, "it finds nothing, as then");
    atomic_store(&here.socket->chances[DIRECTION_IN], 0);
    cr_assert_eq(send(pair[1], "x", 1, 0), 1);
    cr_assert_eq(question_ask(&here).fired, 1);
    cr_assert_not(here.starved);
    cr_assert_eq(control.record[control.used - 1].counter, control_counter(5, 2), "the same again");
    cr_assert_eq(question_ask(&here).fired, 0);
}
