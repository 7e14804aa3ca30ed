/* The verbs that move data, one call each. */
#include "trial/memory.h"
#include "trial/pending.h"
#include "verb/ops.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- what they have in common -------------------------------------------------------------- */

static struct piece data_bytes(const struct call *call)
{
    return call->in.data.data.piece;
}

/* All of it was taken. */
static size_t data_success(const struct call *call)
{
    return call->in.data.data.piece.size;
}

static void end_data(struct trial *trial, struct pending *pending)
{
    account_sent(trial, pending, data_bytes(pending_call(trial, pending)));
}

static const struct account account_data = {data_bytes, end_data};

static struct piece gathered_bytes(const struct call *call)
{
    return call->gathered;
}

static size_t gathered_success(const struct call *call)
{
    return call->gathered.size;
}

static void end_gathered(struct trial *trial, struct pending *pending)
{
    account_sent(trial, pending, pending_call(trial, pending)->gathered);
}

static const struct account account_gathered = {gathered_bytes, end_gathered};
static const struct account account_receive = {NULL, account_received};

static void prepare_receive(const struct preparation *p)
{
    p->call->out = memory_new(p->trial, (size_t)p->call->in.data.len.number);
}

/* What was stored: with MSG_TRUNC the result may exceed the room (recv(2)). */
static void stored(struct call *call, int64_t result)
{
    if (result > 0)
        call->size = (uint64_t)result < call->out.size ? (uint64_t)result : call->out.size;
}

/* --- send and sendto ------------------------------------------------------------------------ */

static int64_t send_to(struct act *act, const char *name, struct piece to)
{
    const struct data_in *in = &act->call->in.data;
    size_t size = in->data.piece.size;
    int flags = (int)in->flags.number;
    enum fault_action action = act_gate(act, name, act->call->fd, &size, flags);
    if (act_refused(action))
        return -1;
    if (action == FAULT_DROP)
        return (int64_t)in->data.piece.size;
    return act->stack->sendto(act->call->fd, act_bytes(act, &in->data), size, flags,
                              shared_at(act->actor->shared, to), (socklen_t)to.size);
}

static int64_t perform_send(struct act *act)
{
    const struct data_in *in = &act->call->in.data;
    /* A raw packet says itself where it goes: the call is then sendto. */
    if (act->call->crafted_to.offset != 0)
        return send_to(act, "send", act->call->crafted_to);
    return act_send(act, act_bytes(act, &in->data), in->data.piece.size, (int)in->flags.number);
}

OPS(send, prepare_nothing, perform_send, data_success, &account_data, no_value);

static int64_t perform_sendto(struct act *act)
{
    return send_to(act, "sendto", act->call->in.data.to.piece);
}

OPS(sendto, prepare_nothing, perform_sendto, data_success, &account_data, no_value);

/* --- recv and recvfrom ---------------------------------------------------------------------- */

static int64_t receive_from(struct act *act, const char *name)
{
    struct call *call = act->call;
    int flags = (int)call->in.data.flags.number;
    size_t size = (size_t)call->in.data.len.number;
    if (act_refused(act_gate(act, name, call->fd, &size, flags)))
        return -1;
    call->from_size = sizeof call->from;
    int64_t result = act->stack->recvfrom(call->fd, shared_at(act->actor->shared, call->out), size,
                                          flags, (struct sockaddr *)&call->from, &call->from_size);
    if (result < 0)
        call->from_size = 0;
    return result;
}

static int64_t perform_recv(struct act *act)
{
    struct call *call = act->call;
    int64_t result =
        call->datagram
            ? receive_from(act, "recv") /* the case may ask whom it came from */
            : act_recv(act, shared_at(act->actor->shared, call->out),
                       (size_t)call->in.data.len.number, (int)call->in.data.flags.number);
    stored(call, result);
    return result;
}

OPS(recv, prepare_receive, perform_recv, any_success, &account_receive, no_value);

static int64_t perform_recvfrom(struct act *act)
{
    int64_t result = receive_from(act, "recvfrom");
    stored(act->call, result);
    return result;
}

OPS(recvfrom, prepare_receive, perform_recvfrom, any_success, &account_receive, no_value);

/* --- read and write ------------------------------------------------------------------------- */

static int64_t perform_read(struct act *act)
{
    struct call *call = act->call;
    size_t size = (size_t)call->in.data.len.number;
    if (act_refused(act_gate(act, "read", call->fd, &size, 0)))
        return -1;
    int64_t result = act->stack->read(call->fd, shared_at(act->actor->shared, call->out), size);
    stored(call, result);
    return result;
}

OPS(read, prepare_receive, perform_read, any_success, &account_receive, no_value);

static int64_t perform_write(struct act *act)
{
    const struct argument *data = &act->call->in.data.data;
    size_t size = data->piece.size;
    enum fault_action action = act_gate(act, "write", act->call->fd, &size, 0);
    if (act_refused(action))
        return -1;
    if (action == FAULT_DROP)
        return (int64_t)size;
    return act->stack->write(act->call->fd, act_bytes(act, data), size);
}

OPS(write, prepare_nothing, perform_write, data_success, &account_data, no_value);

/* --- readv and writev ----------------------------------------------------------------------- */

/* A cap leaves what fits into the first buffer. */
static int capped(enum fault_action action, struct iovec *iov, size_t size, size_t count)
{
    bool cut = action == FAULT_CAP && size < iov[0].iov_len;
    if (cut)
        iov[0].iov_len = size;
    return cut ? 1 : (int)count;
}

static int64_t perform_readv(struct act *act)
{
    size_t count = 0;
    struct iovec *iov = act_scatter(act, &count);
    if (iov == NULL)
        return -1;
    size_t size = iov[0].iov_len;
    enum fault_action action = act_gate(act, "readv", act->call->fd, &size, 0);
    int64_t result = act_refused(action)
                         ? -1
                         : act->stack->readv(act->call->fd, iov, capped(action, iov, size, count));
    stored(act->call, result);
    act_free(iov);
    return result;
}

OPS(readv, prepare_nothing, perform_readv, any_success, &account_receive, no_value);

static int64_t perform_writev(struct act *act)
{
    size_t count = 0;
    struct iovec *iov = act_gather(act, &act->call->in.data.iov, &count);
    if (iov == NULL)
        return -1;
    size_t size = iov[0].iov_len;
    enum fault_action action = act_gate(act, "writev", act->call->fd, &size, 0);
    int64_t result = act_refused(action)
                         ? -1
                         : act->stack->writev(act->call->fd, iov, capped(action, iov, size, count));
    act_free(iov);
    return result;
}

OPS(writev, prepare_nothing, perform_writev, gathered_success, &account_gathered, no_value);
