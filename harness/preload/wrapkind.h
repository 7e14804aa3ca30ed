/* SPDX-License-Identifier: MIT */
/*
 * The kinds of call.def, as what they say of a wrapped call: WRAPPED_INIT_ and the kind initialise
 * it from the addresses of the wrapper's own parameters, so that what is moved can be cut.
 */
#ifndef SOCKPROOF_PRELOAD_WRAPKIND_H
#define SOCKPROOF_PRELOAD_WRAPKIND_H

#include "preload/wrapped.h"

#define WRAPPED_INIT_PLAIN(FD) .kind = WRAPPED_PLAIN, .meeting.fd = FD
#define WRAPPED_INIT_MOVE(FD, SIZE, FLAGS)                                                         \
    .kind = WRAPPED_MOVE, .meeting.fd = FD, .size = &(SIZE), .meeting.flags = FLAGS
#define WRAPPED_INIT_MOVE_TO(FD, SIZE, FLAGS, PEER, LENGTH)                                        \
    WRAPPED_INIT_MOVE(FD, SIZE, FLAGS), .meeting.peer = PEER, .meeting.peer_size = LENGTH
#define WRAPPED_INIT_VECTOR(FD, IOV, COUNT)                                                        \
    .kind = WRAPPED_MOVE, .meeting.fd = FD, .iov = &(IOV), .buffers = &(COUNT)
#define WRAPPED_INIT_MESSAGE(FD, MESSAGE, FLAGS)                                                   \
    .kind = WRAPPED_MOVE, .meeting.fd = FD, .header = (const struct msghdr **)&(MESSAGE),          \
    .meeting.flags = FLAGS
#define WRAPPED_INIT_MANY(FD, VECTOR, COUNT, FLAGS)                                                \
    .kind = WRAPPED_MANY, .meeting.fd = FD, .vector = VECTOR, .count = &(COUNT),                   \
    .meeting.flags = FLAGS
#define WRAPPED_INIT_SPLICE(FROM, TO, SIZE)                                                        \
    .kind = WRAPPED_MOVE, .meeting.fd = TO, .other = FROM, .size = &(SIZE)
#define WRAPPED_INIT_MAKE(FD) .kind = WRAPPED_MAKE, .meeting.fd = FD
#define WRAPPED_INIT_PAIR(PAIR) .kind = WRAPPED_PAIR, .meeting.fd = -1, .pair = PAIR
#define WRAPPED_INIT_CONNECT(FD, PEER, LENGTH)                                                     \
    .kind = WRAPPED_CONNECT, .meeting.fd = FD, .meeting.peer = PEER, .meeting.peer_size = LENGTH
#define WRAPPED_INIT_CLOSE(FD) .kind = WRAPPED_CLOSE, .meeting.fd = FD, .last = (unsigned)(FD)
#define WRAPPED_INIT_CLOSE_MANY(FIRST, LAST)                                                       \
    .kind = WRAPPED_CLOSE, .meeting.fd = (int)(FIRST), .last = LAST
#define WRAPPED_INIT_COPY(FD, WANTED)                                                              \
    .kind = WRAPPED_COPY, .meeting.fd = FD, .other = WANTED, .meeting.placed = (WANTED) >= 0
#define WRAPPED_INIT_CONTROL(FD, COMMAND)                                                          \
    .kind = WRAPPED_CONTROL, .meeting.fd = FD, .other = COMMAND,                                   \
    .meeting.placed = (COMMAND) != F_DUPFD && (COMMAND) != F_DUPFD_CLOEXEC
#define WRAPPED_INIT_OPTION(FD, LEVEL, NAME, VALUE)                                                \
    .kind = WRAPPED_OPTION, .meeting.fd = FD, .meeting.level = LEVEL, .meeting.option = NAME,      \
    .meeting.value = VALUE
#define WRAPPED_INIT_POLL(LIST, COUNT, WAITS)                                                      \
    .kind = WRAPPED_WAIT, .meeting.fd = -1, .list = LIST, .list_count = COUNT,                     \
    .meeting.waits = WAITS
#define WRAPPED_INIT_SELECT(COUNT, IN, OUT, EXCEPT, WAITS)                                         \
    .kind = WRAPPED_WAIT, .meeting.fd = -1, .set_count = COUNT, .sets = {IN, OUT, EXCEPT},         \
    .meeting.waits = WAITS
#define WRAPPED_INIT_EPOLL(FD, WAITS)                                                              \
    .kind = WRAPPED_WAIT, .meeting.fd = FD, .epoll = true, .meeting.waits = WAITS
#define WRAPPED_INIT_WATCH(FD, OPERATION, TARGET, EVENT)                                           \
    .kind = WRAPPED_WATCH, .meeting.fd = FD, .operation = OPERATION, .other = TARGET, .event = EVENT
#define WRAPPED_INIT_NAME_CODE(FIGURES)                                                            \
    .kind = WRAPPED_NAME_CODE, .meeting.fd = -1, .meeting.figures = FIGURES
#define WRAPPED_INIT_NAME_POINTER(FIGURES)                                                         \
    .kind = WRAPPED_NAME_POINTER, .meeting.fd = -1, .meeting.figures = FIGURES
#define WRAPPED_INIT_NAME_R(FOUND, ERROR, FIGURES)                                                 \
    .kind = WRAPPED_NAME_R, .meeting.fd = -1, .found = FOUND, .name_error = ERROR,                 \
    .meeting.figures = FIGURES

#endif
