/* SPDX-License-Identifier: MIT */
#include "preload/question.h"

#include "base/hash.h"
#include "fault/attempt.h"
#include "fault/cause.h"
#include "fault/fits.h"
#include "preload/choice.h"
#include "preload/entry.h"
#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/remote.h"
#include "preload/wrapper.h"

#include <errno.h>
#include <fcntl.h>

static struct control *control;
static unsigned at[POINT_COUNT]; /* bit i: fault i is at that point */

void question_open(struct control *opened)
{
    control = opened;
    for (unsigned i = 0; i < POINT_COUNT; i++)
        at[i] = plan_at_call(&opened->plan, opened->actor, (enum point)i);
}

static bool is_transfer(const struct wrapped *wrapped)
{
    return wrapped->kind == WRAPPED_MOVE && wrapped->socket != NULL &&
           wrapped->socket->victim.type == SOCK_STREAM;
}

/* Who a stream is: one direction of a socket, at whatever point its bytes move. */
static uint64_t stream_of(const struct socket *socket, enum direction direction)
{
    uint64_t parts[2] = {atomic_load(&socket->id), POINT_COUNT + direction};
    return hash_bytes(4, parts, sizeof parts);
}

static enum direction direction_of(const struct wrapped *wrapped)
{
    return wrapped->meeting.sends ? DIRECTION_OUT : DIRECTION_IN;
}

/* In a stream the counter is the offset, and how often it was asked about: reads may be cut
   differently from run to run. Elsewhere it is how often this socket, or thread, was here. */
static struct chance chance_of(const struct wrapped *wrapped)
{
    enum direction direction = direction_of(wrapped);
    enum point point = wrapped->meeting.point;
    struct socket *socket = wrapped->socket;
    struct chance chance = {.moved = socket != NULL ? socket->moved[direction] : 0};
    uint64_t parts[2] = {0, point};
    if (is_transfer(wrapped)) {
        chance.identity = stream_of(socket, direction);
        chance.counter =
            control_counter(chance.moved, atomic_fetch_add(&socket->chances[direction], 1));
        return chance;
    }
    if (socket != NULL) {
        parts[0] = atomic_load(&socket->id);
        chance.counter = atomic_fetch_add(&socket->asked[point], 1);
    } else {
        struct lineage *mine = lineage_mine();
        parts[0] = mine->hash;
        chance.counter = mine->asked[point]++;
    }
    chance.identity = hash_bytes(4, parts, sizeof parts);
    return chance;
}

static unsigned listed(const struct chance *chance)
{
    unsigned bits = 0;
    for (size_t i = 0; control->replaying && i < control->plan.count; i++) {
        if (control_replays(control, i, chance->identity, chance->counter))
            bits |= 1U << i;
    }
    return bits;
}

/* --- what a replay waits for --------------------------------------------------------------- */

/* Whether the call would move something now, or wait until it can. */
static bool would_move(const struct wrapped *wrapped)
{
    const struct meeting *meeting = &wrapped->meeting;
    int kept = errno;
    struct pollfd ready = {.fd = meeting->fd, .events = meeting->sends ? POLLOUT : POLLIN};
    bool waits = (meeting->flags & MSG_DONTWAIT) == 0 &&
                 (REAL(fcntl)(meeting->fd, F_GETFL, NULL) & O_NONBLOCK) == 0;
    bool moves = waits || REAL(poll)(&ready, 1, 0) != 0;
    errno = kept;
    return moves;
}

/* The log lists a firing at this byte, at a later call than this one: at that time the calls before
   it moved nothing. One that would move the byte now is the one; one that would not must not,
   should the byte come in between. */
static void keep_byte(struct wrapped *wrapped, struct chance *chance)
{
    const struct control_replay *next = control_next(control, chance->identity, chance->counter);
    if (next == NULL || next->counter == chance->counter ||
        control_offset(next->counter) != chance->moved ||
        (at[wrapped->meeting.point] & 1U << next->fault) == 0 ||
        (wrapped->meeting.flags & MSG_PEEK) != 0)
        return;
    wrapped->starved = !would_move(wrapped);
    if (!wrapped->starved) {
        chance->counter = next->counter;
        atomic_store(&wrapped->socket->chances[direction_of(wrapped)],
                     (uint32_t)(next->counter - control_counter(chance->moved, 0)) + 1);
    }
}

uint64_t question_left(const struct wrapped *wrapped)
{
    if (!control->replaying || !is_transfer(wrapped))
        return 0;
    enum direction direction = direction_of(wrapped);
    uint64_t moved = atomic_load(&wrapped->socket->moved[direction]);
    const struct control_replay *next =
        control_next(control, stream_of(wrapped->socket, direction), control_counter(moved + 1, 0));
    return next != NULL ? control_offset(next->counter) - moved : 0;
}

/* --- which faults -------------------------------------------------------------------------- */

/* A replay goes by what its log lists, and by nothing else. */
static unsigned applicable(const struct wrapped *wrapped)
{
    unsigned bits = 0;
    for (size_t i = 0; i < control->plan.count; i++) {
        const struct fault *fault = &control->plan.fault[i];
        if ((at[wrapped->meeting.point] & 1U << i) != 0 &&
            (control->replaying || (choice_selects(wrapped, &control->select[i]) &&
                                    fits(&wrapped->meeting, fault->action, fault->argument,
                                         control->lenient || plan_names_end(fault)))))
            bits |= 1U << i;
    }
    return bits;
}

/* --- the log ------------------------------------------------------------------------------- */

/* A call that waits gives EAGAIN for one reason: the time that its socket has is over. */
static bool is_time_out(const struct wrapped *wrapped, unsigned fault)
{
    const struct fault *one = &control->plan.fault[fault];
    return one->action == FAULT_ERRNO && one->argument == EAGAIN &&
           cause_is_timed(&wrapped->meeting);
}

static void log_chance(const struct wrapped *wrapped, enum record_kind kind,
                       const struct chance *chance, unsigned fault, unsigned fitting)
{
    const struct meeting *meeting = &wrapped->meeting;
    int64_t number = wrapped->kind == WRAPPED_CONNECT
                         ? remote_pack(meeting->peer, meeting->peer_size)
                         : (int64_t)meeting->whole;
    struct control_record record = {.kind = kind,
                                    .fd = meeting->fd,
                                    .point = (uint16_t)meeting->point,
                                    .fault = (uint16_t)fault,
                                    .fits = (uint16_t)fitting,
                                    .stream = is_transfer(wrapped),
                                    .timed = kind == RECORD_FIRED && is_time_out(wrapped, fault),
                                    .identity = chance->identity,
                                    .counter = chance->counter,
                                    .number = number};
    entry_write(&record);
}

/* An end is tried at the byte where the call begins, with after, and not when nothing happens to
   wait. */
static void log_reached(const struct wrapped *wrapped, const struct chance *chance)
{
    const struct attempt *one = attempt_at(wrapped->meeting.point);
    unsigned fitting = 0;
    for (int i = 0; one[i].action != FAULT_NONE; i++)
        if (fits(&wrapped->meeting, one[i].action, one[i].argument,
                 control->lenient || one[i].action == FAULT_EOF))
            fitting |= 1U << i;
    log_chance(wrapped, RECORD_REACHED, chance, 0, fitting);
}

static void log_fired(const struct wrapped *wrapped, const struct chance *chance, unsigned fired)
{
    for (unsigned i = 0; i < FAULT_MAX; i++)
        if ((fired & 1U << i) != 0)
            log_chance(wrapped, RECORD_FIRED, chance, i, 0);
}

/* --- the answers --------------------------------------------------------------------------- */

struct decision question_ask(struct wrapped *wrapped)
{
    enum point point = wrapped->meeting.point;
    struct decision decision = {.fired = 0};
    if (at[point] == 0 && !control->recording)
        return decision;
    struct chance chance = chance_of(wrapped);
    if (control->replaying && is_transfer(wrapped))
        keep_byte(wrapped, &chance);
    if (control->recording)
        log_reached(wrapped, &chance);
    chance.applicable = applicable(wrapped);
    chance.listed = listed(&chance);
    if (chance.applicable != 0)
        decision = plan_ask_call(control->actor, point, &chance);
    log_fired(wrapped, &chance, decision.fired);
    return decision;
}

unsigned question_waiting(const struct wrapped *wrapped)
{
    unsigned bits = is_transfer(wrapped) ? at[wrapped->meeting.point] : 0;
    for (size_t i = 0; i < control->plan.count; i++)
        if ((bits & 1U << i) != 0 &&
            (control->plan.fault[i].after == 0 || !choice_selects(wrapped, &control->select[i])))
            bits &= ~(1U << i);
    return bits;
}
