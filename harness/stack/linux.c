/* SPDX-License-Identifier: MIT */
#include "stack/linux.h"

#include "stack/linux_sctp.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

/* glibc declares socket addresses as transparent unions and fcntl and ioctl as variadic: these
   wrappers only give them the table's types. */
static int linux_bind(int fd, const struct sockaddr *addr, socklen_t length)
{
    return bind(fd, addr, length);
}

static int linux_accept(int fd, struct sockaddr *addr, socklen_t *length)
{
    return accept(fd, addr, length);
}

static int linux_accept4(int fd, struct sockaddr *addr, socklen_t *length, int flags)
{
    return accept4(fd, addr, length, flags);
}

static int linux_connect(int fd, const struct sockaddr *addr, socklen_t length)
{
    return connect(fd, addr, length);
}

static ssize_t linux_sendto(int fd, const void *data, size_t size, int flags,
                            const struct sockaddr *addr, socklen_t length)
{
    return sendto(fd, data, size, flags, addr, length);
}

static ssize_t linux_recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *addr,
                              socklen_t *length)
{
    return recvfrom(fd, data, size, flags, addr, length);
}

static int linux_getsockname(int fd, struct sockaddr *addr, socklen_t *length)
{
    return getsockname(fd, addr, length);
}

static int linux_getpeername(int fd, struct sockaddr *addr, socklen_t *length)
{
    return getpeername(fd, addr, length);
}

static int linux_fcntl(int fd, int command, long argument)
{
    return fcntl(fd, command, argument);
}

static int linux_ioctl(int fd, unsigned long request, void *argument)
{
    return ioctl(fd, request, argument);
}

static ssize_t linux_splice(int from, int to, size_t size, unsigned flags)
{
    return splice(from, NULL, to, NULL, size, flags);
}

/* glibc gives flags a type of its own. */
static int linux_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                          struct timespec *timeout)
{
    return recvmmsg(fd, messages, count, flags, timeout);
}

static int linux_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    return sendmmsg(fd, messages, count, flags);
}

/* A relay for another machine is built without libsctp. */
#ifdef SOCKPROOF_WITHOUT_SCTP
#define ITS_SCTP NULL
#else
#define ITS_SCTP (&linux_sctp)
#endif

/* Most kernels have no SCTP, or load it when it is asked for. */
static bool linux_speaks(const struct stack *stack, int protocol)
{
    if (protocol != IPPROTO_SCTP)
        return true;
    int fd = stack->sctp != NULL ? socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP) : -1;
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

const struct stack stack_linux = {
    .name = "linux",
    .speaks = linux_speaks,
    .sctp = ITS_SCTP,
    .socket = socket,
    .socketpair = socketpair,
    .bind = linux_bind,
    .listen = listen,
    .accept = linux_accept,
    .accept4 = linux_accept4,
    .connect = linux_connect,
    .send = send,
    .sendto = linux_sendto,
    .sendmsg = sendmsg,
    .sendmmsg = linux_sendmmsg,
    .sendfile = sendfile,
    .recv = recv,
    .recvfrom = linux_recvfrom,
    .recvmsg = recvmsg,
    .recvmmsg = linux_recvmmsg,
    .splice = linux_splice,
    .read = read,
    .write = write,
    .readv = readv,
    .writev = writev,
    .shutdown = shutdown,
    .close = close,
    .getsockopt = getsockopt,
    .setsockopt = setsockopt,
    .getsockname = linux_getsockname,
    .getpeername = linux_getpeername,
    .fcntl = linux_fcntl,
    .ioctl = linux_ioctl,
    .dup = dup,
    .sockatmark = sockatmark,
    .poll = poll,
    .select = select,
    .ppoll = ppoll,
    .pselect = pselect,
    .epoll_create1 = epoll_create1,
    .epoll_ctl = epoll_ctl,
    .epoll_wait = epoll_wait,
};
