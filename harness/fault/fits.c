/* SPDX-License-Identifier: MIT */
#include "fault/fits.h"

#include "fault/cause.h"

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
    static const int fatal[] = {ECONNRESET, EPIPE, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, 0};
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

/* --- errors -------------------------------------------------------------------------------- */

static bool may_fail(const struct meeting *meeting, int error, bool lenient)
{
    return lenient || cause_fits(meeting, error);
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
    return cause_is_stream(question->meeting);
}

static bool datagram_now(const struct question *question)
{
    return cause_is_datagram(question->meeting);
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
    return cause_is_connected(question->meeting);
}

/* A receive that waits for all gets all; a message goes whole, and so does on Linux what one call
   sends through a stream of AF_UNIX (net/unix/af_unix.c: unix_stream_sendmsg). */
static bool cuttable_now(const struct question *question)
{
    const struct meeting *meeting = question->meeting;
    bool all = !meeting->sends && (meeting->flags & MSG_WAITALL) != 0;
    bool stream =
        cause_is_stream(meeting) && (question->lenient || meeting->victim->family != AF_UNIX);
    bool parts = kind_of(meeting) == KIND_MANY || stream;
    return parts && !all && question->argument > 0 && meeting->whole > (size_t)question->argument;
}

/* What waits to be received comes before the end. */
static bool empty_now(const struct question *question)
{
    const struct meeting *meeting = question->meeting;
    return question->lenient || meeting->sends || meeting->calls->queued == NULL ||
           !meeting->calls->queued(meeting->fd);
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
    NEED(EMPTY, empty_now, perhaps_ever)                                                           \
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
