/* The verbs that move data, one call each. */
#include "actor/act.h"

#include <errno.h>
#include <string.h>

static int64_t send_to(struct act *act, const char *name, int where, int flags)
{
    const struct piece data = act->call->arg[0].piece;
    const struct piece to = act->call->arg[where].piece;
    size_t size = data.size;
    enum fault_action action = act_gate(act, name, act->call->fd, &size, flags);
    if (act_refused(action))
        return -1;
    if (action == FAULT_DROP)
        return (int64_t)data.size;
    return act->stack->sendto(act->call->fd, act_bytes(act, 0), size, flags, act_bytes(act, where),
                              (socklen_t)to.size);
}

int64_t do_send(struct act *act)
{
    int flags = (int)act_number(act, 1);
    /* A raw packet says itself where it goes: the call is then sendto. */
    if (act->call->arg[2].piece.offset != 0)
        return send_to(act, "send", 2, flags);
    return act_send(act, act_bytes(act, 0), act->call->arg[0].piece.size, flags);
}

int64_t do_sendto(struct act *act)
{
    return send_to(act, "sendto", 1, (int)act_number(act, 2));
}

static int64_t receive_from(struct act *act, const char *name)
{
    struct call *call = act->call;
    int flags = (int)act_number(act, 1);
    size_t size = (size_t)act_number(act, 0);
    if (act_refused(act_gate(act, name, call->fd, &size, flags)))
        return -1;
    call->from_size = sizeof call->from;
    int64_t result = act->stack->recvfrom(call->fd, shared_at(act->actor->shared, call->out), size,
                                          flags, (struct sockaddr *)&call->from, &call->from_size);
    if (result < 0)
        call->from_size = 0;
    return result;
}

/* What was stored: with MSG_TRUNC the result may exceed the room (recv(2)). */
static void stored(struct call *call, int64_t result)
{
    if (result > 0)
        call->size = (uint64_t)result < call->out.size ? (uint64_t)result : call->out.size;
}

int64_t do_recv(struct act *act)
{
    struct call *call = act->call;
    int64_t result = call->datagram
                         ? receive_from(act, "recv") /* the case may ask whom it came from */
                         : act_recv(act, shared_at(act->actor->shared, call->out),
                                    (size_t)act_number(act, 0), (int)act_number(act, 1));
    stored(call, result);
    return result;
}

int64_t do_recvfrom(struct act *act)
{
    int64_t result = receive_from(act, "recvfrom");
    stored(act->call, result);
    return result;
}

int64_t do_read(struct act *act)
{
    struct call *call = act->call;
    size_t size = (size_t)act_number(act, 0);
    if (act_refused(act_gate(act, "read", call->fd, &size, 0)))
        return -1;
    int64_t result = act->stack->read(call->fd, shared_at(act->actor->shared, call->out), size);
    stored(call, result);
    return result;
}

int64_t do_write(struct act *act)
{
    size_t size = act->call->arg[0].piece.size;
    enum fault_action action = act_gate(act, "write", act->call->fd, &size, 0);
    if (act_refused(action))
        return -1;
    if (action == FAULT_DROP)
        return (int64_t)size;
    return act->stack->write(act->call->fd, act_bytes(act, 0), size);
}

enum { IOV_LIMIT = 64 };

static size_t gather(const struct act *act, struct iovec *iov)
{
    const struct piece *pieces = act_bytes(act, 0);
    size_t count = (size_t)act_number(act, 0);
    for (size_t i = 0; i < count && i < IOV_LIMIT; i++)
        iov[i] = (struct iovec){shared_at(act->actor->shared, pieces[i]), pieces[i].size};
    return count < IOV_LIMIT ? count : IOV_LIMIT;
}

/* A cap leaves what fits into the first buffer. */
static int capped(enum fault_action action, struct iovec *iov, size_t size, size_t count)
{
    bool cut = action == FAULT_CAP && size < iov[0].iov_len;
    if (cut)
        iov[0].iov_len = size;
    return cut ? 1 : (int)count;
}

int64_t do_sendmsg(struct act *act)
{
    struct iovec iov[IOV_LIMIT] = {{NULL, 0}};
    struct msghdr message = {.msg_iov = iov, .msg_iovlen = gather(act, iov)};
    const struct piece to = act->call->arg[1].piece;
    const struct piece control = act->call->arg[2].piece;
    int flags = (int)act_number(act, 3);
    size_t size = iov[0].iov_len;
    if (to.offset != 0) {
        message.msg_name = act_bytes(act, 1);
        message.msg_namelen = (socklen_t)to.size;
    }
    if (control.offset != 0) {
        message.msg_control = act_bytes(act, 2);
        message.msg_controllen = control.size;
    }
    enum fault_action action = act_gate(act, "sendmsg", act->call->fd, &size, flags);
    if (act_refused(action))
        return -1;
    message.msg_iovlen = (size_t)capped(action, iov, size, message.msg_iovlen);
    return act->stack->sendmsg(act->call->fd, &message, flags);
}

/* Lays the buffers end to end in the room for data: the case's sizes say where each ends. */
static size_t scatter(const struct act *act, struct iovec *iov)
{
    const uint64_t *sizes = act_bytes(act, 0);
    char *out = shared_at(act->actor->shared, act->call->out);
    size_t count = (size_t)act_number(act, 0);
    for (size_t i = 0; i < count && i < IOV_LIMIT; i++) {
        iov[i] = (struct iovec){out, sizes[i]};
        out += sizes[i];
    }
    return count < IOV_LIMIT ? count : IOV_LIMIT;
}

int64_t do_recvmsg(struct act *act)
{
    struct call *call = act->call;
    struct iovec iov[IOV_LIMIT] = {{NULL, 0}};
    struct msghdr message = {.msg_name = &call->from,
                             .msg_namelen = sizeof call->from,
                             .msg_iov = iov,
                             .msg_iovlen = scatter(act, iov),
                             .msg_control = shared_at(act->actor->shared, call->out2),
                             .msg_controllen = call->out2.size};
    size_t size = iov[0].iov_len;
    int flags = (int)act_number(act, 2);
    if (act_refused(act_gate(act, "recvmsg", call->fd, &size, flags)))
        return -1;
    int64_t result = act->stack->recvmsg(call->fd, &message, flags);
    if (result >= 0) {
        call->from_size = message.msg_namelen;
        call->flags = message.msg_flags;
        call->size2 = message.msg_controllen;
    }
    stored(call, result);
    return result;
}

int64_t do_readv(struct act *act)
{
    struct iovec iov[IOV_LIMIT] = {{NULL, 0}};
    size_t count = scatter(act, iov);
    size_t size = iov[0].iov_len;
    enum fault_action action = act_gate(act, "readv", act->call->fd, &size, 0);
    if (act_refused(action))
        return -1;
    int64_t result = act->stack->readv(act->call->fd, iov, capped(action, iov, size, count));
    stored(act->call, result);
    return result;
}

int64_t do_writev(struct act *act)
{
    struct iovec iov[IOV_LIMIT] = {{NULL, 0}};
    size_t count = gather(act, iov);
    size_t size = iov[0].iov_len;
    enum fault_action action = act_gate(act, "writev", act->call->fd, &size, 0);
    if (act_refused(action))
        return -1;
    return act->stack->writev(act->call->fd, iov, capped(action, iov, size, count));
}
