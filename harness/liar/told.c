/* SPDX-License-Identifier: MIT */
#include "liar/told.h"

#include "stack/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

const struct stack *const liar_truth = &stack_linux;
struct lie liar_told = {.call = CALL_COUNT};

bool liar_about(enum call call)
{
    return liar_told.call == call;
}

bool liar_tells(enum call call, enum operator operator)
{
    return liar_told.call == call && liar_told.operator== operator;
}

/* A neighbour of the errno: what a careless stack might say instead. Never EINTR, on which careful
   programs try again for ever. */
static int other_errno(int error)
{
    static const int pairs[][2] = {
        {EAGAIN, ENOBUFS},         {EPIPE, ECONNRESET},     {ECONNRESET, EPIPE},
        {ECONNREFUSED, ETIMEDOUT}, {ENOTCONN, EINVAL},      {EBADF, ENOTSOCK},
        {ENOTSOCK, EBADF},         {EINVAL, EOPNOTSUPP},    {EADDRINUSE, EACCES},
        {EISCONN, EALREADY},       {EINPROGRESS, EALREADY}, {ETIMEDOUT, EHOSTUNREACH},
        {EMSGSIZE, ENOBUFS},       {EINTR, EAGAIN},         {EOPNOTSUPP, EINVAL},
    };
    int other = EIO;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i][0] == error)
            other = pairs[i][1];
    return other;
}

ssize_t liar_result(enum call call, ssize_t result)
{
    if (result < 0 && liar_tells(call, OP_ERRNO))
        errno = other_errno(errno);
    bool fails = result >= 0 && liar_tells(call, OP_FAILS);
    if (fails)
        errno = EIO;
    return fails ? -1 : result < 0 && liar_tells(call, OP_SUCCESS) ? 0 : result;
}

/* The same file at a higher number. */
static int moved_up(int fd)
{
    bool cloexec = fcntl(fd, F_GETFD) & FD_CLOEXEC;
    int high = fcntl(fd, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, fd + 1);
    if (high >= 0)
        close(fd);
    return high >= 0 ? high : fd;
}

/* A descriptor that is no socket; an old one where no new one can be had. */
static int some_descriptor(void)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    return fd >= 0 ? fd : STDIN_FILENO;
}

int liar_descriptor(enum call call, int fd)
{
    if (fd < 0 && liar_tells(call, OP_ERRNO))
        errno = other_errno(errno);
    if (fd < 0 && liar_tells(call, OP_SUCCESS))
        fd = some_descriptor();
    return fd >= 0 && liar_tells(call, OP_HIGH) ? moved_up(fd) : fd;
}

void liar_shift_port(struct sockaddr *addr)
{
    /* The port stands at the same place in both families. */
    struct sockaddr_in *in = (struct sockaddr_in *)(void *)addr;
    if (addr->sa_family == AF_INET || addr->sa_family == AF_INET6)
        in->sin_port = htons((uint16_t)(ntohs(in->sin_port) + 1));
}

void liar_address(enum call call, struct sockaddr *addr, socklen_t *length)
{
    if (addr == NULL || length == NULL || *length < sizeof(struct sockaddr_in))
        return;
    if (liar_tells(call, OP_NO_ADDRESS)) {
        memset(addr, 0, *length);
        *length = 0;
    }
    if (liar_tells(call, OP_ADDRESS_LENGTH))
        ++*length;
    if (liar_tells(call, OP_WRONG_PORT))
        liar_shift_port(addr);
}
