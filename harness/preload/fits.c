#include "preload/fits.h"

#include "preload/real.h"
#include "preload/wrapper.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>

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

static bool is_stream(const struct gate *gate)
{
    return gate->socket != NULL && gate->socket->type == SOCK_STREAM;
}

static bool is_connected(const struct gate *gate)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    return REAL(getpeername)(gate->fd, (struct sockaddr *)&peer, &size) == 0;
}

static bool nonblocking(const struct gate *gate)
{
    return (gate->flags & MSG_DONTWAIT) != 0 ||
           (REAL(fcntl)(gate->fd, F_GETFL, NULL) & O_NONBLOCK) != 0;
}

static bool has_time_limit(const struct gate *gate, int option)
{
    struct timeval limit = {0, 0};
    socklen_t size = sizeof limit;
    REAL(getsockopt)(gate->fd, SOL_SOCKET, option, &limit, &size);
    return limit.tv_sec != 0 || limit.tv_usec != 0;
}

static bool moves(const struct gate *gate)
{
    return gate->kind == GATE_MOVE || gate->kind == GATE_MANY;
}

/* A call that cannot block is not interrupted; a close and a dup may be, whatever the socket. */
static bool may_block(const struct gate *gate)
{
    bool may = true;
    if (gate->kind == GATE_WAIT)
        may = gate->waits;
    else if (gate->fd >= 0 && gate->kind != GATE_CLOSE && gate->kind != GATE_COPY)
        may = !nonblocking(gate);
    return may;
}

static bool may_say_again(const struct gate *gate)
{
    bool limited =
        moves(gate) &&
        has_time_limit(gate, gate->direction == DIRECTION_IN ? SO_RCVTIMEO : SO_SNDTIMEO);
    return gate->fd < 0 || nonblocking(gate) || limited;
}

static bool may_cut(const struct gate *gate, int64_t argument)
{
    bool whole = gate->direction == DIRECTION_IN && (gate->flags & MSG_WAITALL) != 0;
    bool movable = gate->kind == GATE_MANY || (gate->kind == GATE_MOVE && is_stream(gate));
    return movable && !whole && argument > 0 && gate->whole > (size_t)argument;
}

/* Which errors go with streams, and which with datagrams. */
static bool error_of_type(const struct gate *gate, int error)
{
    static const int streams[] = {ECONNRESET, EPIPE, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, 0};
    static const int datagrams[] = {EMSGSIZE,     EDESTADDRREQ, EPERM,       EACCES, EINVAL,
                                    ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, 0};
    bool other = among(error, is_stream(gate) ? datagrams : streams);
    bool own = among(error, is_stream(gate) ? streams : datagrams);
    return !moves(gate) || own || !other;
}

static bool may_fail(const struct gate *gate, int error, bool lenient)
{
    bool may = true;
    if (lenient)
        may = true;
    else if (error == EINTR)
        may = may_block(gate);
    else if (error == EAGAIN)
        may = may_say_again(gate);
    else if (fits_fatal(error) && moves(gate))
        may = is_stream(gate) && is_connected(gate);
    else
        may = error_of_type(gate, error);
    return may;
}

static bool may_reset(const struct gate *gate)
{
    bool internet = gate->socket != NULL &&
                    (gate->socket->family == AF_INET || gate->socket->family == AF_INET6);
    return moves(gate) && internet && is_stream(gate) && is_connected(gate);
}

bool fits(const struct gate *gate, enum fault_action action, int64_t argument, bool lenient)
{
    int kept = errno;
    bool fit = false;
    switch (action) {
    case FAULT_ERRNO:
        fit = may_fail(gate, (int)argument, lenient);
        break;
    case FAULT_CAP:
        fit = may_cut(gate, argument);
        break;
    case FAULT_RESET:
        fit = may_reset(gate);
        break;
    case FAULT_EOF:
        fit = moves(gate) && is_stream(gate) && is_connected(gate);
        break;
    case FAULT_DROP:
        fit = moves(gate) && gate->direction == DIRECTION_OUT && gate->socket != NULL &&
              gate->socket->type == SOCK_DGRAM;
        break;
    case FAULT_DELAY:
        fit = true;
        break;
    case FAULT_CLOSE:
        fit = gate->fd >= 0 && gate->kind != GATE_CLOSE;
        break;
    case FAULT_NONE:
    case FAULT_COUNT:
        break;
    }
    errno = kept;
    return fit;
}
