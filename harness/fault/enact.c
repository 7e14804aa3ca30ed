/* SPDX-License-Identifier: MIT */
#include "fault/enact.h"

#include "fault/cause.h"
#include "fault/fits.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

static enum point_kind kind_of(const struct meeting *meeting)
{
    return point_info(meeting->point)->kind;
}

static void refuse(struct meeting *meeting, int64_t answer, int error)
{
    meeting->refused = true;
    meeting->answer = answer;
    meeting->error = error;
}

/* A real RST to the peer: an AF_UNSPEC connect aborts a connected TCP socket (connect(2)). The
   error that the kernel keeps for the next call is taken away: this call tells it. */
static void abort_connection(struct meeting *meeting)
{
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    int error = 0;
    socklen_t size = sizeof error;
    meeting->calls->connect(meeting->fd, &nowhere, sizeof nowhere);
    meeting->calls->getsockopt(meeting->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    atomic_store(&meeting->victim->ended, true);
}

/* --- errors -------------------------------------------------------------------------------- */

/* An interrupted connect goes on in the kernel (connect(2), EINTR), so it must really begin. One
   that fails for real says so. A case cannot wait for one whose answer it holds back; a program is
   to meet the harder of the two ends that a race with its next connect has. */
static void begin_connect(struct meeting *meeting)
{
    const struct meeting_calls *calls = meeting->calls;
    int flags = calls->fcntl(meeting->fd, F_GETFL, 0);
    if (meeting->victim != NULL && meeting->victim->family == AF_UNIX) {
        refuse(meeting, -1, EINTR); /* there it waits for room in the queue, and leaves nothing */
        return;
    }
    if (!calls->arrives)
        calls->fcntl(meeting->fd, F_SETFL, flags | O_NONBLOCK);
    bool going =
        calls->connect(meeting->fd, meeting->peer, meeting->peer_size) == 0 || errno == EINPROGRESS;
    int error = going ? EINTR : errno;
    calls->fcntl(meeting->fd, F_SETFL, flags);
    refuse(meeting, -1, error);
}

static bool nonblocking(const struct meeting *meeting)
{
    return (meeting->calls->fcntl(meeting->fd, F_GETFL, 0) & O_NONBLOCK) != 0;
}

/* One that does not block learns later, from SO_ERROR, what became of it. */
static void fail_connect(struct meeting *meeting, int error)
{
    struct victim *victim = meeting->victim;
    bool later = victim != NULL && victim->type == SOCK_STREAM && error != EADDRNOTAVAIL &&
                 error != EACCES && error != EPERM && error != EAGAIN && nonblocking(meeting);
    if (error == EINTR) {
        begin_connect(meeting);
    } else if (later) {
        atomic_store(&victim->pending, error);
        refuse(meeting, -1, EINPROGRESS);
        meeting->calls->rearm(meeting->fd);
    } else {
        refuse(meeting, -1, error);
    }
}

/* A broken pipe is left to the kernel, for the sake of its signal. */
static void fail_move(struct meeting *meeting, int error)
{
    struct victim *victim = meeting->victim;
    bool dead = fits_fatal(error) && victim != NULL && cause_is_stream(meeting);
    if (dead && (victim->family == AF_INET || victim->family == AF_INET6))
        abort_connection(meeting);
    else if (dead)
        meeting->calls->shutdown(meeting->fd, SHUT_RDWR);
    if (dead && error == EPIPE && meeting->sends)
        return;
    if (error == EAGAIN || error == EINTR)
        meeting->calls->rearm(meeting->fd);
    refuse(meeting, -1, error);
}

/* The connection that is aborted is one that was there: it is taken first. */
static void fail_accept(struct meeting *meeting, int error)
{
    if (error == ECONNABORTED) {
        meeting->error = error;
    } else {
        meeting->calls->rearm(meeting->fd);
        refuse(meeting, -1, error);
    }
}

/* --- the actions, one function each -------------------------------------------------------- */

static void act_errno(struct meeting *meeting, int64_t argument)
{
    int error = (int)argument;
    switch (kind_of(meeting)) {
    case KIND_CONNECT:
        fail_connect(meeting, error);
        break;
    case KIND_MOVE:
    case KIND_MESSAGE:
    case KIND_MANY:
        fail_move(meeting, error);
        break;
    case KIND_MAKE:
        fail_accept(meeting, error);
        break;
    case KIND_CLOSE: /* it has closed all the same (close(2)) */
        meeting->error = error;
        break;
    case KIND_PLAIN:
        if (error == ENOTCONN && meeting->victim != NULL)
            abort_connection(meeting);
        refuse(meeting, -1, error);
        break;
    case KIND_NEW:
    case KIND_COPY:
    case KIND_WAIT:
    case KIND_NAME:
        refuse(meeting, -1, error);
        break;
    }
}

static void act_cap(struct meeting *meeting, int64_t argument)
{
    meeting->left = (size_t)argument;
}

static void act_delay(struct meeting *meeting, int64_t argument)
{
    struct timespec left = {.tv_sec = argument / 1000000, .tv_nsec = argument % 1000000 * 1000};
    (void)meeting;
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
        continue;
}

/* Accepted, and never sent. */
static void act_drop(struct meeting *meeting, int64_t argument)
{
    (void)argument;
    refuse(meeting, (int64_t)meeting->whole, 0);
}

static void act_reset(struct meeting *meeting, int64_t argument)
{
    (void)argument;
    abort_connection(meeting);
    refuse(meeting, -1, ECONNRESET);
}

/* As another thread of the program might, just before the call. */
static void act_close(struct meeting *meeting, int64_t argument)
{
    (void)argument;
    meeting->calls->close(meeting->fd);
    refuse(meeting, -1, EBADF);
}

/* The peer closes: nothing more comes in, and what is sent finds nobody. */
static void act_eof(struct meeting *meeting, int64_t argument)
{
    (void)argument;
    meeting->calls->shutdown(meeting->fd, SHUT_RDWR);
    atomic_store(&meeting->victim->ended, true);
    if (!meeting->sends)
        refuse(meeting, 0, 0);
}

static void (*const acts[FAULT_COUNT])(struct meeting *meeting, int64_t argument) = {
#define CALL_ACTION(id, word, ...) [FAULT_##id] = act_##word,
#include "fault/call_action.def"
};

/* --- before and after ---------------------------------------------------------------------- */

/* An earlier fault has ended the connection, and a receive finds its end. */
static void find_end(struct meeting *meeting)
{
    if (meeting->victim != NULL && atomic_load(&meeting->victim->ended) && !meeting->sends &&
        kind_of(meeting) == KIND_MOVE && !meeting_passes(meeting))
        refuse(meeting, 0, 0);
}

bool enact_before(struct meeting *meeting, const struct decision *decision)
{
    meeting->left = meeting->whole;
    meeting->refused = false;
    meeting->error = 0;
    meeting->outcome = decision->outcome;
    if (decision->delay_us > 0)
        act_delay(meeting, decision->delay_us);
    if (decision->outcome != NULL)
        acts[decision->outcome->action](meeting, decision->outcome->argument);
    else
        find_end(meeting);
    return !meeting->refused;
}

void enact_halt(struct meeting *meeting, const struct plan *plan, unsigned waiting, uint64_t moved)
{
    for (size_t i = 0; i < plan->count; i++) {
        uint64_t at = plan->fault[i].after;
        if ((waiting & 1U << i) != 0 && at > moved && at - moved < meeting->left &&
            fits(meeting, FAULT_CAP, (int64_t)(at - moved), true))
            meeting->left = at - moved;
    }
}

void enact_stop(struct meeting *meeting, uint64_t left)
{
    if (left > 0 && left < meeting->left && fits(meeting, FAULT_CAP, (int64_t)left, true))
        meeting->left = left;
}

bool enact_starve(struct meeting *meeting)
{
    meeting->calls->rearm(meeting->fd);
    refuse(meeting, -1, EAGAIN);
    return false;
}

/* A pending error is told once, and then the socket is as after a connect that failed. */
static void tell_pending(const struct meeting *meeting)
{
    bool asked = meeting->victim != NULL && meeting->value != NULL &&
                 meeting->level == SOL_SOCKET && meeting->option == SO_ERROR;
    int pending = asked ? atomic_exchange(&meeting->victim->pending, 0) : 0;
    if (pending != 0)
        *(int *)meeting->value = pending;
}

/* The call was made, and is told as a failure. */
static int64_t tell_failure(const struct meeting *meeting, int64_t value, int *error)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    bool accepted = kind_of(meeting) == KIND_MAKE && value >= 0;
    if (value < 0) /* it failed for real */
        return value;
    if (accepted) {
        meeting->calls->setsockopt((int)value, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        meeting->calls->close((int)value);
    }
    *error = meeting->error;
    return -1;
}

int64_t enact_after(struct meeting *meeting, int64_t value, int *error)
{
    int64_t result = value;
    if (meeting->left < meeting->whole)
        meeting->calls->rearm(meeting->fd);
    if (meeting->refused) {
        result = meeting->answer;
        *error = meeting->error;
    } else if (meeting->error != 0) {
        result = tell_failure(meeting, value, error);
    } else {
        tell_pending(meeting);
    }
    return result;
}
