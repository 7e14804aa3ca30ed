/* SPDX-License-Identifier: MIT */
#include "preload/intercept.h"

#include "fault/cut.h"
#include "fault/enact.h"
#include "preload/choice.h"
#include "preload/entry.h"
#include "preload/question.h"
#include "preload/real.h"
#include "preload/rearm.h"
#include "preload/wrapper.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool intercept_on, intercept_noting;
static struct control *control;

/* --- the real calls ------------------------------------------------------------------------ */

static int real_fcntl(int fd, int command, long argument)
{
    return REAL(fcntl)(fd, command, (void *)argument);
}

static int close_known(int fd)
{
    descriptor_forget((unsigned)fd, (unsigned)fd);
    return REAL(close)(fd);
}

static bool queued(int fd)
{
    int size = 0;
    return REAL(ioctl)(fd, FIONREAD, &size) == 0 && size > 0;
}

static struct meeting_calls calls;

/* A socket has come to where stdio has its streams, inherited or by a copy. */
static void note_standard(int fd)
{
    struct control_record record = {.kind = RECORD_STANDARD, .fd = fd};
    if (fd <= STDERR_FILENO && descriptor_find(fd) != NULL)
        entry_write(&record);
}

void intercept_open(struct control *opened)
{
    control = opened;
    calls = (struct meeting_calls){.connect = REAL(connect),
                                   .getpeername = REAL(getpeername),
                                   .getsockopt = REAL(getsockopt),
                                   .setsockopt = REAL(setsockopt),
                                   .fcntl = real_fcntl,
                                   .shutdown = REAL(shutdown),
                                   .close = close_known,
                                   .queued = queued,
                                   .rearm = rearm_edge,
                                   .arrives = true};
    question_open(opened);
    intercept_noting = true;
    intercept_on = opened->watching;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        note_standard(fd);
}

void intercept_confined(const struct control_record *record, bool strictly)
{
    entry_put(record);
    if (strictly)
        intercept_on = intercept_noting = false;
}

bool no_time(const struct timespec *timeout)
{
    return timeout != NULL && timeout->tv_sec == 0 && timeout->tv_nsec == 0;
}

/* --- what the call is about ---------------------------------------------------------------- */

static size_t whole(const struct wrapped *wrapped)
{
    size_t size = 0;
    if (wrapped->size != NULL)
        size = *wrapped->size;
    else if (wrapped->count != NULL)
        size = *wrapped->count;
    else if (wrapped->iov != NULL && *wrapped->buffers > 0)
        size = cut_total(*wrapped->iov, (size_t)*wrapped->buffers);
    else if (wrapped->message != NULL)
        size = cut_total(wrapped->message->msg_iov, wrapped->message->msg_iovlen);
    return size;
}

static bool is_socket(const struct selector *unused, int fd)
{
    (void)unused;
    return descriptor_find(fd) != NULL;
}

static bool finds_socket(struct wrapped *wrapped)
{
    wrapped->socket = descriptor_find(wrapped->meeting.fd);
    wrapped->meeting.victim = wrapped->socket != NULL ? &wrapped->socket->victim : NULL;
    return wrapped->socket != NULL;
}

/* Whether the call is about sockets at all; finds the one that it is about. */
static bool concerns_sockets(struct wrapped *wrapped)
{
    bool concerns = true;
    if (wrapped->kind == WRAPPED_WAIT && wrapped->epoll)
        concerns = rearm_watches(wrapped->meeting.fd);
    else if (wrapped->kind == WRAPPED_WAIT)
        concerns = choice_any_waited(wrapped, NULL, is_socket);
    else if (wrapped->kind == WRAPPED_WATCH)
        concerns = descriptor_find(wrapped->other) != NULL;
    else if (wrapped->meeting.fd >= 0)
        concerns = finds_socket(wrapped);
    wrapped->meeting.sends = point_info(wrapped->meeting.point)->group == GROUP_transmit;
    if (!concerns && wrapped->meeting.point == POINT_splice) {
        wrapped->meeting.sends = false;
        wrapped->meeting.fd = wrapped->other;
        concerns = finds_socket(wrapped);
    }
    return concerns;
}

/* --- before the call ----------------------------------------------------------------------- */

/* Leaves no more than size bytes, or messages, for the call to move. */
static void cut(struct wrapped *wrapped, size_t size)
{
    if (wrapped->size != NULL) {
        *wrapped->size = size;
    } else if (wrapped->count != NULL) {
        *wrapped->count = (unsigned)size;
    } else if (wrapped->iov != NULL) {
        *wrapped->buffers = (int)cut_buffers(wrapped->cut_iov, WRAPPED_BUFFERS, *wrapped->iov,
                                             (size_t)*wrapped->buffers, size);
        *wrapped->iov = wrapped->cut_iov;
    } else {
        wrapped->cut_header = *wrapped->message;
        wrapped->cut_header.msg_iovlen =
            cut_buffers(wrapped->cut_iov, WRAPPED_BUFFERS, wrapped->message->msg_iov,
                        wrapped->message->msg_iovlen, size);
        wrapped->cut_header.msg_iov = wrapped->cut_iov;
        *wrapped->header = &wrapped->cut_header;
    }
}

/* Does what the faults do that meet the call; true when it is still to be made. */
static bool meet(struct wrapped *wrapped)
{
    struct meeting *meeting = &wrapped->meeting;
    atomic_fetch_add(&control->hits[meeting->point], 1);
    struct decision decision = question_ask(wrapped);
    bool go = enact_before(meeting, &decision);
    unsigned waiting = go && decision.outcome == NULL ? question_waiting(wrapped) : 0;
    if (waiting != 0)
        enact_halt(meeting, &control->plan, waiting,
                   wrapped->socket->moved[meeting->sends ? DIRECTION_OUT : DIRECTION_IN]);
    if (go && decision.outcome == NULL)
        enact_stop(meeting, question_left(wrapped));
    if (go && wrapped->starved)
        go = enact_starve(meeting);
    if (go && meeting->left < meeting->whole)
        cut(wrapped, meeting->left);
    return go;
}

bool intercept_enter(struct wrapped *wrapped)
{
    struct meeting *meeting = &wrapped->meeting;
    wrapped->kept = errno;
    wrapped->message = wrapped->header != NULL ? (struct msghdr *)*wrapped->header : NULL;
    meeting->calls = &calls;
    meeting->whole = whole(wrapped);
    wrapped->counted = concerns_sockets(wrapped) && !meeting_passes(meeting);
    bool go = !wrapped->counted || meet(wrapped);
    if (wrapped->kind == WRAPPED_CLOSE && go)
        descriptor_forget((unsigned)meeting->fd, wrapped->last);
    errno = wrapped->kept;
    return go;
}

/* --- after the call ------------------------------------------------------------------------ */

static uint64_t bytes_of(const struct wrapped *wrapped, intptr_t value)
{
    uint64_t sum = 0;
    if (wrapped->vector == NULL)
        return (uint64_t)value;
    for (intptr_t i = 0; i < value; i++)
        sum += wrapped->vector[i].msg_len;
    return sum;
}

static void note_moved(const struct wrapped *wrapped, intptr_t value)
{
    struct socket *socket = wrapped->socket;
    enum direction direction = wrapped->meeting.sends ? DIRECTION_OUT : DIRECTION_IN;
    if (socket != NULL && value > 0 && (wrapped->meeting.flags & MSG_PEEK) == 0) {
        atomic_fetch_add(&socket->moved[direction], bytes_of(wrapped, value));
        atomic_store(&socket->chances[direction], 0);
    }
}

static void note_new(const struct wrapped *wrapped, intptr_t value)
{
    int fd = wrapped->meeting.fd;
    bool copies = wrapped->kind == WRAPPED_COPY ||
                  (wrapped->kind == WRAPPED_CONTROL &&
                   (wrapped->other == F_DUPFD || wrapped->other == F_DUPFD_CLOEXEC));
    if (wrapped->kind == WRAPPED_MAKE && value >= 0) {
        descriptor_made((int)value);
    } else if (wrapped->kind == WRAPPED_PAIR && value == 0) {
        descriptor_made(wrapped->pair[0]);
        descriptor_made(wrapped->pair[1]);
    } else if (copies && value >= 0) {
        descriptor_copied(fd, (int)value);
        note_standard((int)value);
    } else if (wrapped->kind == WRAPPED_WATCH && value == 0 && wrapped->counted) {
        rearm_note(fd, wrapped->operation, wrapped->other, wrapped->event);
    }
}

/* The real call has been made: what it left behind. */
static void note_made(struct wrapped *wrapped, intptr_t value)
{
    if (wrapped->kind == WRAPPED_MOVE || wrapped->kind == WRAPPED_MANY)
        note_moved(wrapped, value);
    else
        note_new(wrapped, value);
    if (wrapped->message != NULL && *wrapped->header != wrapped->message) {
        wrapped->message->msg_namelen = wrapped->cut_header.msg_namelen;
        wrapped->message->msg_controllen = wrapped->cut_header.msg_controllen;
        wrapped->message->msg_flags = wrapped->cut_header.msg_flags;
    }
}

/* --- answers of calls that ask for names, which say in their own way what is wrong --------- */

static int code_of(int error)
{
    int code = EAI_SYSTEM;
    if (error == EAGAIN)
        code = EAI_AGAIN;
    else if (error == ENOENT)
        code = EAI_NONAME;
    else if (error == ENOMEM)
        code = EAI_MEMORY;
    return code;
}

static int host_code(int error)
{
    return error == ENOENT ? HOST_NOT_FOUND : error == EAGAIN ? TRY_AGAIN : NO_RECOVERY;
}

/* What a call that was not made returns instead of answer. */
static intptr_t answer_of(struct wrapped *wrapped, intptr_t answer, int error)
{
    intptr_t result = answer;
    if (wrapped->kind == WRAPPED_NAME_CODE) {
        result = code_of(error);
    } else if (wrapped->kind == WRAPPED_NAME_POINTER) {
        h_errno = host_code(error);
        result = (intptr_t)NULL;
    } else if (wrapped->kind == WRAPPED_NAME_R) {
        *(void **)wrapped->found = NULL;
        *wrapped->name_error = host_code(error);
        result = error == ENOENT ? 0 : error;
    } else if (wrapped->vector != NULL && answer > 0) { /* accepted, and never sent */
        for (intptr_t i = 0; i < answer; i++)
            wrapped->vector[i].msg_len = (unsigned)cut_total(wrapped->vector[i].msg_hdr.msg_iov,
                                                             wrapped->vector[i].msg_hdr.msg_iovlen);
    }
    return result;
}

intptr_t intercept_leave(struct wrapped *wrapped, intptr_t value)
{
    intptr_t result = value;
    int error = errno;
    if (!wrapped->meeting.refused)
        note_made(wrapped, value);
    if (wrapped->counted)
        result = (intptr_t)enact_after(&wrapped->meeting, value, &error);
    if (wrapped->meeting.refused)
        result = answer_of(wrapped, result, error);
    errno = error != 0 ? error : wrapped->kept;
    return result;
}
