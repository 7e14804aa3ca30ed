/* SPDX-License-Identifier: MIT */
#include "preload/wrapper.h"

#include "preload/entry.h"
#include "preload/figures.h"
#include "preload/intercept.h"
#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/rearm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Theory of operation. Each wrapper is made from its line in call.def. It is one jump through a
 * pointer: to the library's own function when there is nothing to watch, else to the interception.
 * There its kind, read as a macro, says what the call is about, with the addresses of the wrapper's
 * own parameters, so that what is moved can be cut; then the real function is called with them, and
 * the interception has the last word.
 */
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

#define CALL(symbol, at, kind, result, parameters, arguments)                                      \
    static result watched_##symbol parameters                                                      \
    {                                                                                              \
        if (!intercept_on)                                                                         \
            return REAL(symbol) arguments;                                                         \
        struct wrapped wrapped = {.meeting.point = POINT_##at, WRAPPED_INIT_##kind};               \
        result outcome = (result)0;                                                                \
        if (intercept_enter(&wrapped))                                                             \
            outcome = REAL(symbol) arguments;                                                      \
        return (result)intercept_leave(&wrapped, (intptr_t)outcome);                               \
    }                                                                                              \
    static result(*next_##symbol) parameters = watched_##symbol;                                   \
    result wrap_##symbol parameters                                                                \
    {                                                                                              \
        return next_##symbol arguments;                                                            \
    }
#include "preload/call.def"

void wrap_straight(void)
{
#define CALL(symbol, ...) next_##symbol = REAL(symbol);
#include "preload/call.def"
}

void wrap_closefrom(int first)
{
    if (intercept_noting)
        descriptor_forget((unsigned)(first > 0 ? first : 0), ~0U);
    REAL(closefrom)(first);
}

struct beginning {
    void *(*start)(void *);
    void *argument;
    char name[LINEAGE];
};

static void *begin(void *argument)
{
    struct beginning beginning = *(struct beginning *)argument;
    free(argument);
    lineage_name(beginning.name);
    return beginning.start(beginning.argument);
}

int wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                        void *argument)
{
    struct beginning *beginning = intercept_noting ? malloc(sizeof *beginning) : NULL;
    if (beginning == NULL)
        return REAL(pthread_create)(thread, attributes, start, argument);
    *beginning = (struct beginning){.start = start, .argument = argument};
    lineage_child(beginning->name);
    int error = REAL(pthread_create)(thread, attributes, begin, beginning);
    if (error != 0)
        free(beginning);
    return error;
}

FILE *wrap_fdopen(int fd, const char *mode)
{
    struct control_record record = {.kind = RECORD_STREAM, .fd = fd};
    if (intercept_noting && descriptor_find(fd) != NULL)
        entry_write(&record);
    return REAL(fdopen)(fd, mode);
}
