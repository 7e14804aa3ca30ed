#include "preload/gate.h"

#include "base/hash.h"
#include "preload/control.h"
#include "preload/enact.h"
#include "preload/entry.h"
#include "preload/fits.h"
#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/rearm.h"
#include "preload/remote.h"
#include "preload/wrapper.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

bool gate_on, gate_noting;
static struct control *control;

void gate_open(struct control *opened)
{
    control = opened;
    gate_noting = true;
    gate_on = opened->watching;
}

bool no_time(const struct timespec *timeout)
{
    return timeout != NULL && timeout->tv_sec == 0 && timeout->tv_nsec == 0;
}

/* --- what the call is about ---------------------------------------------------------------- */

static size_t total(const struct iovec *iov, size_t count)
{
    size_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += iov[i].iov_len;
    return sum;
}

static size_t whole(const struct gate *gate)
{
    size_t size = 0;
    if (gate->size != NULL)
        size = *gate->size;
    else if (gate->count != NULL)
        size = *gate->count;
    else if (gate->iov != NULL && *gate->buffers > 0)
        size = total(*gate->iov, (size_t)*gate->buffers);
    else if (gate->header != NULL && *gate->header != NULL)
        size = total((*gate->header)->msg_iov, (*gate->header)->msg_iovlen);
    return size;
}

/* Whether a question is answered with yes by a descriptor that the call waits for. */
static bool any_waited(const struct gate *gate, const struct selector *selector,
                       bool (*is)(const struct selector *selector, int fd))
{
    bool found = false;
    for (nfds_t i = 0; i < gate->list_count && !found; i++)
        found = is(selector, gate->list[i].fd);
    for (int i = 0; i < 3; i++)
        for (int fd = 0; gate->sets[i] != NULL && fd < gate->set_count && !found; fd++)
            found = FD_ISSET(fd, gate->sets[i]) && is(selector, fd);
    return found;
}

static bool is_socket(const struct selector *unused, int fd)
{
    (void)unused;
    return descriptor_find(fd) != NULL;
}

/* Whether the call is about sockets at all; finds the one that it is about. */
static bool concerns_sockets(struct gate *gate)
{
    bool concerns = true;
    if (gate->kind == GATE_WAIT && gate->epoll)
        concerns = rearm_watches(gate->fd);
    else if (gate->kind == GATE_WAIT)
        concerns = any_waited(gate, NULL, is_socket);
    else if (gate->kind == GATE_WATCH)
        concerns = descriptor_find(gate->other) != NULL;
    else if (gate->fd >= 0)
        concerns = (gate->socket = descriptor_find(gate->fd)) != NULL;
    gate->direction =
        point_info(gate->point)->group == GROUP_transmit ? DIRECTION_OUT : DIRECTION_IN;
    if (!concerns && gate->point == POINT_splice) {
        gate->direction = DIRECTION_IN;
        gate->fd = gate->other;
        concerns = (gate->socket = descriptor_find(gate->fd)) != NULL;
    }
    return concerns;
}

/* --- what a fault selects ----------------------------------------------------------------- */

static bool is_number(const struct selector *selector, int fd)
{
    return fd == selector->fd;
}

static bool has_peer(const struct selector *selector, int fd)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    return fd >= 0 && REAL(getpeername)(fd, (struct sockaddr *)&peer, &size) == 0 &&
           selector_is_peer(selector, (struct sockaddr *)&peer, size);
}

/* The peer that the call names goes before that of the socket. */
static bool names_peer(const struct selector *selector, const struct gate *gate)
{
    const struct sockaddr *peer = gate->peer;
    socklen_t size = gate->peer_size;
    const struct msghdr *header = gate->message;
    if (gate->vector != NULL && gate->whole > 0)
        header = &gate->vector[0].msg_hdr;
    bool sends = point_info(gate->point)->group == GROUP_transmit;
    if (header != NULL && sends && header->msg_name != NULL) {
        peer = header->msg_name;
        size = header->msg_namelen;
    }
    return peer != NULL ? selector_is_peer(selector, peer, size) : has_peer(selector, gate->fd);
}

/* Whether the fault is about this call. errno may change, which the gate puts back. */
static bool selects(const struct gate *gate, const struct selector *selector)
{
    int about = gate->kind == GATE_WATCH ? gate->other : gate->fd;
    bool waits = gate->kind == GATE_WAIT && !gate->epoll;
    bool yes = true;
    if (selector->by_fd)
        yes = waits ? any_waited(gate, selector, is_number) : is_number(selector, about);
    if (yes && selector->by_peer && waits)
        yes = any_waited(gate, selector, has_peer);
    else if (yes && selector->by_peer)
        yes = gate->kind == GATE_WATCH ? has_peer(selector, about) : names_peer(selector, gate);
    if (yes && selector->process[0] != '\0')
        yes = strcmp(selector->process, lineage_process()) == 0;
    if (yes && selector->thread[0] != '\0')
        yes = strcmp(selector->thread, lineage_mine()->text) == 0;
    return yes;
}

/* --- the question -------------------------------------------------------------------------- */

static bool is_transfer(const struct gate *gate)
{
    return gate->kind == GATE_MOVE && gate->socket != NULL && gate->socket->type == SOCK_STREAM;
}

/* In a stream the counter is the offset, and how often it was asked about: reads may be cut
   differently from run to run. Elsewhere it is how often this socket, or thread, was here. */
static struct chance chance_of(const struct gate *gate)
{
    struct socket *socket = gate->socket;
    struct chance chance = {.moved = socket != NULL ? socket->moved[gate->direction] : 0};
    uint64_t parts[2] = {0, gate->point};
    if (is_transfer(gate)) {
        uint64_t asked = atomic_fetch_add(&socket->chances[gate->direction], 1);
        parts[0] = atomic_load(&socket->id);
        parts[1] = POINT_COUNT + gate->direction;
        chance.counter = chance.moved << 20 | (asked & 0xfffff);
    } else if (socket != NULL) {
        parts[0] = atomic_load(&socket->id);
        chance.counter = atomic_fetch_add(&socket->asked[gate->point], 1);
    } else {
        struct lineage *mine = lineage_mine();
        parts[0] = mine->hash;
        chance.counter = mine->asked[gate->point]++;
    }
    chance.identity = hash_bytes(4, parts, sizeof parts);
    return chance;
}

static unsigned listed(const struct chance *chance)
{
    unsigned bits = 0;
    for (size_t i = 0; control->replaying && i < control->plan.count; i++) {
        if (control_replays(control, control_key(i, chance->identity, chance->counter)))
            bits |= 1U << i;
    }
    return bits;
}

static unsigned applicable(const struct gate *gate, unsigned here)
{
    unsigned bits = 0;
    for (size_t i = 0; i < control->plan.count; i++) {
        const struct fault *fault = &control->plan.fault[i];
        if ((here & 1U << i) != 0 &&
            (control->replaying || (selects(gate, &control->select[i]) &&
                                    fits(gate, fault->action, fault->argument, control->lenient))))
            bits |= 1U << i;
    }
    return bits;
}

static const struct fault *ask_at(const char *name, const struct chance *chance)
{
    char point[FAULT_POINT];
    control_point_name(point, name);
    return plan_ask(point, chance);
}

static void log_chance(const struct gate *gate, enum record_kind kind, const struct chance *chance,
                       unsigned fault, unsigned fitting)
{
    int64_t number = gate->kind == GATE_CONNECT ? remote_pack(gate->peer, gate->peer_size)
                                                : (int64_t)gate->whole;
    struct control_record record = {.kind = kind,
                                    .fd = gate->fd,
                                    .point = (uint16_t)gate->point,
                                    .fault = (uint16_t)fault,
                                    .fits = (uint16_t)fitting,
                                    .stream = is_transfer(gate),
                                    .identity = chance->identity,
                                    .counter = chance->counter,
                                    .number = number};
    entry_write(&record);
}

static void log_reached(const struct gate *gate, const struct chance *chance)
{
    const struct candidate *one = point_candidates(gate->point);
    unsigned fitting = 0;
    for (int i = 0; one[i].action != FAULT_NONE; i++)
        if (fits(gate, one[i].action, one[i].argument, control->lenient))
            fitting |= 1U << i;
    log_chance(gate, RECORD_REACHED, chance, 0, fitting);
}

/* A fault that waits for the N-th byte meets it exactly: the transfer that would run past it ends
   there, as it would if no more had come. */
static void stop_at_byte(struct gate *gate, unsigned here)
{
    uint64_t moved = is_transfer(gate) ? gate->socket->moved[gate->direction] : 0;
    for (size_t i = 0; is_transfer(gate) && i < control->plan.count; i++) {
        uint64_t at = control->after[i];
        if ((here & 1U << i) != 0 && at > moved && at - moved < gate->whole &&
            selects(gate, &control->select[i]) &&
            fits(gate, FAULT_CAP, (int64_t)(at - moved), false)) {
            enact_cut(gate, at - moved);
            gate->whole = at - moved;
        }
    }
}

static const struct fault *ask(struct gate *gate)
{
    enum point_group group = point_info(gate->point)->group;
    unsigned at_point = control->at_point[gate->point], at_group = control->at_group[group];
    const struct fault *fault = NULL;
    if (at_point == 0 && at_group == 0 && !control->recording)
        return NULL;
    struct chance chance = chance_of(gate);
    if (control->recording)
        log_reached(gate, &chance);
    chance.applicable = applicable(gate, at_point | at_group);
    chance.listed = listed(&chance);
    if ((chance.applicable & at_point) != 0)
        fault = ask_at(point_info(gate->point)->name, &chance);
    if (fault == NULL && (chance.applicable & at_group) != 0)
        fault = ask_at(point_group_name(group), &chance);
    if (fault != NULL)
        log_chance(gate, RECORD_FIRED, &chance, (unsigned)(fault - control->plan.fault), 0);
    else
        stop_at_byte(gate, at_point | at_group);
    return fault;
}

/* --- before and after ---------------------------------------------------------------------- */

static bool untouched(const struct gate *gate)
{
    bool moving = gate->kind == GATE_MOVE || gate->kind == GATE_MANY;
    return moving && (gate->whole == 0 || (gate->flags & MSG_ERRQUEUE) != 0);
}

bool gate_enter(struct gate *gate)
{
    const struct fault *fault = NULL;
    bool go = true;
    gate->kept = errno;
    gate->whole = whole(gate);
    gate->message = gate->header != NULL ? (struct msghdr *)*gate->header : NULL;
    gate->counted = concerns_sockets(gate) && !untouched(gate);
    if (gate->counted) {
        atomic_fetch_add(&control->hits[gate->point], 1);
        fault = ask(gate);
    }
    if (fault != NULL)
        go = enact(gate, fault);
    else if (gate->counted && enact_ended(gate))
        go = false;
    if (gate->kind == GATE_CLOSE && (go || gate->answer == 0))
        descriptor_forget((unsigned)gate->fd, gate->last);
    if (go)
        errno = gate->kept;
    return go;
}

static uint64_t bytes_of(const struct gate *gate, intptr_t value)
{
    uint64_t sum = 0;
    if (gate->vector == NULL)
        return (uint64_t)value;
    for (intptr_t i = 0; i < value; i++)
        sum += gate->vector[i].msg_len;
    return sum;
}

static void note_moved(const struct gate *gate, intptr_t value)
{
    struct socket *socket = gate->socket;
    if (socket != NULL && value > 0 && (gate->flags & MSG_PEEK) == 0) {
        atomic_fetch_add(&socket->moved[gate->direction], bytes_of(gate, value));
        atomic_store(&socket->chances[gate->direction], 0);
    }
}

static void note_new(const struct gate *gate, intptr_t value)
{
    bool copies =
        gate->kind == GATE_COPY ||
        (gate->kind == GATE_CONTROL && (gate->other == F_DUPFD || gate->other == F_DUPFD_CLOEXEC));
    if (gate->kind == GATE_MAKE && value >= 0) {
        descriptor_made((int)value);
    } else if (gate->kind == GATE_PAIR && value == 0) {
        descriptor_made(gate->pair[0]);
        descriptor_made(gate->pair[1]);
    } else if (copies && value >= 0) {
        descriptor_copied(gate->fd, (int)value);
    } else if (gate->kind == GATE_WATCH && value == 0 && gate->counted) {
        rearm_note(gate->fd, gate->flags, gate->other, gate->event);
    }
}

/* The real call has been made: what it left behind. */
static void note_made(struct gate *gate, intptr_t value)
{
    if (gate->kind == GATE_MOVE || gate->kind == GATE_MANY)
        note_moved(gate, value);
    else
        note_new(gate, value);
    if (gate->message != NULL && *gate->header != gate->message) {
        gate->message->msg_namelen = gate->cut_header.msg_namelen;
        gate->message->msg_controllen = gate->cut_header.msg_controllen;
        gate->message->msg_flags = gate->cut_header.msg_flags;
    }
    if (gate->cut)
        rearm_edge(gate->fd);
}

intptr_t gate_leave(struct gate *gate, intptr_t value)
{
    intptr_t result = gate->answer;
    int error = errno;
    if (!gate->refused) {
        note_made(gate, value);
        result = enact_after(gate, value, &error);
    }
    errno = error;
    return result;
}
