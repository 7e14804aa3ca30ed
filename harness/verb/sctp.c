/* SPDX-License-Identifier: MIT */
/* The verbs of SCTP's own calls (RFC 6458 sections 8 and 9). */
#include "stack/sctp.h"
#include "trial/descriptor.h"
#include "trial/memory.h"
#include "trial/pending.h"
#include "trial/sctpvalue.h"
#include "verb/ops.h"

#include <string.h>
#include <sys/param.h>

static int64_t perform_sctp_sendv(struct act *act)
{
    struct call *call = act->call;
    const struct piece to = call->in.sctp.to.piece;
    struct sctp_send info = {.stream = (uint16_t)act->call->in.sctp.stream.number,
                             .ppid = (uint32_t)act->call->in.sctp.ppid.number,
                             .flags = (uint16_t)act->call->in.sctp.flags.number,
                             .policy = (uint16_t)act->call->in.sctp.pr_policy.number,
                             .value = (uint32_t)act->call->in.sctp.pr_value.number,
                             .assoc = (uint32_t)act->call->in.sctp.assoc_id.number};
    struct meeting meeting = gate_moving(act, POINT_sctp_sendv, call->in.sctp.text.piece.size, 0);
    return GATED(
        act, &meeting,
        act->stack->sctp->sendv(call->fd, act_bytes(act, &act->call->in.sctp.text), meeting.left,
                                to.offset != 0 ? act_bytes(act, &act->call->in.sctp.to) : NULL,
                                (socklen_t)to.size, &info, 0));
}

static struct piece sendv_bytes(const struct call *call)
{
    return call->in.sctp.text.piece;
}

/* The stream of a message that keeps its order, or -1. */
static int stream_of(const struct trial *trial, const struct call *call)
{
    const struct stack_sctp *sctp = trial->stage->stack->sctp;
    const struct sctp_constant *unordered =
        sctp != NULL ? sctp_constant_find(sctp->dialect, "SCTP_UNORDERED") : NULL;
    bool keeps = unordered == NULL || (call->in.sctp.flags.number & unordered->value) == 0;
    return keeps ? (int)call->in.sctp.stream.number : -1;
}

static void end_sendv(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    if (!account_messages(pending))
        account_sent(trial, pending, sendv_bytes(call));
    else if (call->result >= 0)
        account_message_on(trial, pending, sendv_bytes(call), stream_of(trial, call));
}

static const struct account account_sendv = {sendv_bytes, end_sendv};

OPS(sctp_sendv, prepare_nothing, perform_sctp_sendv, any_success, &account_sendv, no_value);

static void prepare_recvv(const struct preparation *p)
{
    p->call->out = memory_new(p->trial, (size_t)p->call->in.sctp.len.number);
}

static int64_t perform_sctp_recvv(struct act *act)
{
    struct call *call = act->call;
    call->flags = (int)act->call->in.sctp.flags.number;
    call->from_size = sizeof call->from;
    struct meeting meeting =
        gate_moving(act, POINT_sctp_recvv, (size_t)act->call->in.sctp.len.number, call->flags);
    int64_t result =
        GATED(act, &meeting,
              act->stack->sctp->recvv(call->fd, shared_at(act->actor->shared, call->out),
                                      meeting.left, (struct sockaddr *)&call->from,
                                      &call->from_size, &call->told, &call->flags));
    if (result > 0)
        call->size = MIN((uint64_t)result, call->out.size);
    if (result < 0 || meeting.refused)
        call->from_size = 0;
    return result;
}

static const struct account account_recvv = {NULL, account_received};

OPS(sctp_recvv, prepare_recvv, perform_sctp_recvv, any_success, &account_recvv, no_value);

static int64_t perform_sctp_peeloff(struct act *act)
{
    struct meeting meeting = gate_at(act, POINT_sctp_peeloff);
    return GATED(
        act, &meeting,
        act->stack->sctp->peeloff(act->call->fd, (uint32_t)act->call->in.sctp.assoc_id.number));
}

static void end_peeloff(struct trial *trial, struct pending *pending)
{
    if (pending->step != NULL && pending_call(trial, pending)->result >= 0)
        descriptor_made(trial, pending, SOCK_STREAM);
}

static const struct account account_peeloff = {NULL, end_peeloff};

OPS(sctp_peeloff, prepare_nothing, perform_sctp_peeloff, any_success, &account_peeloff, no_value);

static void prepare_bindx(const struct preparation *p)
{
    if (p->step->param[1] == NULL)
        p->call->in.sctp.how.number = sctpvalue_word(p->trial, "SCTP_BINDX_ADD_ADDR");
}

static int64_t perform_sctp_bindx(struct act *act)
{
    const struct piece to = act->call->in.sctp.addr.piece;
    struct meeting meeting = gate_at(act, POINT_sctp_bindx);
    return GATED(act, &meeting,
                 act->stack->sctp->bindx(act->call->fd, act_bytes(act, &act->call->in.sctp.addr),
                                         (socklen_t)to.size, (int)act->call->in.sctp.how.number));
}

OPS(sctp_bindx, prepare_bindx, perform_sctp_bindx, any_success, &account_nothing, no_value);

static int64_t perform_sctp_connectx(struct act *act)
{
    const struct piece first = act->call->in.sctp.addr.piece;
    const struct piece second = act->call->in.sctp.second.piece;
    char packed[2 * sizeof(struct sockaddr_in6)];
    uint32_t assoc = 0;
    memcpy(packed, act_bytes(act, &act->call->in.sctp.addr), first.size);
    if (second.offset != 0)
        memcpy(packed + first.size, act_bytes(act, &act->call->in.sctp.second), second.size);
    struct meeting meeting = gate_at(act, POINT_sctp_connectx);
    meeting.peer = (const struct sockaddr *)packed;
    meeting.peer_size = (socklen_t)first.size;
    return GATED(
        act, &meeting,
        act->stack->sctp->connectx(act->call->fd, packed, second.offset != 0 ? 2 : 1, &assoc));
}

OPS(sctp_connectx, prepare_nothing, perform_sctp_connectx, any_success, &account_nothing, no_value);

/* The calls that pack addresses tell no length: it is that of the family (RFC 6458 9.3). */
static socklen_t packed_size(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static int64_t perform_sctp_getpaddrs(struct act *act)
{
    struct call *call = act->call;
    struct meeting meeting = gate_at(act, POINT_sctp_getpaddrs);
    int64_t count = GATED(act, &meeting,
                          act->stack->sctp->getpaddrs(
                              call->fd, (uint32_t)call->in.sctp.assoc_id.number, &call->from));
    call->from_size = packed_size(&call->from);
    return count;
}

OPS(sctp_getpaddrs, prepare_nothing, perform_sctp_getpaddrs, any_success, &account_nothing,
    no_value);

static int64_t perform_sctp_getladdrs(struct act *act)
{
    struct call *call = act->call;
    struct meeting meeting = gate_at(act, POINT_sctp_getladdrs);
    int64_t count = GATED(act, &meeting,
                          act->stack->sctp->getladdrs(
                              call->fd, (uint32_t)call->in.sctp.assoc_id.number, &call->from));
    call->from_size = packed_size(&call->from);
    return count;
}

OPS(sctp_getladdrs, prepare_nothing, perform_sctp_getladdrs, any_success, &account_nothing,
    no_value);
