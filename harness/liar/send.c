/* SPDX-License-Identifier: MIT */
/* The calls that send, told by a liar: all of them by one sendmsg of a copy of the data. */
#include "liar/told.h"
#include "liar/wrappers.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

static size_t total(const struct msghdr *message)
{
    size_t size = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++)
        size += message->msg_iov[i].iov_len;
    return size;
}

/* All buffers in one; NULL without memory. The caller frees. */
static char *gathered(const struct msghdr *message, size_t size)
{
    char *data = calloc(size + 1, 1);
    size_t at = 0;
    for (size_t i = 0; data != NULL && i < message->msg_iovlen; i++) {
        const struct iovec *one = &message->msg_iov[i];
        if (one->iov_len > 0)
            memcpy(data + at, one->iov_base, one->iov_len);
        at += one->iov_len;
    }
    return data;
}

static void change_data(enum call call, char *data, size_t size)
{
    if (size > 0 && liar_tells(call, OP_DAMAGE))
        data[size / 2] ^= 1;
    if (size > 1 && liar_tells(call, OP_SWAP)) {
        char first = data[0];
        data[0] = data[1];
        data[1] = first;
    }
}

static size_t changed_size(enum call call, const struct msghdr *honest, size_t size)
{
    if (size > 1 && liar_tells(call, OP_LOSE_LAST))
        return size - 1;
    if (size > 1 && liar_tells(call, OP_PARTIAL))
        return size / 2;
    if (honest->msg_iovlen > 1 && liar_tells(call, OP_FIRST_ONLY))
        return honest->msg_iov[0].iov_len;
    return size;
}

static int changed_flags(enum call call, int flags)
{
    if (liar_tells(call, OP_IGNORE_DONTWAIT))
        flags &= ~MSG_DONTWAIT;
    if (liar_tells(call, OP_IGNORE_OOB))
        flags &= ~MSG_OOB;
    if (liar_tells(call, OP_IGNORE_MORE))
        flags &= ~MSG_MORE;
    if (liar_tells(call, OP_IGNORE_NOSIGNAL))
        flags &= ~MSG_NOSIGNAL;
    if (liar_tells(call, OP_NO_SIGNAL))
        flags |= MSG_NOSIGNAL;
    return flags;
}

static void change_envelope(enum call call, struct msghdr *message)
{
    if (liar_tells(call, OP_IGNORE_ADDRESS)) {
        message->msg_name = NULL;
        message->msg_namelen = 0;
    }
    if (liar_tells(call, OP_NO_CONTROL)) {
        message->msg_control = NULL;
        message->msg_controllen = 0;
    }
}

static ssize_t told_result(enum call call, ssize_t result, size_t size)
{
    bool shortened = liar_tells(call, OP_LOSE_LAST) || liar_tells(call, OP_FIRST_ONLY);
    if (result < 0)
        return liar_tells(call, OP_SUCCESS) ? (ssize_t)size : liar_result(call, result);
    if (shortened)
        return (ssize_t)size;
    if (result > 0 && liar_tells(call, OP_OFF_BY_ONE))
        return result + 1;
    if (result > 0 && liar_tells(call, OP_SHORT_BY_ONE))
        return result - 1;
    return result;
}

static void without_nagle(int fd)
{
    int on = 1;
    liar_truth->setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static ssize_t transmit(enum call call, int fd, const struct msghdr *honest, int flags)
{
    struct msghdr message = *honest;
    size_t size = total(honest);
    if (liar_tells(call, OP_LOSE))
        return (ssize_t)size;
    char *data = gathered(honest, size);
    if (data == NULL)
        return -1;
    struct iovec one = {data, changed_size(call, honest, size)};
    message.msg_iov = &one;
    message.msg_iovlen = 1;
    change_data(call, data, size);
    change_envelope(call, &message);
    flags = changed_flags(call, flags);
    if (liar_tells(call, OP_NO_NAGLE))
        without_nagle(fd);
    ssize_t result = liar_truth->sendmsg(fd, &message, flags);
    if (result >= 0 && liar_tells(call, OP_DOUBLE))
        liar_truth->sendmsg(fd, &message, flags);
    int error = errno;
    free(data);
    errno = error;
    return told_result(call, result, size);
}

/* One buffer as a message. */
static ssize_t transmit_one(enum call call, int fd, const void *data, size_t size, int flags,
                            const struct sockaddr *addr, socklen_t length)
{
    struct iovec one = {(void *)data, size};
    struct msghdr message = {
        .msg_name = (void *)addr, .msg_namelen = length, .msg_iov = &one, .msg_iovlen = 1};
    return transmit(call, fd, &message, flags);
}

static ssize_t lie_send(int fd, const void *data, size_t size, int flags)
{
    return liar_about(CALL_send) ? transmit_one(CALL_send, fd, data, size, flags, NULL, 0)
                                 : liar_truth->send(fd, data, size, flags);
}

static ssize_t lie_sendto(int fd, const void *data, size_t size, int flags,
                          const struct sockaddr *addr, socklen_t length)
{
    return liar_about(CALL_sendto) ? transmit_one(CALL_sendto, fd, data, size, flags, addr, length)
                                   : liar_truth->sendto(fd, data, size, flags, addr, length);
}

static ssize_t lie_sendmsg(int fd, const struct msghdr *message, int flags)
{
    return liar_about(CALL_sendmsg) ? transmit(CALL_sendmsg, fd, message, flags)
                                    : liar_truth->sendmsg(fd, message, flags);
}

static ssize_t lie_write(int fd, const void *data, size_t size)
{
    return liar_about(CALL_write) ? transmit_one(CALL_write, fd, data, size, 0, NULL, 0)
                                  : liar_truth->write(fd, data, size);
}

static ssize_t lie_writev(int fd, const struct iovec *iov, int count)
{
    struct msghdr message = {.msg_iov = (struct iovec *)iov, .msg_iovlen = (size_t)count};
    return liar_about(CALL_writev) ? transmit(CALL_writev, fd, &message, 0)
                                   : liar_truth->writev(fd, iov, count);
}

void liar_fill_sending(struct stack *stack)
{
    stack->send = lie_send;
    stack->sendto = lie_sendto;
    stack->sendmsg = lie_sendmsg;
    stack->write = lie_write;
    stack->writev = lie_writev;
}
