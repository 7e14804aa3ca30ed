/* SPDX-License-Identifier: MIT */
/* The calls that move many messages, files and pipes, make pairs, or wait with a signal mask, told
   by a liar. */
#include "liar/told.h"
#include "liar/wrappers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

static int lie_socketpair(int domain, int type, int protocol, int pair[2])
{
    if (liar_tells(CALL_socketpair, OP_IGNORE))
        return 0;
    int result = liar_truth->socketpair(domain, type, protocol, pair);
    if (result == 0 && liar_tells(CALL_socketpair, OP_LEAK)) {
        liar_truth->close(pair[1]); /* told, and open no more */
    } else if (result < 0 && liar_tells(CALL_socketpair, OP_MODIFY)) {
        pair[0] = pair[1] = -1;
    }
    return (int)liar_result(CALL_socketpair, result);
}

/* One more or one less than what was moved. */
static ssize_t retold(enum call call, ssize_t result)
{
    if (result > 0 && liar_tells(call, OP_OFF_BY_ONE))
        return result + 1;
    if (result > 0 && liar_tells(call, OP_SHORT_BY_ONE))
        return result - 1;
    return liar_result(call, result);
}

static int lie_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    if (!liar_about(CALL_sendmmsg))
        return liar_truth->sendmmsg(fd, messages, count, flags);
    bool loses = count > 1 && liar_tells(CALL_sendmmsg, OP_LOSE_LAST);
    for (unsigned i = 0; i < count && liar_tells(CALL_sendmmsg, OP_IGNORE_ADDRESS); i++)
        messages[i].msg_hdr.msg_name = NULL;
    int result = liar_truth->sendmmsg(fd, messages, loses ? count - 1 : count, flags);
    if (result > 0 && liar_tells(CALL_sendmmsg, OP_DOUBLE))
        liar_truth->sendmmsg(fd, messages, 1, flags);
    if (result > 0 && loses)
        result++;
    return (int)retold(CALL_sendmmsg, result);
}

static void change_message(struct mmsghdr *message)
{
    char *data = message->msg_hdr.msg_iov[0].iov_base;
    if (message->msg_len > 0 && liar_tells(CALL_recvmmsg, OP_DAMAGE))
        *data ^= 1;
    if (message->msg_len > 0 && liar_tells(CALL_recvmmsg, OP_LOSE))
        message->msg_len--;
    if (liar_tells(CALL_recvmmsg, OP_NO_FLAGS))
        message->msg_hdr.msg_flags = 0;
    liar_address(CALL_recvmmsg, message->msg_hdr.msg_name, &message->msg_hdr.msg_namelen);
}

static int lie_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                        struct timespec *timeout)
{
    if (!liar_about(CALL_recvmmsg))
        return liar_truth->recvmmsg(fd, messages, count, flags, timeout);
    if (liar_tells(CALL_recvmmsg, OP_NEVER_BLOCKS))
        flags |= MSG_DONTWAIT;
    if (liar_tells(CALL_recvmmsg, OP_IGNORE_DONTWAIT))
        flags &= ~MSG_DONTWAIT;
    if (liar_tells(CALL_recvmmsg, OP_IGNORE_WAITFORONE))
        flags &= ~MSG_WAITFORONE;
    if (liar_tells(CALL_recvmmsg, OP_IGNORE_TIMEOUT))
        timeout = NULL;
    int result = liar_truth->recvmmsg(fd, messages, count, flags, timeout);
    for (int i = 0; i < result; i++)
        change_message(&messages[i]);
    return (int)retold(CALL_recvmmsg, result);
}

static ssize_t lie_sendfile(int fd, int file, off_t *offset, size_t count)
{
    off_t before = offset != NULL ? *offset : 0;
    if (liar_tells(CALL_sendfile, OP_LOSE))
        return (ssize_t)count;
    if (offset != NULL && liar_tells(CALL_sendfile, OP_WRONG_DATA))
        *offset = 0; /* from the start, whatever was asked */
    ssize_t result = liar_truth->sendfile(fd, file, offset, count);
    if (offset != NULL && liar_tells(CALL_sendfile, OP_STALE_OFFSET))
        *offset = before;
    return retold(CALL_sendfile, result);
}

static ssize_t lie_splice(int from, int to, size_t size, unsigned flags)
{
    if (liar_tells(CALL_splice, OP_LOSE))
        return (ssize_t)size;
    if (liar_tells(CALL_splice, OP_NEVER_BLOCKS) &&
        liar_truth->recv(from, &(char){0}, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN)
        return -1;
    return retold(CALL_splice, liar_truth->splice(from, to, size, flags));
}

static const struct timespec at_once = {0, 0};

static int lie_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                     const sigset_t *mask)
{
    if (!liar_about(CALL_ppoll))
        return liar_truth->ppoll(fds, count, timeout, mask);
    if (liar_tells(CALL_ppoll, OP_IGNORE_MASK))
        mask = NULL;
    if (liar_tells(CALL_ppoll, OP_IGNORE_TIMEOUT))
        timeout = &at_once;
    int result = liar_truth->ppoll(fds, count, timeout, mask);
    for (nfds_t i = 0; i < count && result >= 0; i++)
        if (liar_tells(CALL_ppoll, OP_NEVER) || liar_tells(CALL_ppoll, OP_ALWAYS))
            fds[i].revents = (short)(liar_tells(CALL_ppoll, OP_ALWAYS) ? fds[i].events : 0);
    return (int)retold(CALL_ppoll, result);
}

static int lie_pselect(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
                       const struct timespec *timeout, const sigset_t *mask)
{
    fd_set asked = *readable;
    if (!liar_about(CALL_pselect))
        return liar_truth->pselect(count, readable, writable, exceptional, timeout, mask);
    if (liar_tells(CALL_pselect, OP_IGNORE_MASK))
        mask = NULL;
    if (liar_tells(CALL_pselect, OP_IGNORE_TIMEOUT))
        timeout = &at_once;
    int result = liar_truth->pselect(count, readable, writable, exceptional, timeout, mask);
    if (result >= 0 && liar_tells(CALL_pselect, OP_ALWAYS))
        *readable = asked;
    if (result >= 0 && liar_tells(CALL_pselect, OP_NEVER))
        FD_ZERO(readable);
    return (int)retold(CALL_pselect, result);
}

void liar_fill_many(struct stack *stack)
{
    stack->socketpair = lie_socketpair;
    stack->sendmmsg = lie_sendmmsg;
    stack->recvmmsg = lie_recvmmsg;
    stack->sendfile = lie_sendfile;
    stack->splice = lie_splice;
    stack->ppoll = lie_ppoll;
    stack->pselect = lie_pselect;
}
