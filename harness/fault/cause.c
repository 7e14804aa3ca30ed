/* SPDX-License-Identifier: MIT */
#include "fault/cause.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/time.h>

/* --- what a call and its socket are -------------------------------------------------------- */

static enum point_kind kind_of(const struct meeting *meeting)
{
    return point_info(meeting->point)->kind;
}

bool cause_is_stream(const struct meeting *meeting)
{
    const struct victim *victim = meeting->victim;
    return victim != NULL && victim->type == SOCK_STREAM && !victim->messages;
}

bool cause_is_datagram(const struct meeting *meeting)
{
    const struct victim *victim = meeting->victim;
    return victim != NULL && (victim->type == SOCK_DGRAM || victim->type == SOCK_RAW);
}

bool cause_is_connected(const struct meeting *meeting)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    return meeting->calls->getpeername(meeting->fd, (struct sockaddr *)&peer, &size) == 0;
}

static bool polls(const struct meeting *meeting)
{
    return meeting->fd < 0 || (meeting->flags & MSG_DONTWAIT) != 0 ||
           (meeting->calls->fcntl(meeting->fd, F_GETFL, 0) & O_NONBLOCK) != 0;
}

bool cause_is_timed(const struct meeting *meeting)
{
    struct timeval limit = {0, 0};
    socklen_t size = sizeof limit;
    int option = meeting->sends ? SO_SNDTIMEO : SO_RCVTIMEO;
    if ((!point_moves(kind_of(meeting)) && kind_of(meeting) != KIND_MAKE) || polls(meeting))
        return false;
    meeting->calls->getsockopt(meeting->fd, SOL_SOCKET, option, &limit, &size);
    return limit.tv_sec != 0 || limit.tv_usec != 0;
}

/* A call that cannot sleep is not interrupted. */
static bool waits(const struct meeting *meeting)
{
    enum point_kind kind = kind_of(meeting);
    bool may = true;
    if (kind == KIND_WAIT)
        may = meeting->waits;
    else if (kind == KIND_CONNECT && cause_is_datagram(meeting))
        may = false;
    else
        may = !polls(meeting);
    return may;
}

/* --- the table ----------------------------------------------------------------------------- */

/* A meeting whose socket nobody has looked at may be of any kind. */
static bool unknown(const struct meeting *meeting)
{
    return meeting->victim == NULL && !point_moves(kind_of(meeting));
}

static bool is_of(const struct meeting *meeting, int family, int other)
{
    const struct victim *victim = meeting->victim;
    return victim != NULL && (victim->family == family || victim->family == other);
}

static bool stream(const struct meeting *meeting)
{
    return unknown(meeting) || cause_is_stream(meeting);
}

static bool datagram(const struct meeting *meeting)
{
    return unknown(meeting) || cause_is_datagram(meeting);
}

static bool internet(const struct meeting *meeting)
{
    return unknown(meeting) || is_of(meeting, AF_INET, AF_INET6);
}

static bool local(const struct meeting *meeting)
{
    return unknown(meeting) || is_of(meeting, AF_UNIX, AF_UNIX);
}

static bool asked(const struct meeting *meeting)
{
    return !meeting->figures;
}

static bool lowest(const struct meeting *meeting)
{
    return !meeting->placed;
}

static bool placed(const struct meeting *meeting)
{
    return meeting->placed;
}

/* PLACE(id, question): what cause.def calls id. */
#define PLACES                                                                                     \
    PLACE(STREAM, stream)                                                                          \
    PLACE(DATAGRAM, datagram)                                                                      \
    PLACE(INTERNET, internet)                                                                      \
    PLACE(LOCAL, local)                                                                            \
    PLACE(CONNECTED, cause_is_connected)                                                           \
    PLACE(WAITS, waits)                                                                            \
    PLACE(POLLS, polls)                                                                            \
    PLACE(TIMED, cause_is_timed)                                                                   \
    PLACE(ASKED, asked)                                                                            \
    PLACE(LOWEST, lowest)                                                                          \
    PLACE(PLACED, placed)

#define PLACE(id, question) NUMBER_##id,
enum { PLACES PLACE_COUNT };
#undef PLACE
#define PLACE(id, question) id = 1 << NUMBER_##id,
enum { ANY = 0, PLACES };
#undef PLACE
#define PLACE(id, question) [NUMBER_##id] = question,
static bool (*const questions[PLACE_COUNT])(const struct meeting *meeting) = {PLACES};
#undef PLACE

#define AT(name) (UINT64_C(1) << POINT_##name)
static const struct {
    uint64_t points;
    int error;
    unsigned where; /* bits */
} causes[] = {
#define CAUSE(at, error, where, source) {at, error, where},
#include "fault/cause.def"
};
enum { CAUSES = sizeof causes / sizeof *causes };

static bool holds(const struct meeting *meeting, unsigned where)
{
    bool all = true;
    for (unsigned i = 0; i < PLACE_COUNT && all; i++)
        all = (where & 1U << i) == 0 || questions[i](meeting);
    return all;
}

static bool is_about(size_t number, enum point point, int error)
{
    return causes[number].error == error && (causes[number].points >> point & 1) != 0;
}

bool cause_fits(const struct meeting *meeting, int error)
{
    bool fits = false;
    for (size_t i = 0; i < CAUSES && !fits; i++)
        fits = is_about(i, meeting->point, error) && holds(meeting, causes[i].where);
    return fits;
}

bool cause_ever(enum point point, int error)
{
    bool ever = false;
    for (size_t i = 0; i < CAUSES && !ever; i++)
        ever = is_about(i, point, error);
    return ever;
}
