/*
 * The closed loops: what a careful program does with partial sends and short receives. They go
 * on after EINTR, as such programs do; every injected firing inside them is recorded.
 */
#include "actor/act.h"

#include <errno.h>
#include <string.h>

/* Sends all of size bytes. Returns bytes accepted; what ended it early stands in error. */
static size_t send_whole(struct act *act, const char *data, size_t size, int flags)
{
    size_t sent = 0;
    bool more = true;
    while (more && sent < size) {
        ssize_t now = act_send(act, data + sent, size - sent, flags);
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

int64_t do_send_all(struct act *act)
{
    size_t size = act->call->arg[0].piece.size;
    int flags = (int)act_number(act, 1);
    return (int64_t)(act->call->made.key != 0 ? send_made(act, size, flags)
                                              : send_whole(act, act_bytes(act, 0), size, flags));
}

/* Receives at most size bytes of a loop: their number, or 0 with what ended the loop in error; -1
   when it goes on without any. */
static ssize_t receive_more(struct act *act, void *out, size_t size)
{
    ssize_t now = act_recv(act, out, size, (int)act_number(act, 1));
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
        now = receive_more(act, window, left < PATTERN_BLOCK ? left : PATTERN_BLOCK);
        if (now > 0) {
            compare_made(call, &block, window, (size_t)now);
            call->size += (uint64_t)now;
        }
    }
}

int64_t do_recv_all(struct act *act)
{
    size_t size = (size_t)act_number(act, 0);
    if (act->call->made.key != 0)
        receive_made(act, size);
    else
        receive_laid_out(act, size);
    return (int64_t)act->call->size;
}

/* One byte at a time, so that nothing behind the end is taken. */
int64_t do_recv_until(struct act *act)
{
    struct call *call = act->call;
    char *out = shared_at(act->actor->shared, call->out);
    size_t end_size = call->arg[0].piece.size;
    const void *end = act_bytes(act, 0);
    bool more = true;
    while (more && call->size < call->out.size) {
        ssize_t now = act_recv(act, out + call->size, 1, 0);
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

/* Messages of equal size, one call each; the result is how many were accepted. */
int64_t do_send_each(struct act *act)
{
    int64_t count = act_number(act, 0);
    size_t size = (size_t)act_number(act, 1);
    const char *data = act_bytes(act, 3);
    int64_t sent = 0;
    while (sent < count && act->call->error == 0) {
        ssize_t now = act_send(act, data + (size_t)sent * size, size, (int)act_number(act, 2));
        if (now >= 0)
            sent++;
        else if (errno != EINTR)
            act->call->error = errno;
    }
    return sent;
}

/* Receives count messages; their sizes go to out2, their bytes end to end to out. */
int64_t do_recv_each(struct act *act)
{
    struct call *call = act->call;
    int64_t count = act_number(act, 0);
    size_t room = (size_t)act_number(act, 1);
    char *out = shared_at(act->actor->shared, call->out);
    uint64_t *sizes = shared_at(act->actor->shared, call->out2);
    while ((int64_t)call->size2 < count && call->error == 0) {
        ssize_t now = act_recv(act, out + call->size, room, (int)act_number(act, 2));
        if (now >= 0) {
            sizes[call->size2++] = (uint64_t)now;
            call->size += (uint64_t)now;
        } else if (errno != EINTR) {
            call->error = errno;
        }
    }
    return (int64_t)call->size2;
}

/* Sends pieces of one size until one moves nothing; what ended it stands in error. */
int64_t do_fill(struct act *act)
{
    const struct piece data = act->call->arg[3].piece;
    size_t size = (size_t)act_number(act, 0);
    const char *from = act_bytes(act, 3);
    size_t sent = 0;
    while (act->call->error == 0) {
        size_t now = sent + size <= data.size ? size : 0;
        ssize_t moved = now > 0 ? act_send(act, from + sent, now, 0) : -1;
        if (moved >= 0)
            sent += (size_t)moved;
        else
            act->call->error = now > 0 ? errno : EOVERFLOW; /* this peer never stops taking */
    }
    return (int64_t)sent;
}

/* Steps of the worker, not of an actor: named here so that the table has no holes. */
#define WORKER_VERB(name)                                                                          \
    int64_t do_##name(struct act *act)                                                             \
    {                                                                                              \
        (void)act;                                                                                 \
        errno = ENOSYS;                                                                            \
        return -1;                                                                                 \
    }
WORKER_VERB(done)
WORKER_VERB(blocked)
WORKER_VERB(sees)
WORKER_VERB(sends)
WORKER_VERB(hold)
WORKER_VERB(release)
WORKER_VERB(cut)
WORKER_VERB(heal)

/* Nothing waits: what a non-blocking look at the queue says; the worker adds the wire's word. */
int64_t do_quiet(struct act *act)
{
    char byte = 0;
    act->call->fd = (int)act_number(act, 0);
    return act->stack->recv(act->call->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
}
