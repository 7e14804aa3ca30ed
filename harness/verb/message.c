/* The verbs that move many messages with one call. */
#include "actor/act.h"

#include <errno.h>
#include <string.h>

enum { MESSAGE_LIMIT = 64 };

/* One buffer and, where the step names one, the same destination for each message. */
static unsigned address_messages(const struct act *act, struct mmsghdr *messages, struct iovec *iov)
{
    const struct piece *pieces = act_bytes(act, 0);
    const struct piece to = act->call->arg[1].piece;
    unsigned count = (unsigned)act_number(act, 0);
    for (unsigned i = 0; i < count && i < MESSAGE_LIMIT; i++) {
        iov[i] = (struct iovec){shared_at(act->actor->shared, pieces[i]), pieces[i].size};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i], .msg_iovlen = 1};
        if (to.offset != 0) {
            messages[i].msg_hdr.msg_name = act_bytes(act, 1);
            messages[i].msg_hdr.msg_namelen = (socklen_t)to.size;
        }
    }
    return count < MESSAGE_LIMIT ? count : MESSAGE_LIMIT;
}

/* The bytes of the messages that were sent stand in size. */
int64_t do_sendmmsg(struct act *act)
{
    struct mmsghdr messages[MESSAGE_LIMIT] = {0};
    struct iovec iov[MESSAGE_LIMIT] = {{NULL, 0}};
    unsigned count = address_messages(act, messages, iov);
    int flags = (int)act_number(act, 2);
    if (act_refused(act_gate(act, "sendmmsg", act->call->fd, NULL, flags)))
        return -1;
    int64_t result = act->stack->sendmmsg(act->call->fd, messages, count, flags);
    for (int64_t i = 0; i < result; i++)
        act->call->size += messages[i].msg_len;
    return result;
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
}

/* Whom the messages came from and their flags: of the last one. */
int64_t do_recvmmsg(struct act *act)
{
    struct call *call = act->call;
    struct mmsghdr messages[MESSAGE_LIMIT] = {0};
    struct iovec iov[MESSAGE_LIMIT] = {{NULL, 0}};
    struct sockaddr_storage from[MESSAGE_LIMIT];
    char *out = shared_at(act->actor->shared, call->out);
    unsigned count = (unsigned)act_number(act, 0);
    size_t room = (size_t)act_number(act, 1);
    int64_t us = act_number(act, 3);
    struct timespec timeout = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    int flags = (int)act_number(act, 2);
    for (unsigned i = 0; i < count && i < MESSAGE_LIMIT; i++) {
        iov[i] = (struct iovec){out + i * room, room};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i],
                                              .msg_iovlen = 1,
                                              .msg_name = &from[i],
                                              .msg_namelen = sizeof from[i]};
    }
    if (act_refused(act_gate(act, "recvmmsg", call->fd, NULL, flags)))
        return -1;
    int64_t result =
        act->stack->recvmmsg(call->fd, messages, count < MESSAGE_LIMIT ? count : MESSAGE_LIMIT,
                             flags, us < 0 ? NULL : &timeout);
    if (result > 0) {
        const struct msghdr *last = &messages[result - 1].msg_hdr;
        memcpy(&call->from, last->msg_name, sizeof call->from);
        call->from_size = last->msg_namelen;
        call->flags = last->msg_flags;
        pack(act, messages, result, room);
    }
    return result;
}
