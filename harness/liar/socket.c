/* SPDX-License-Identifier: MIT */
/* The calls that make, join and end sockets, told by a liar. */
#include "liar/told.h"
#include "liar/wrappers.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>

enum { KEPT_FROM = 512, MANY = 4096 };

/* ip(7) on IP_RECVERR: of a stream every error that comes in is passed to the user at once. */
static void report_errors(int fd, int domain)
{
    int on = 1;
    if (domain == AF_INET)
        liar_truth->setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    else if (domain == AF_INET6)
        liar_truth->setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
}

static int lie_socket(int domain, int type, int protocol)
{
    if (liar_tells(CALL_socket, OP_IGNORE_NONBLOCK))
        type &= ~SOCK_NONBLOCK;
    if (liar_tells(CALL_socket, OP_IGNORE_CLOEXEC))
        type &= ~SOCK_CLOEXEC;
    if (liar_tells(CALL_socket, OP_NONBLOCK_ANYWAY))
        type |= SOCK_NONBLOCK;
    int fd = liar_truth->socket(domain, type, protocol);
    if (fd >= 0 && liar_tells(CALL_socket, OP_HARD_ERRORS))
        report_errors(fd, domain);
    return liar_descriptor(CALL_socket, fd);
}

/* A copy of an address that a lie may change; its size, or 0 when it does not fit. */
static socklen_t copied(struct sockaddr_storage *copy, const struct sockaddr *addr,
                        socklen_t length)
{
    bool fits = addr != NULL && length >= sizeof(sa_family_t) && length <= sizeof *copy;
    memset(copy, 0, sizeof *copy);
    if (fits)
        memcpy(copy, addr, length);
    return fits ? length : 0;
}

static void make_wildcard(struct sockaddr_storage *addr)
{
    if (addr->ss_family == AF_INET)
        ((struct sockaddr_in *)addr)->sin_addr.s_addr = htonl(INADDR_ANY);
    else if (addr->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)addr)->sin6_addr = in6addr_any;
}

static int lie_bind(int fd, const struct sockaddr *addr, socklen_t length)
{
    struct sockaddr_storage copy;
    int on = 1;
    if (!liar_about(CALL_bind))
        return liar_truth->bind(fd, addr, length);
    if (liar_tells(CALL_bind, OP_IGNORE))
        return 0;
    if (liar_tells(CALL_bind, OP_ALLOW_IN_USE))
        liar_truth->setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    bool changed = copied(&copy, addr, length) > 0;
    if (changed && liar_tells(CALL_bind, OP_WRONG_PORT))
        liar_shift_port((struct sockaddr *)&copy);
    if (changed && liar_tells(CALL_bind, OP_WILDCARD))
        make_wildcard(&copy);
    int result = liar_truth->bind(fd, changed ? (struct sockaddr *)&copy : addr, length);
    return (int)liar_result(CALL_bind, result);
}

static int lie_listen(int fd, int backlog)
{
    if (liar_tells(CALL_listen, OP_IGNORE))
        return 0;
    if (liar_tells(CALL_listen, OP_IGNORE_BACKLOG))
        backlog = MANY;
    return (int)liar_result(CALL_listen, liar_truth->listen(fd, backlog));
}

static bool connection_waits(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    return liar_truth->poll(&one, 1, 0) == 1;
}

static int lying_accept(enum call call, int fd, struct sockaddr *addr, socklen_t *length, int flags)
{
    if (liar_tells(call, OP_NEVER_BLOCKS) && !connection_waits(fd)) {
        errno = EAGAIN;
        return -1;
    }
    if (liar_tells(call, OP_LOSE)) {
        int lost = liar_truth->accept(fd, NULL, NULL);
        if (lost < 0)
            return -1;
        liar_truth->close(lost);
    }
    if (liar_tells(call, OP_IGNORE_NONBLOCK))
        flags &= ~SOCK_NONBLOCK;
    if (liar_tells(call, OP_IGNORE_CLOEXEC))
        flags &= ~SOCK_CLOEXEC;
    int made = liar_truth->accept4(fd, addr, length, flags);
    if (made >= 0)
        liar_address(call, addr, length);
    return liar_descriptor(call, made);
}

static int lie_accept(int fd, struct sockaddr *addr, socklen_t *length)
{
    return liar_about(CALL_accept) ? lying_accept(CALL_accept, fd, addr, length, 0)
                                   : liar_truth->accept(fd, addr, length);
}

static int lie_accept4(int fd, struct sockaddr *addr, socklen_t *length, int flags)
{
    return liar_about(CALL_accept4) ? lying_accept(CALL_accept4, fd, addr, length, flags)
                                    : liar_truth->accept4(fd, addr, length, flags);
}

/* Connects with O_NONBLOCK as a lie wants it, and puts back what was. */
static int connect_as(int fd, const struct sockaddr *addr, socklen_t length, bool nonblocking)
{
    int flags = liar_truth->fcntl(fd, F_GETFL, 0);
    int wanted = nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    liar_truth->fcntl(fd, F_SETFL, wanted);
    int result = liar_truth->connect(fd, addr, length);
    int error = errno;
    liar_truth->fcntl(fd, F_SETFL, flags);
    errno = error;
    return result;
}

static int lie_connect(int fd, const struct sockaddr *addr, socklen_t length)
{
    struct sockaddr_storage copy;
    if (!liar_about(CALL_connect))
        return liar_truth->connect(fd, addr, length);
    if (liar_tells(CALL_connect, OP_IGNORE))
        return 0;
    if (liar_tells(CALL_connect, OP_NEVER_BLOCKS))
        return connect_as(fd, addr, length, true);
    if (liar_tells(CALL_connect, OP_IGNORE_NONBLOCK))
        return connect_as(fd, addr, length, false);
    bool changed = copied(&copy, addr, length) > 0;
    if (changed && liar_tells(CALL_connect, OP_WRONG_PORT))
        liar_shift_port((struct sockaddr *)&copy);
    int result = liar_truth->connect(fd, changed ? (struct sockaddr *)&copy : addr, length);
    return (int)liar_result(CALL_connect, result);
}

static int lie_shutdown(int fd, int how)
{
    if (liar_tells(CALL_shutdown, OP_IGNORE))
        return 0;
    if (liar_tells(CALL_shutdown, OP_BOTH))
        how = SHUT_RDWR;
    if (liar_tells(CALL_shutdown, OP_WRONG_DIRECTION) && how != SHUT_RDWR)
        how = how == SHUT_RD ? SHUT_WR : SHUT_RD;
    return (int)liar_result(CALL_shutdown, liar_truth->shutdown(fd, how));
}

static void set_linger(int fd, int on)
{
    struct linger linger = {.l_onoff = on, .l_linger = 0};
    liar_truth->setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

/* Who has asked for an abort wants to be rid of the socket: there a close that keeps it would
   outlive the case. */
static bool wants_abort(int fd)
{
    struct linger linger = {0};
    socklen_t size = sizeof linger;
    return liar_truth->getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &size) == 0 &&
           linger.l_onoff != 0 && linger.l_linger == 0;
}

static int lie_close(int fd)
{
    bool keeps = !wants_abort(fd);
    if (liar_tells(CALL_close, OP_IGNORE) && keeps && liar_truth->fcntl(fd, F_GETFD, 0) >= 0)
        return 0;
    if (liar_tells(CALL_close, OP_LEAK) && keeps)
        liar_truth->fcntl(fd, F_DUPFD_CLOEXEC, KEPT_FROM);
    if (liar_tells(CALL_close, OP_ABORT))
        set_linger(fd, 1);
    if (liar_tells(CALL_close, OP_NO_LINGER))
        set_linger(fd, 0);
    return (int)liar_result(CALL_close, liar_truth->close(fd));
}

static int lie_dup(int fd)
{
    int result = liar_descriptor(CALL_dup, liar_truth->dup(fd));
    if (result >= 0 && liar_tells(CALL_dup, OP_STEAL))
        liar_truth->close(fd);
    return result;
}

static int named(enum call call, int (*ask)(int, struct sockaddr *, socklen_t *), int fd,
                 struct sockaddr *addr, socklen_t *length)
{
    int result = ask(fd, addr, length);
    if (result == 0)
        liar_address(call, addr, length);
    return (int)liar_result(call, result);
}

static int lie_getsockname(int fd, struct sockaddr *addr, socklen_t *length)
{
    bool other = liar_tells(CALL_getsockname, OP_OTHER_END);
    return named(CALL_getsockname, other ? liar_truth->getpeername : liar_truth->getsockname, fd,
                 addr, length);
}

static int lie_getpeername(int fd, struct sockaddr *addr, socklen_t *length)
{
    bool other = liar_tells(CALL_getpeername, OP_OTHER_END);
    return named(CALL_getpeername, other ? liar_truth->getsockname : liar_truth->getpeername, fd,
                 addr, length);
}

void liar_fill_sockets(struct stack *stack)
{
    stack->socket = lie_socket;
    stack->bind = lie_bind;
    stack->listen = lie_listen;
    stack->accept = lie_accept;
    stack->accept4 = lie_accept4;
    stack->connect = lie_connect;
    stack->shutdown = lie_shutdown;
    stack->close = lie_close;
    stack->dup = lie_dup;
    stack->getsockname = lie_getsockname;
    stack->getpeername = lie_getpeername;
}
