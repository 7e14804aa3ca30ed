/* SPDX-License-Identifier: MIT */
#include "stack/lwip_table.h"

#include "stack/lwip_link.h"

#include <errno.h>
#include <lwip/init.h>
#include <lwip/sockets.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdlib.h>

/* lwIP counts its sockets from 1; as descriptors they must not look like those of the process. */
enum { FIRST = 1000, POLLED_MAX = 64 };

static int inside(int fd)
{
    return fd - FIRST;
}

static int outside(int made)
{
    return made < 0 ? -1 : made + FIRST;
}

static int make_socket(int domain, int type, int protocol)
{
    return outside(lwip_socket(domain, type, protocol));
}

static int bind_to(int fd, const struct sockaddr *addr, socklen_t length)
{
    return lwip_bind(inside(fd), addr, length);
}

static int listen_on(int fd, int backlog)
{
    return lwip_listen(inside(fd), backlog);
}

static int accept_one(int fd, struct sockaddr *addr, socklen_t *length)
{
    return outside(lwip_accept(inside(fd), addr, length));
}

static int connect_to(int fd, const struct sockaddr *addr, socklen_t length)
{
    return lwip_connect(inside(fd), addr, length);
}

static ssize_t send_plain(int fd, const void *data, size_t size, int flags)
{
    return lwip_send(inside(fd), data, size, flags);
}

static ssize_t send_to(int fd, const void *data, size_t size, int flags,
                       const struct sockaddr *addr, socklen_t length)
{
    return lwip_sendto(inside(fd), data, size, flags, addr, length);
}

static ssize_t send_message(int fd, const struct msghdr *message, int flags)
{
    return lwip_sendmsg(inside(fd), message, flags);
}

static ssize_t receive_plain(int fd, void *data, size_t size, int flags)
{
    return lwip_recv(inside(fd), data, size, flags);
}

static ssize_t receive_from(int fd, void *data, size_t size, int flags, struct sockaddr *addr,
                            socklen_t *length)
{
    return lwip_recvfrom(inside(fd), data, size, flags, addr, length);
}

static ssize_t receive_message(int fd, struct msghdr *message, int flags)
{
    return lwip_recvmsg(inside(fd), message, flags);
}

static ssize_t read_plain(int fd, void *data, size_t size)
{
    return lwip_read(inside(fd), data, size);
}

static ssize_t write_plain(int fd, const void *data, size_t size)
{
    return lwip_write(inside(fd), data, size);
}

static ssize_t read_vector(int fd, const struct iovec *iov, int count)
{
    return lwip_readv(inside(fd), iov, count);
}

static ssize_t write_vector(int fd, const struct iovec *iov, int count)
{
    return lwip_writev(inside(fd), iov, count);
}

static int shut_down(int fd, int how)
{
    return lwip_shutdown(inside(fd), how);
}

static int close_one(int fd)
{
    return lwip_close(inside(fd));
}

static int get_option(int fd, int level, int name, void *value, socklen_t *length)
{
    return lwip_getsockopt(inside(fd), level, name, value, length);
}

static int set_option(int fd, int level, int name, const void *value, socklen_t length)
{
    return lwip_setsockopt(inside(fd), level, name, value, length);
}

static int own_name(int fd, struct sockaddr *addr, socklen_t *length)
{
    return lwip_getsockname(inside(fd), addr, length);
}

static int peer_name(int fd, struct sockaddr *addr, socklen_t *length)
{
    return lwip_getpeername(inside(fd), addr, length);
}

static int control(int fd, int command, long argument)
{
    return lwip_fcntl(inside(fd), command, (int)argument);
}

static int control_device(int fd, unsigned long request, void *argument)
{
    return lwip_ioctl(inside(fd), (long)request, argument);
}

static int wait_for(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    struct pollfd within[POLLED_MAX];
    if (count > POLLED_MAX) {
        errno = EINVAL;
        return -1;
    }
    for (nfds_t i = 0; i < count; i++)
        within[i] =
            (struct pollfd){.fd = fds[i].fd < 0 ? -1 : inside(fds[i].fd), .events = fds[i].events};
    int ready = lwip_poll(within, count, timeout_ms);
    for (nfds_t i = 0; i < count; i++)
        fds[i].revents = within[i].revents;
    return ready;
}

/* What lwip_getsockopt, lwip_setsockopt, lwip_fcntl and lwip_ioctl of 2.1.3 look at, as Debian
   builds it, and the flags that its calls do not call unimplemented. */
static const char *const names[] = {"SO_ACCEPTCONN",
                                    "SO_BROADCAST",
                                    "SO_ERROR",
                                    "SO_KEEPALIVE",
                                    "SO_LINGER",
                                    "SO_RCVBUF",
                                    "SO_RCVTIMEO",
                                    "SO_REUSEADDR",
                                    "SO_SNDTIMEO",
                                    "SO_TYPE",
                                    "IP_ADD_MEMBERSHIP",
                                    "IP_DROP_MEMBERSHIP",
                                    "IP_MULTICAST_IF",
                                    "IP_MULTICAST_LOOP",
                                    "IP_MULTICAST_TTL",
                                    "IP_TOS",
                                    "IP_TTL",
                                    "IPV6_CHECKSUM",
                                    "IPV6_JOIN_GROUP",
                                    "IPV6_LEAVE_GROUP",
                                    "IPV6_V6ONLY",
                                    "TCP_KEEPCNT",
                                    "TCP_KEEPIDLE",
                                    "TCP_KEEPINTVL",
                                    "TCP_NODELAY",
                                    "F_GETFL",
                                    "F_SETFL",
                                    "FIONBIO",
                                    "FIONREAD",
                                    "MSG_DONTWAIT",
                                    "MSG_MORE",
                                    "MSG_NOSIGNAL",
                                    "MSG_PEEK",
                                    NULL};

const struct sockproof_stack *lwip_table(uint32_t abi)
{
    static const struct sockproof_stack table = {
        .abi = SOCKPROOF_STACK_ABI,
        .size = sizeof table,
        .version = LWIP_VERSION_STRING,
        .speaks = SOCKPROOF_TCP | SOCKPROOF_UDP | SOCKPROOF_RAW | SOCKPROOF_IPV4 | SOCKPROOF_IPV6,
        .recovery = 4,
        .names = names,
        .begin = lwip_link_begin,
        .socket = make_socket,
        .bind = bind_to,
        .listen = listen_on,
        .accept = accept_one,
        .connect = connect_to,
        .send = send_plain,
        .sendto = send_to,
        .sendmsg = send_message,
        .recv = receive_plain,
        .recvfrom = receive_from,
        .recvmsg = receive_message,
        .read = read_plain,
        .write = write_plain,
        .readv = read_vector,
        .writev = write_vector,
        .shutdown = shut_down,
        .close = close_one,
        .getsockopt = get_option,
        .setsockopt = set_option,
        .getsockname = own_name,
        .getpeername = peer_name,
        .fcntl = control,
        .ioctl = control_device,
        .poll = wait_for,
    };
    return abi == SOCKPROOF_STACK_ABI ? &table : NULL;
}
