/* The verbs that make, join and end sockets, and those that ask about them. */
#include "actor/act.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* True when a fault makes the call fail, errno set. */
static bool refused(struct act *act, const char *name)
{
    return act_refused(act_gate(act, name, act->call->fd, NULL, 0));
}

static const struct sockaddr *address(const struct act *act, int i, socklen_t *size)
{
    *size = (socklen_t)act->call->arg[i].piece.size;
    return act_bytes(act, i);
}

/* Notes where fd is bound, for the worker's account of flows; errno stays. */
static void note_local(struct act *act, int fd)
{
    int saved = errno;
    act->call->local_size = sizeof act->call->local;
    if (act->stack->getsockname(fd, (struct sockaddr *)&act->call->local, &act->call->local_size) <
        0)
        act->call->local_size = 0;
    errno = saved;
}

int64_t do_socket(struct act *act)
{
    if (refused(act, "socket"))
        return -1;
    return act->stack->socket((int)act_number(act, 2), (int)act_number(act, 0),
                              (int)act_number(act, 1));
}

/* The pair goes to out; it holds PAIR_MARK before, so that a pair left as it was can be told. */
int64_t do_socketpair(struct act *act)
{
    int *pair = shared_at(act->actor->shared, act->call->out);
    pair[0] = pair[1] = PAIR_MARK;
    if (refused(act, "socketpair"))
        return -1;
    act->call->size = 2 * sizeof *pair;
    return act->stack->socketpair((int)act_number(act, 2), (int)act_number(act, 0),
                                  (int)act_number(act, 1), pair);
}

int64_t do_bind(struct act *act)
{
    socklen_t size = 0;
    const struct sockaddr *where = address(act, 0, &size);
    int64_t result = -1;
    if (!refused(act, "bind")) {
        result = act->stack->bind(act->call->fd, where, size);
        note_local(act, act->call->fd);
    }
    return result;
}

int64_t do_listen(struct act *act)
{
    return refused(act, "listen") ? -1 : act->stack->listen(act->call->fd, (int)act_number(act, 0));
}

int64_t do_accept4(struct act *act)
{
    struct call *call = act->call;
    int64_t fd = -1;
    call->fd = (int)act_number(act, 0);
    call->from_size = sizeof call->from;
    if (!refused(act, "accept"))
        fd = call->verb == VERB_accept4
                 ? act->stack->accept4(call->fd, (struct sockaddr *)&call->from, &call->from_size,
                                       (int)act_number(act, 1))
                 : act->stack->accept(call->fd, (struct sockaddr *)&call->from, &call->from_size);
    if (fd >= 0)
        note_local(act, (int)fd);
    return fd;
}

int64_t do_accept(struct act *act)
{
    return do_accept4(act);
}

/* An interrupted connect goes on by itself (connect(2), EINTR), so it must really begin. */
static void begin_connect(const struct act *act, const struct sockaddr *where, socklen_t size)
{
    int flags = act->stack->fcntl(act->call->fd, F_GETFL, 0);
    act->stack->fcntl(act->call->fd, F_SETFL, flags | O_NONBLOCK);
    act->stack->connect(act->call->fd, where, size);
    act->stack->fcntl(act->call->fd, F_SETFL, flags);
}

int64_t do_connect(struct act *act)
{
    socklen_t size = 0;
    const struct sockaddr *where = address(act, 0, &size);
    int64_t result = -1;
    if (!refused(act, "connect")) {
        result = act->stack->connect(act->call->fd, where, size);
    } else if (errno == EINTR) {
        begin_connect(act, where, size);
        errno = EINTR;
    }
    if (size <= sizeof act->call->from) {
        memcpy(&act->call->from, where, size);
        act->call->from_size = size;
    }
    note_local(act, act->call->fd);
    return result;
}

int64_t do_shutdown(struct act *act)
{
    return refused(act, "shutdown") ? -1
                                    : act->stack->shutdown(act->call->fd, (int)act_number(act, 0));
}

/* A failing close has closed all the same (close(2)). */
int64_t do_close(struct act *act)
{
    act->call->fd = (int)act_number(act, 0);
    bool fails = refused(act, "close");
    int error = errno;
    int64_t result = act->stack->close(act->call->fd);
    if (fails) {
        errno = error;
        result = -1;
    }
    return result;
}

int64_t do_getsockopt(struct act *act)
{
    struct call *call = act->call;
    int64_t option = act_number(act, 0);
    socklen_t size = (socklen_t)call->out.size;
    if (refused(act, "getsockopt"))
        return -1;
    int64_t result = act->stack->getsockopt(call->fd, (int)(option >> 32), (int)option,
                                            shared_at(act->actor->shared, call->out), &size);
    call->size = result == 0 ? size : 0;
    return result;
}

int64_t do_setsockopt(struct act *act)
{
    int64_t option = act_number(act, 0);
    if (refused(act, "setsockopt"))
        return -1;
    return act->stack->setsockopt(act->call->fd, (int)(option >> 32), (int)option,
                                  act_bytes(act, 1), (socklen_t)act->call->arg[1].piece.size);
}

int64_t do_getsockname(struct act *act)
{
    struct call *call = act->call;
    call->fd = (int)act_number(act, 0);
    call->from_size = sizeof call->from;
    return refused(act, "getsockname")
               ? -1
               : act->stack->getsockname(call->fd, (struct sockaddr *)&call->from,
                                         &call->from_size);
}

int64_t do_getpeername(struct act *act)
{
    struct call *call = act->call;
    call->fd = (int)act_number(act, 0);
    call->from_size = sizeof call->from;
    return refused(act, "getpeername")
               ? -1
               : act->stack->getpeername(call->fd, (struct sockaddr *)&call->from,
                                         &call->from_size);
}

int64_t do_fcntl(struct act *act)
{
    return refused(act, "fcntl") ? -1
                                 : act->stack->fcntl(act->call->fd, (int)act_number(act, 0),
                                                     (long)act_number(act, 1));
}

int64_t do_ioctl(struct act *act)
{
    struct call *call = act->call;
    int *value = shared_at(act->actor->shared, call->out);
    *value = (int)act_number(act, 1);
    if (refused(act, "ioctl"))
        return -1;
    call->size = sizeof *value;
    return act->stack->ioctl(call->fd, (unsigned long)act_number(act, 0), value);
}

int64_t do_dup(struct act *act)
{
    act->call->fd = (int)act_number(act, 0);
    return refused(act, "dup") ? -1 : act->stack->dup(act->call->fd);
}

int64_t do_sockatmark(struct act *act)
{
    act->call->fd = (int)act_number(act, 0);
    return refused(act, "sockatmark") ? -1 : act->stack->sockatmark(act->call->fd);
}
