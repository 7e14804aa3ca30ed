/* SPDX-License-Identifier: MIT */
#include "fault/fits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* --- what a call and its socket are -------------------------------------------------------- */

static bool among(int error, const int *errors)
{
    while (*errors != 0 && *errors != error)
        errors++;
    return *errors != 0;
}

bool fits_fatal(int error)
{
    static const int fatal[] = {ECONNRESET, EPIPE, ETIMEDOUT, 0};
    return among(error, fatal);
}

static enum point_kind kind_of(const struct meeting *meeting)
{
    return point_info(meeting->point)->kind;
}

static bool moves(const struct meeting *meeting)
{
    return point_moves(kind_of(meeting));
}

static bool is_stream(const struct meeting *meeting)
{
    const struct victim *victim = meeting->victim;
    return victim != NULL && victim->type == SOCK_STREAM && !victim->messages;
}

static bool is_datagram(const struct meeting *meeting)
{
    const struct victim *victim = meeting->victim;
    return victim != NULL && (victim->type == SOCK_DGRAM || victim->type == SOCK_RAW);
}

static bool is_connected(const struct meeting *meeting)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    return meeting->calls->getpeername(meeting->fd, (struct sockaddr *)&peer, &size) == 0;
}

static bool nonblocking(const struct meeting *meeting)
{
    return (meeting->flags & MSG_DONTWAIT) != 0 ||
           (meeting->calls->fcntl(meeting->fd, F_GETFL, 0) & O_NONBLOCK) != 0;
}

static bool has_time_limit(const struct meeting *meeting)
{
    struct timeval limit = {0, 0};
    socklen_t size = sizeof limit;
    int option = meeting->sends ? SO_SNDTIMEO : SO_RCVTIMEO;
    meeting->calls->getsockopt(meeting->fd, SOL_SOCKET, option, &limit, &size);
    return limit.tv_sec != 0 || limit.tv_usec != 0;
}

/* --- which errors, and when ---------------------------------------------------------------- */

/* A call that cannot block is not interrupted; a close and a dup may be, whatever the socket. */
static bool may_block(const struct meeting *meeting)
{
    enum point_kind kind = kind_of(meeting);
    bool may = true;
    if (kind == KIND_WAIT)
        may = meeting->waits;
    else if (kind == KIND_CONNECT && is_datagram(meeting))
        may = false;
    else if (meeting->fd >= 0 && kind != KIND_CLOSE && kind != KIND_COPY)
        may = !nonblocking(meeting);
    return may;
}

static bool may_say_again(const struct meeting *meeting)
{
    return meeting->fd < 0 || nonblocking(meeting) || (moves(meeting) && has_time_limit(meeting));
}

/* Which errors go with streams, and which with datagrams. */
static bool error_of_type(const struct meeting *meeting, int error)
{
    static const int streams[] = {ECONNRESET, EPIPE, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, 0};
    static const int datagrams[] = {EMSGSIZE,     EDESTADDRREQ, EPERM,       EACCES, EINVAL,
                                    ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, 0};
    bool other = among(error, is_stream(meeting) ? datagrams : streams);
    bool own = among(error, is_stream(meeting) ? streams : datagrams);
    return !moves(meeting) || own || !other;
}

static bool may_fail(const struct meeting *meeting, int error, bool lenient)
{
    bool may = true;
    if (lenient)
        may = true;
    else if (error == EINTR)
        may = may_block(meeting);
    else if (error == EAGAIN)
        may = may_say_again(meeting);
    else if (fits_fatal(error) && moves(meeting))
        may = is_stream(meeting) && is_connected(meeting);
    else
        may = error_of_type(meeting, error);
    return may;
}

/* --- what an action needs ------------------------------------------------------------------ */

/* What is asked about a meeting. */
struct question {
    const struct meeting *meeting;
    int64_t argument;
    bool lenient;
};

/* Each need is a question about a meeting (now), and one about a point (ever). */

static bool moving_now(const struct question *question)
{
    return moves(question->meeting);
}

static bool moving_ever(const struct point_info *info)
{
    return point_moves(info->kind);
}

static bool sending_now(const struct question *question)
{
    return question->meeting->sends;
}

static bool sending_ever(const struct point_info *info)
{
    return info->group == GROUP_transmit;
}

static bool open_ever(const struct point_info *info)
{
    return info->kind != KIND_NEW && info->kind != KIND_CLOSE && info->kind != KIND_WAIT &&
           info->kind != KIND_NAME;
}

static bool open_now(const struct question *question)
{
    return question->meeting->fd >= 0 && open_ever(point_info(question->meeting->point));
}

static bool stream_now(const struct question *question)
{
    return is_stream(question->meeting);
}

static bool datagram_now(const struct question *question)
{
    return is_datagram(question->meeting);
}

/* A stream or a datagram, whichever the socket is. */
static bool parted_ever(const struct point_info *info)
{
    return info->kind == KIND_MOVE || info->kind == KIND_MANY;
}

static bool internet_now(const struct question *question)
{
    const struct victim *victim = question->meeting->victim;
    return victim != NULL && (victim->family == AF_INET || victim->family == AF_INET6);
}

static bool connected_now(const struct question *question)
{
    return is_connected(question->meeting);
}

/* A receive that waits for all gets all; a message goes whole. */
static bool cuttable_now(const struct question *question)
{
    const struct meeting *meeting = question->meeting;
    bool all = !meeting->sends && (meeting->flags & MSG_WAITALL) != 0;
    bool parts = kind_of(meeting) == KIND_MANY || is_stream(meeting);
    return parts && !all && question->argument > 0 && meeting->whole > (size_t)question->argument;
}

static bool legal_now(const struct question *question)
{
    return may_fail(question->meeting, (int)question->argument, question->lenient);
}

/* It depends on the socket, or on the moment. */
static bool perhaps_ever(const struct point_info *info)
{
    (void)info;
    return true;
}

/* NEED(id, now, ever): what call_action.def calls id. */
#define NEEDS                                                                                      \
    NEED(MOVING, moving_now, moving_ever)                                                          \
    NEED(SENDING, sending_now, sending_ever)                                                       \
    NEED(OPEN, open_now, open_ever)                                                                \
    NEED(STREAM, stream_now, parted_ever)                                                          \
    NEED(DATAGRAM, datagram_now, parted_ever)                                                      \
    NEED(INTERNET, internet_now, perhaps_ever)                                                     \
    NEED(CONNECTED, connected_now, perhaps_ever)                                                   \
    NEED(CUTTABLE, cuttable_now, parted_ever)                                                      \
    NEED(LEGAL, legal_now, perhaps_ever)

#define NEED(id, now, ever) NUMBER_##id,
enum { NEEDS NEED_COUNT };
#undef NEED
#define NEED(id, now, ever) id = 1 << NUMBER_##id,
enum { ANY = 0, NEEDS };
#undef NEED
#define NEED(id, now, ever) [NUMBER_##id] = {now, ever},
static const struct {
    bool (*now)(const struct question *question);
    bool (*ever)(const struct point_info *info);
} needs_of[NEED_COUNT] = {NEEDS};
#undef NEED

static const struct {
    unsigned needs; /* bits */
    const char *where;
} actions[FAULT_COUNT] = {
#define CALL_ACTION(id, word, argument, effect, needs, where, ...) [FAULT_##id] = {needs, where},
#include "fault/call_action.def"
};

/* --- the answers --------------------------------------------------------------------------- */

bool fits(const struct meeting *meeting, enum call_action action, int64_t argument, bool lenient)
{
    const struct question question = {meeting, argument, lenient};
    int kept = errno;
    bool fit = action != FAULT_NONE;
    for (unsigned i = 0; i < NEED_COUNT && fit; i++)
        fit = (actions[action].needs & 1U << i) == 0 || needs_of[i].now(&question);
    errno = kept;
    return fit;
}

bool fits_ever(uint64_t points, enum call_action action)
{
    bool ever = false;
    for (unsigned point = 0; point < POINT_COUNT && !ever; point++) {
        ever = (points & UINT64_C(1) << point) != 0;
        for (unsigned i = 0; i < NEED_COUNT && ever; i++)
            ever = (actions[action].needs & 1U << i) == 0 ||
                   needs_of[i].ever(point_info((enum point)point));
    }
    return ever;
}

const char *fits_where(enum call_action action)
{
    return actions[action].where;
}

/* True when word is one of the words of list, which blanks part. */
static bool in_list(const char *list, const char *word)
{
    size_t length = strlen(word);
    bool found = false;
    for (const char *at = list; *at != '\0' && !found;) {
        size_t one = strcspn(at, " ");
        found = one == length && strncmp(at, word, one) == 0;
        at += one + (at[one] == ' ');
    }
    return found;
}

bool fits_error(uint64_t points, const char *error, bool lenient)
{
    bool found = false;
    for (unsigned point = 0; point < POINT_COUNT && !found; point++) {
        const struct point_info *info = point_info((enum point)point);
        found = (points & UINT64_C(1) << point) != 0 &&
                (in_list(info->strict, error) || (lenient && in_list(info->lenient, error)));
    }
    return found;
}
