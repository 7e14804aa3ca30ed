/* SPDX-License-Identifier: MIT */
/* The calls that receive, told by a liar: all of them by one recvmsg into the caller's buffers. */
#include "liar/told.h"
#include "liar/wrappers.h"

#include <errno.h>
#include <stddef.h>

static size_t room_of(const struct msghdr *message)
{
    size_t size = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++)
        size += message->msg_iov[i].iov_len;
    return size;
}

/* The byte at that offset of the buffers taken together; it is within them. */
static char *byte_at(const struct msghdr *message, size_t offset)
{
    size_t i = 0;
    while (offset >= message->msg_iov[i].iov_len)
        offset -= message->msg_iov[i++].iov_len;
    return (char *)message->msg_iov[i].iov_base + offset;
}

static int changed_flags(enum call call, int flags)
{
    if (liar_tells(call, OP_IGNORE_DONTWAIT))
        flags &= ~MSG_DONTWAIT;
    if (liar_tells(call, OP_IGNORE_OOB))
        flags &= ~MSG_OOB;
    if (liar_tells(call, OP_IGNORE_PEEK))
        flags &= ~MSG_PEEK;
    if (liar_tells(call, OP_IGNORE_WAITALL))
        flags &= ~MSG_WAITALL;
    if (liar_tells(call, OP_IGNORE_TRUNC))
        flags &= ~MSG_TRUNC;
    if (liar_tells(call, OP_IGNORE_ERRQUEUE))
        flags &= ~MSG_ERRQUEUE;
    if (liar_tells(call, OP_NEVER_BLOCKS))
        flags |= MSG_DONTWAIT;
    if (liar_tells(call, OP_DOUBLE) && (flags & MSG_OOB) == 0)
        flags |= MSG_PEEK;
    return flags;
}

static void change_data(enum call call, const struct msghdr *message, size_t size)
{
    if (size > 0 && liar_tells(call, OP_DAMAGE))
        *byte_at(message, size / 2) ^= 1;
    if (size > 1 && liar_tells(call, OP_SWAP)) {
        char first = *byte_at(message, 0);
        *byte_at(message, 0) = *byte_at(message, 1);
        *byte_at(message, 1) = first;
    }
    if (size > 1 && liar_tells(call, OP_LOSE))
        for (size_t i = 0; i + 1 < size; i++)
            *byte_at(message, i) = *byte_at(message, i + 1);
}

static void change_control(enum call call, struct msghdr *message)
{
    if (liar_tells(call, OP_NO_CONTROL))
        message->msg_controllen = 0;
    for (struct cmsghdr *one = CMSG_FIRSTHDR(message);
         one != NULL && liar_tells(call, OP_WRONG_CONTROL); one = CMSG_NXTHDR(message, one))
        *CMSG_DATA(one) ^= 1;
}

static ssize_t told_size(enum call call, ssize_t result, const struct msghdr *message, size_t room)
{
    size_t first = message->msg_iovlen > 0 ? message->msg_iov[0].iov_len : 0;
    if (result == 0 && room > 0 && liar_tells(call, OP_NO_END)) {
        errno = EAGAIN;
        return -1;
    }
    if (result > 0 && (size_t)result < room && liar_tells(call, OP_OFF_BY_ONE))
        return result + 1;
    if (result > 0 && liar_tells(call, OP_SHORT_BY_ONE))
        return result - 1;
    if (result > 1 && liar_tells(call, OP_LOSE))
        return result - 1;
    if (liar_tells(call, OP_FIRST_ONLY) && (size_t)result > first)
        return (ssize_t)first;
    return result;
}

static ssize_t receive(enum call call, int fd, struct msghdr *message, int flags)
{
    size_t room = room_of(message);
    ssize_t result = liar_truth->recvmsg(fd, message, changed_flags(call, flags));
    if (result < 0 || liar_tells(call, OP_FAILS))
        return liar_result(call, result);
    change_data(call, message, (size_t)result < room ? (size_t)result : room);
    change_control(call, message);
    liar_address(call, message->msg_name, &message->msg_namelen);
    if (liar_tells(call, OP_NO_FLAGS))
        message->msg_flags = 0;
    return told_size(call, result, message, room);
}

static ssize_t receive_one(enum call call, int fd, void *data, size_t size, int flags,
                           struct sockaddr *addr, socklen_t *length)
{
    struct iovec one = {data, size};
    struct msghdr message = {.msg_name = addr,
                             .msg_namelen = length != NULL ? *length : 0,
                             .msg_iov = &one,
                             .msg_iovlen = 1};
    ssize_t result = receive(call, fd, &message, flags);
    if (length != NULL)
        *length = message.msg_namelen;
    return result;
}

static ssize_t lie_recv(int fd, void *data, size_t size, int flags)
{
    return liar_about(CALL_recv) ? receive_one(CALL_recv, fd, data, size, flags, NULL, NULL)
                                 : liar_truth->recv(fd, data, size, flags);
}

static ssize_t lie_recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *addr,
                            socklen_t *length)
{
    return liar_about(CALL_recvfrom)
               ? receive_one(CALL_recvfrom, fd, data, size, flags, addr, length)
               : liar_truth->recvfrom(fd, data, size, flags, addr, length);
}

static ssize_t lie_recvmsg(int fd, struct msghdr *message, int flags)
{
    return liar_about(CALL_recvmsg) ? receive(CALL_recvmsg, fd, message, flags)
                                    : liar_truth->recvmsg(fd, message, flags);
}

static ssize_t lie_read(int fd, void *data, size_t size)
{
    return liar_about(CALL_read) ? receive_one(CALL_read, fd, data, size, 0, NULL, NULL)
                                 : liar_truth->read(fd, data, size);
}

static ssize_t lie_readv(int fd, const struct iovec *iov, int count)
{
    struct msghdr message = {.msg_iov = (struct iovec *)iov, .msg_iovlen = (size_t)count};
    return liar_about(CALL_readv) ? receive(CALL_readv, fd, &message, 0)
                                  : liar_truth->readv(fd, iov, count);
}

void liar_fill_receiving(struct stack *stack)
{
    stack->recv = lie_recv;
    stack->recvfrom = lie_recvfrom;
    stack->recvmsg = lie_recvmsg;
    stack->read = lie_read;
    stack->readv = lie_readv;
}
