/* SPDX-License-Identifier: MIT */
/* The verbs that move data, one call each. */
#include "fault/cut.h"
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

static int64_t send_to(struct act *act, enum point point, struct piece to)
{
    const struct data_in *in = &act->call->in.data;
    int flags = (int)in->flags.number;
    struct meeting meeting = gate_moving(act, point, in->data.piece.size, flags);
    int64_t result =
        GATED(act, &meeting,
              act->stack->sendto(act->call->fd, act_bytes(act, &in->data), meeting.left, flags,
                                 shared_at(act->actor->shared, to), (socklen_t)to.size));
    act_opened(act, to, flags);
    return result;
}

static int64_t perform_send(struct act *act)
{
    const struct data_in *in = &act->call->in.data;
    /* A raw packet says itself where it goes: the call is then sendto. */
    if (act->call->crafted_to.offset != 0)
        return send_to(act, POINT_send, act->call->crafted_to);
    return gate_send(act, act_bytes(act, &in->data), in->data.piece.size, (int)in->flags.number);
}

OPS(send, prepare_nothing, perform_send, data_success, &account_data, no_value);

static int64_t perform_sendto(struct act *act)
{
    return send_to(act, POINT_sendto, act->call->in.data.to.piece);
}

OPS(sendto, prepare_nothing, perform_sendto, data_success, &account_data, no_value);

/* --- recv and recvfrom ---------------------------------------------------------------------- */

static int64_t receive_from(struct act *act, enum point point)
{
    struct call *call = act->call;
    int flags = (int)call->in.data.flags.number;
    struct meeting meeting = gate_moving(act, point, (size_t)call->in.data.len.number, flags);
    call->from_size = sizeof call->from;
    int64_t result =
        GATED(act, &meeting,
              act->stack->recvfrom(call->fd, shared_at(act->actor->shared, call->out), meeting.left,
                                   flags, (struct sockaddr *)&call->from, &call->from_size));
    if (result < 0 || meeting.refused)
        call->from_size = 0;
    return result;
}

static int64_t perform_recv(struct act *act)
{
    struct call *call = act->call;
    int64_t result =
        call->datagram
            ? receive_from(act, POINT_recv) /* the case may ask whom it came from */
            : gate_recv(act, shared_at(act->actor->shared, call->out),
                        (size_t)call->in.data.len.number, (int)call->in.data.flags.number);
    stored(call, result);
    return result;
}

OPS(recv, prepare_receive, perform_recv, any_success, &account_receive, no_value);

static int64_t perform_recvfrom(struct act *act)
{
    int64_t result = receive_from(act, POINT_recvfrom);
    stored(act->call, result);
    return result;
}

OPS(recvfrom, prepare_receive, perform_recvfrom, any_success, &account_receive, no_value);

/* --- read and write ------------------------------------------------------------------------- */

static int64_t perform_read(struct act *act)
{
    struct call *call = act->call;
    struct meeting meeting = gate_moving(act, POINT_read, (size_t)call->in.data.len.number, 0);
    int64_t result =
        GATED(act, &meeting,
              act->stack->read(call->fd, shared_at(act->actor->shared, call->out), meeting.left));
    stored(call, result);
    return result;
}

OPS(read, prepare_receive, perform_read, any_success, &account_receive, no_value);

static int64_t perform_write(struct act *act)
{
    const struct argument *data = &act->call->in.data.data;
    struct meeting meeting = gate_moving(act, POINT_write, data->piece.size, 0);
    return GATED(act, &meeting,
                 act->stack->write(act->call->fd, act_bytes(act, data), meeting.left));
}

OPS(write, prepare_nothing, perform_write, data_success, &account_data, no_value);

/* --- readv and writev ----------------------------------------------------------------------- */

static int64_t perform_readv(struct act *act)
{
    size_t count = 0;
    struct iovec *iov = act_scatter(act, &count);
    struct meeting meeting = gate_moving(act, POINT_readv, cut_total(iov, count), 0);
    int64_t result = GATED(
        act, &meeting, act->stack->readv(act->call->fd, iov, (int)gate_cut(&meeting, iov, count)));
    stored(act->call, result);
    act_free(iov);
    return result;
}

OPS(readv, prepare_nothing, perform_readv, any_success, &account_receive, no_value);

static int64_t perform_writev(struct act *act)
{
    size_t count = 0;
    struct iovec *iov = act_gather(act, &act->call->in.data.iov, &count);
    struct meeting meeting = gate_moving(act, POINT_writev, cut_total(iov, count), 0);
    int64_t result = GATED(
        act, &meeting, act->stack->writev(act->call->fd, iov, (int)gate_cut(&meeting, iov, count)));
    act_free(iov);
    return result;
}

OPS(writev, prepare_nothing, perform_writev, gathered_success, &account_gathered, no_value);
