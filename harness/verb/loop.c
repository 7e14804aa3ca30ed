/* SPDX-License-Identifier: MIT */
/*
 * The closed loops: what a careful program does with partial sends and short receives. They go
 * on after EINTR, as such programs do; every injected firing inside them is recorded.
 */
#include "base/amount.h"
#include "trial/endpoint.h"
#include "trial/memory.h"
#include "trial/pending.h"
#include "verb/ops.h"

#include <errno.h>
#include <string.h>
#include <sys/param.h>

/* Sends all of size bytes. Returns bytes accepted; what ended it early stands in error. */
static size_t send_whole(struct act *act, const char *data, size_t size, int flags)
{
    size_t sent = 0;
    bool more = true;
    while (more && sent < size) {
        ssize_t now = gate_send(act, data + sent, size - sent, flags);
        if (now >= 0)
            sent += (size_t)now;
        else if (errno != EINTR)
            more = false;
    }
    act->call->error = sent < size ? errno : 0;
    return sent;
}

/* The same of a pattern that lies nowhere, block by block. */
static size_t send_made(struct act *act, size_t size, int flags)
{
    const struct pattern first = act->call->made;
    const struct pattern_block block = {first.key, shared_at(act->actor->shared, act->call->out)};
    size_t sent = 0;
    pattern_block_fill(&block);
    do {
        size_t now = size - sent;
        const uint8_t *from = pattern_block_at(&block, first.position + sent, &now);
        sent += send_whole(act, (const char *)from, now, flags);
    } while (sent < size && act->call->error == 0);
    return sent;
}

static int64_t perform_send_all(struct act *act)
{
    size_t size = act->call->in.loop.data.piece.size;
    int flags = (int)act->call->in.loop.flags.number;
    return (int64_t)(act->call->made.key != 0
                         ? send_made(act, size, flags)
                         : send_whole(act, act_bytes(act, &act->call->in.loop.data), size, flags));
}

static struct piece send_all_bytes(const struct call *call)
{
    return call->in.loop.data.piece;
}

static size_t send_all_success(const struct call *call)
{
    return call->in.loop.data.piece.size;
}

static void end_send_all(struct trial *trial, struct pending *pending)
{
    account_sent(trial, pending, send_all_bytes(pending_call(trial, pending)));
}

static const struct account account_send_all = {send_all_bytes, end_send_all};

OPS(send_all, prepare_nothing, perform_send_all, send_all_success, &account_send_all, no_value);

/* --- recv_all and recv_until --------------------------------------------------------------- */

/* Receives at most size bytes of a loop: their number, or 0 with what ended the loop in error; -1
   when it goes on without any. */
static ssize_t receive_more(struct act *act, void *out, size_t size)
{
    ssize_t now = gate_recv(act, out, size, act->call->asked);
    if (now < 0 && errno != EINTR) {
        act->call->error = errno;
        now = 0;
    }
    return now;
}

static void receive_laid_out(struct act *act, size_t size)
{
    struct call *call = act->call;
    char *out = shared_at(act->actor->shared, call->out);
    ssize_t now = 1;
    while (now != 0 && call->size < size) {
        now = receive_more(act, out + call->size, size - call->size);
        call->size += now > 0 ? (uint64_t)now : 0;
    }
}

/* Compares what a window holds; behind the first difference nothing is compared any more. */
static void compare_made(struct call *call, const struct pattern_block *block,
                         const uint8_t *window, size_t size)
{
    if (call->agreed < call->size)
        return;
    size_t good = pattern_block_agrees(block, call->made.position + call->size, window, size);
    call->agreed += good;
    if (good < size)
        call->odd = window[good];
}

static void receive_made(struct act *act, size_t size)
{
    struct call *call = act->call;
    uint8_t *window = shared_at(act->actor->shared, call->out);
    const struct pattern_block block = {call->made.key, shared_at(act->actor->shared, call->out2)};
    ssize_t now = 1;
    pattern_block_fill(&block);
    while (now != 0 && call->size < size) {
        size_t left = size - call->size;
        now = receive_more(act, window, MIN(left, PATTERN_BLOCK));
        if (now > 0) {
            compare_made(call, &block, window, MIN((size_t)now, MIN(left, PATTERN_BLOCK)));
            call->size += (uint64_t)now;
        }
    }
}

static int64_t perform_recv_all(struct act *act)
{
    size_t size = (size_t)act->call->in.loop.len.number;
    if (act->call->made.key != 0)
        receive_made(act, size);
    else
        receive_laid_out(act, size);
    return (int64_t)act->call->size;
}

/* Room for what is received; a window, where a long pattern comes whose bytes no expectation of
   the step wants to see. */
static void prepare_recv_all(const struct preparation *p)
{
    const struct descriptor *one = p->pending->descriptor;
    struct call *call = p->call;
    size_t size = (size_t)call->in.loop.len.number;
    bool made = memory_made(p->pending, size) && call->in.loop.flags.number == 0 &&
                p->step->expect[EXPECT_data] == NULL &&
                ledger_made(p->trial->stage->ledger, endpoint_stream(&one->peer, &one->local), size,
                            &call->made);
    call->out = memory_new(p->trial, made ? PATTERN_BLOCK : size);
    if (made)
        call->out2 = memory_new(p->trial, PATTERN_BLOCK);
}

static size_t recv_all_success(const struct call *call)
{
    return (size_t)call->in.loop.len.number;
}

OPS(recv_all, prepare_recv_all, perform_recv_all, recv_all_success, &account_receive, no_value);

static void prepare_recv_until(const struct preparation *p)
{
    size_t most = p->step->param[1] != NULL ? (size_t)p->call->in.loop.max.number : USUAL_ROOM;
    p->call->out = memory_new(p->trial, most);
}

/* One byte at a time, so that nothing behind the end is taken. */
static int64_t perform_recv_until(struct act *act)
{
    struct call *call = act->call;
    char *out = shared_at(act->actor->shared, call->out);
    size_t end_size = call->in.loop.end.piece.size;
    const void *end = act_bytes(act, &act->call->in.loop.end);
    bool more = true;
    while (more && call->size < call->out.size) {
        ssize_t now = gate_recv(act, out + call->size, 1, 0);
        if (now > 0) {
            call->size++;
            more = call->size < end_size || memcmp(out + call->size - end_size, end, end_size) != 0;
        } else if (now == 0 || errno != EINTR) {
            call->error = now == 0 ? 0 : errno;
            more = false;
        }
    }
    return (int64_t)call->size;
}

OPS(recv_until, prepare_recv_until, perform_recv_until, any_success, &account_receive, no_value);

/* --- send_each, recv_each and fill --------------------------------------------------------- */

static void prepare_sent(const struct preparation *p, size_t size)
{
    struct piece *sent = &p->call->in.loop.sent.piece;
    *sent = memory_new(p->trial, size);
    if (sent->offset != 0)
        pattern_write(pending_sends(p->pending), memory_at(p->trial, *sent), size);
}

static struct piece looped_bytes(const struct call *call)
{
    return call->in.loop.sent.piece;
}

static void prepare_send_each(const struct preparation *p)
{
    const struct loop_in *in = &p->call->in.loop;
    prepare_sent(p, amount_times(amount_of(in->count.number), amount_of(in->size.number)));
}

/* Messages of equal size, one call each; the result is how many were accepted. The bytes that a
   stream took stand in size: one that was taken in part is its last. */
static int64_t perform_send_each(struct act *act)
{
    int64_t count = act->call->in.loop.count.number;
    size_t size = (size_t)act->call->in.loop.size.number;
    const char *data = act_bytes(act, &act->call->in.loop.sent);
    int64_t sent = 0;
    bool whole = true;
    while (whole && sent < count && act->call->error == 0) {
        ssize_t now =
            gate_send(act, data + (size_t)sent * size, size, (int)act->call->in.loop.flags.number);
        act->call->size += now > 0 ? (uint64_t)now : 0;
        whole = now < 0 || (size_t)now >= size;
        if (now >= 0 && whole)
            sent++;
        else if (now < 0 && errno != EINTR)
            act->call->error = errno;
    }
    return sent;
}

static size_t each_success(const struct call *call)
{
    return (size_t)call->in.loop.count.number;
}

static void end_send_each(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    struct piece one = {call->in.loop.sent.piece.offset, (uint64_t)call->in.loop.size.number};
    if (!account_messages(pending)) {
        account_stream_sent(trial, pending, looped_bytes(call), call->size);
        return;
    }
    int64_t sent = MIN(call->result, call->in.loop.count.number);
    for (int64_t i = 0; i < sent; i++, one.offset += one.size)
        account_message_sent(trial, pending, one);
}

static const struct account account_send_each = {looped_bytes, end_send_each};

OPS(send_each, prepare_send_each, perform_send_each, each_success, &account_send_each, no_value);

static void prepare_recv_each(const struct preparation *p)
{
    struct loop_in *in = &p->call->in.loop;
    if (p->step->param[1] == NULL)
        in->len.number = USUAL_ROOM;
    p->call->out = memory_many(p->trial, in->count.number, in->len.number);
    p->call->out2 = memory_many(p->trial, in->count.number, sizeof(uint64_t));
}

/* Receives count messages; their sizes go to out2, their bytes end to end to out. */
static int64_t perform_recv_each(struct act *act)
{
    struct call *call = act->call;
    int64_t count = act->call->in.loop.count.number;
    size_t room = (size_t)act->call->in.loop.len.number;
    char *out = shared_at(act->actor->shared, call->out);
    uint64_t *sizes = shared_at(act->actor->shared, call->out2);
    while ((int64_t)call->size2 < count && call->error == 0) {
        ssize_t now = gate_recv(act, out + call->size, room, (int)act->call->in.loop.flags.number);
        if (now >= 0) {
            /* With MSG_TRUNC the call tells more than it stored (recv(2)). */
            sizes[call->size2++] = MIN((uint64_t)now, room);
            call->size += MIN((uint64_t)now, room);
        } else if (errno != EINTR) {
            call->error = errno;
        }
    }
    return (int64_t)call->size2;
}

static const struct account account_many = {NULL, account_received_many};

OPS(recv_each, prepare_recv_each, perform_recv_each, each_success, &account_many, no_value);

/* As many pieces as a socket's buffer will never take, or one that is as large. */
static void prepare_fill(const struct preparation *p)
{
    enum { PIECES = 1024, MOST = 32 << 20 };
    size_t one = amount_of(p->call->in.loop.size.number);
    size_t size = amount_times(PIECES, one);
    prepare_sent(p, size < MOST ? size : one > MOST ? one : MOST);
}

/* Sends pieces of one size until one moves nothing; what ended it stands in error. */
static int64_t perform_fill(struct act *act)
{
    const struct piece data = act->call->in.loop.sent.piece;
    size_t size = (size_t)act->call->in.loop.size.number;
    const char *from = act_bytes(act, &act->call->in.loop.sent);
    size_t sent = 0;
    while (act->call->error == 0) {
        size_t now = sent + size <= data.size ? size : 0;
        ssize_t moved = now > 0 ? gate_send(act, from + sent, now, 0) : -1;
        if (moved >= 0)
            sent += (size_t)moved;
        else
            act->call->error = now > 0 ? errno : EOVERFLOW; /* this peer never stops taking */
    }
    return (int64_t)sent;
}

static void end_fill(struct trial *trial, struct pending *pending)
{
    account_sent(trial, pending, looped_bytes(pending_call(trial, pending)));
}

static const struct account account_fill = {looped_bytes, end_fill};

OPS(fill, prepare_fill, perform_fill, any_success, &account_fill, no_value);
