/* SPDX-License-Identifier: MIT */
/* The verbs of messages: with control data, in several buffers, and many with one call. */
#include "fault/cut.h"

#include "base/amount.h"
#include "base/arena.h"
#include "trial/aside.h"
#include "trial/memory.h"
#include "trial/pending.h"
#include "verb/ops.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

/* --- sendmsg and recvmsg ------------------------------------------------------------------- */

static int64_t send_message(const struct act *act, const struct meeting *meeting,
                            struct msghdr *message)
{
    message->msg_iovlen = gate_cut(meeting, message->msg_iov, message->msg_iovlen);
    return act->stack->sendmsg(act->call->fd, message, meeting->flags);
}

static int64_t perform_sendmsg(struct act *act)
{
    const struct message_in *in = &act->call->in.message;
    int flags = (int)in->flags.number;
    size_t count = 0;
    struct iovec *iov = act_gather(act, &in->iov, &count);
    struct msghdr message = {.msg_name = act_bytes(act, &in->to),
                             .msg_namelen = (socklen_t)in->to.piece.size,
                             .msg_iov = iov,
                             .msg_iovlen = count,
                             .msg_control = act_bytes(act, &in->control),
                             .msg_controllen = in->control.piece.size};
    struct meeting meeting = gate_moving(act, POINT_sendmsg, cut_total(iov, count), flags);
    int64_t result = GATED(act, &meeting, send_message(act, &meeting, &message));
    act_opened(act, in->to.piece, flags);
    act_free(iov);
    return result;
}

OPS(sendmsg, prepare_nothing, perform_sendmsg, gathered_success, &account_gathered, no_value);

static void prepare_recvmsg(const struct preparation *p)
{
    size_t room = (size_t)p->call->in.message.control.number;
    p->call->out2 = memory_new(p->trial, amount_times(room, CONTROL_GROWS));
    if (p->call->out2.offset != 0)
        p->call->out2.size = room;
}

static int64_t take_message(const struct act *act, const struct meeting *meeting,
                            struct msghdr *message)
{
    message->msg_iovlen = gate_cut(meeting, message->msg_iov, message->msg_iovlen);
    return act->stack->recvmsg(act->call->fd, message, meeting->flags);
}

static int64_t receive_message(struct act *act, struct iovec *iov, size_t count)
{
    struct call *call = act->call;
    struct msghdr message = {.msg_name = &call->from,
                             .msg_namelen = sizeof call->from,
                             .msg_iov = iov,
                             .msg_iovlen = count,
                             .msg_control = shared_at(act->actor->shared, call->out2),
                             .msg_controllen = call->out2.size};
    int flags = (int)call->in.message.flags.number;
    struct meeting meeting = gate_moving(act, POINT_recvmsg, cut_total(iov, count), flags);
    int64_t result = GATED(act, &meeting, take_message(act, &meeting, &message));
    if (result >= 0 && !meeting.refused) {
        call->from_size = message.msg_namelen;
        call->flags = message.msg_flags;
        call->size2 = MIN(message.msg_controllen, call->out2.size);
    }
    if (result > 0)
        call->size = (uint64_t)result < call->out.size ? (uint64_t)result : call->out.size;
    return result;
}

static int64_t perform_recvmsg(struct act *act)
{
    size_t count = 0;
    struct iovec *iov = act_scatter(act, &count);
    int64_t result = receive_message(act, iov, count);
    act_free(iov);
    return result;
}

OPS(recvmsg, prepare_recvmsg, perform_recvmsg, any_success, &account_receive, no_value);

/* --- sendmmsg ------------------------------------------------------------------------------- */

/* The messages of a call and their buffers; ended by act_free(). */
static struct mmsghdr *messages_new(const struct act *act, struct iovec *iov, size_t count,
                                    struct piece to)
{
    struct mmsghdr *messages = arena_must(calloc(count > 0 ? count : 1, sizeof *messages));
    for (size_t i = 0; i < count; i++)
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i],
                                              .msg_iovlen = 1,
                                              .msg_name = shared_at(act->actor->shared, to),
                                              .msg_namelen = (socklen_t)to.size};
    return messages;
}

/* The bytes of the messages that were sent stand in size. */
static int64_t perform_sendmmsg(struct act *act)
{
    const struct message_in *in = &act->call->in.message;
    size_t count = 0;
    struct iovec *iov = act_gather(act, &in->messages, &count);
    struct mmsghdr *messages = messages_new(act, iov, count, in->to.piece);
    int flags = (int)in->flags.number;
    struct meeting meeting = gate_moving(act, POINT_sendmmsg, count, flags);
    int64_t result =
        GATED(act, &meeting,
              act->stack->sendmmsg(act->call->fd, messages, (unsigned)meeting.left, flags));
    for (int64_t i = 0; i < MIN(result, (int64_t)count); i++)
        act->call->size += meeting.refused ? iov[i].iov_len : messages[i].msg_len;
    act_opened(act, in->to.piece, flags);
    act_free(messages);
    act_free(iov);
    return result;
}

static size_t sendmmsg_success(const struct call *call)
{
    return (size_t)call->in.message.messages.number;
}

static void end_sendmmsg(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    const struct piece *pieces = memory_at(trial, call->in.message.messages.piece);
    if (!account_messages(pending)) {
        account_stream_sent(trial, pending, gathered_bytes(call), call->size);
        return;
    }
    /* A stack may tell more than it was given. */
    for (int64_t i = 0; i < MIN(call->result, call->in.message.messages.number); i++) {
        account_message_sent(trial, pending, pieces[i]);
        aside_crafted(trial, pending, pieces[i]);
    }
}

static const struct account account_sendmmsg = {gathered_bytes, end_sendmmsg};

OPS(sendmmsg, prepare_nothing, perform_sendmmsg, sendmmsg_success, &account_sendmmsg, no_value);

/* --- recvmmsg ------------------------------------------------------------------------------- */

static void prepare_recvmmsg(const struct preparation *p)
{
    struct message_in *in = &p->call->in.message;
    if (p->step->param[3] == NULL)
        in->timeout.number = -1;
    p->call->out = memory_many(p->trial, in->count.number, in->len.number);
    p->call->out2 = memory_many(p->trial, in->count.number, sizeof(uint64_t));
}

/* Brings the messages, each in room of its own, end to end; their sizes go to out2. */
static void pack(struct act *act, const struct mmsghdr *messages, int64_t count, size_t room)
{
    struct call *call = act->call;
    char *out = shared_at(act->actor->shared, call->out);
    uint64_t *sizes = shared_at(act->actor->shared, call->out2);
    for (int64_t i = 0; i < count; i++) {
        size_t size = messages[i].msg_len < room ? messages[i].msg_len : room;
        memmove(out + call->size, out + (size_t)i * room, size);
        sizes[call->size2++] = size;
        call->size += size;
    }
    call->sizes = call->out2;
    call->size_count = call->size2;
}

/* One message to be received: the room for it, and for whom it is from. */
struct arrival {
    struct iovec iov;
    struct sockaddr_storage from;
};

static void point(struct act *act, struct mmsghdr *messages, struct arrival *arrivals, size_t count,
                  size_t room)
{
    char *out = shared_at(act->actor->shared, act->call->out);
    for (size_t i = 0; i < count; i++) {
        arrivals[i].iov = (struct iovec){out + i * room, room};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &arrivals[i].iov,
                                              .msg_iovlen = 1,
                                              .msg_name = &arrivals[i].from,
                                              .msg_namelen = sizeof arrivals[i].from};
    }
}

/* Whom the messages came from and their flags: of the last one. */
static int64_t receive_messages(struct act *act, struct mmsghdr *messages, size_t count)
{
    struct call *call = act->call;
    int64_t us = call->in.message.timeout.number;
    struct timespec timeout = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    int flags = (int)call->in.message.flags.number;
    struct meeting meeting = gate_moving(act, POINT_recvmmsg, count, flags);
    int64_t result = GATED(act, &meeting,
                           act->stack->recvmmsg(call->fd, messages, (unsigned)meeting.left, flags,
                                                us < 0 ? NULL : &timeout));
    int64_t came = MIN(result, (int64_t)count);
    if (came > 0) {
        const struct msghdr *last = &messages[came - 1].msg_hdr;
        if (last->msg_name != NULL)
            memcpy(&call->from, last->msg_name, sizeof call->from);
        call->from_size = last->msg_namelen;
        call->flags = last->msg_flags;
        pack(act, messages, came, (size_t)call->in.message.len.number);
    }
    return result;
}

static int64_t perform_recvmmsg(struct act *act)
{
    const struct message_in *in = &act->call->in.message;
    size_t count = (size_t)in->count.number;
    size_t room = count > 0 ? count : 1;
    struct mmsghdr *messages = arena_must(calloc(room, sizeof *messages));
    struct arrival *arrivals = arena_must(calloc(room, sizeof *arrivals));
    point(act, messages, arrivals, count, (size_t)in->len.number);
    int64_t result = receive_messages(act, messages, count);
    act_free(arrivals);
    act_free(messages);
    return result;
}

static const struct account account_many = {NULL, account_received_many};

OPS(recvmmsg, prepare_recvmmsg, perform_recvmmsg, any_success, &account_many, no_value);
