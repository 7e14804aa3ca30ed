/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_socket.h"

#include "stack/virtual_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <usrsctp.h>

enum { SOCKET_MAX = 16384 };

static struct socket *sockets[SOCKET_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void put(int fd, struct socket *socket)
{
    pthread_mutex_lock(&lock);
    sockets[fd] = socket;
    pthread_mutex_unlock(&lock);
}

static struct socket *look(int fd)
{
    pthread_mutex_lock(&lock);
    struct socket *socket = fd >= 0 && fd < SOCKET_MAX ? sockets[fd] : NULL;
    pthread_mutex_unlock(&lock);
    return socket;
}

/* The library calls this when a socket may have become ready. */
static void ready(struct socket *socket, void *argument, int flags)
{
    (void)socket;
    (void)argument;
    (void)flags;
    virtual_clock_stir();
}

int usrsctp_socket_add(struct socket *socket)
{
    if (socket == NULL)
        return -1;
    int fd = eventfd(0, EFD_CLOEXEC);
    if (fd >= SOCKET_MAX) {
        close(fd);
        fd = -1;
        errno = EMFILE;
    }
    int error = errno;
    if (fd < 0) {
        usrsctp_close(socket);
        errno = error;
    } else {
        usrsctp_set_upcall(socket, ready, NULL);
        put(fd, socket);
    }
    return fd;
}

struct socket *usrsctp_socket_get(int fd)
{
    struct socket *socket = look(fd);
    if (socket == NULL)
        errno = fcntl(fd, F_GETFD) < 0 ? EBADF : ENOTSOCK;
    return socket;
}

int usrsctp_socket_close(int fd)
{
    struct socket *socket = usrsctp_socket_get(fd);
    if (socket == NULL)
        return errno == ENOTSOCK ? close(fd) : -1;
    put(fd, NULL);
    usrsctp_close(socket);
    close(fd);
    virtual_clock_stir();
    return 0;
}

/* POLLERR is told unasked, as poll(2) does. */
static int events_of(struct pollfd *one)
{
    struct socket *socket = look(one->fd);
    int events = socket != NULL ? usrsctp_get_events(socket) : 0;
    int told = 0;
    if (socket == NULL)
        told = POLLNVAL;
    if (events & SCTP_EVENT_READ)
        told |= POLLIN | POLLRDNORM;
    if (events & SCTP_EVENT_WRITE)
        told |= POLLOUT | POLLWRNORM;
    if (events & SCTP_EVENT_ERROR)
        told |= POLLERR;
    return told & (one->events | POLLERR | POLLNVAL);
}

static int look_at_all(struct pollfd *fds, nfds_t count)
{
    int told = 0;
    for (nfds_t i = 0; i < count; i++) {
        fds[i].revents = (short)(fds[i].fd >= 0 ? events_of(&fds[i]) : 0);
        told += fds[i].revents != 0;
    }
    return told;
}

int usrsctp_socket_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    uint64_t end = virtual_clock_us() + (uint64_t)(timeout_ms > 0 ? timeout_ms : 0) * 1000;
    uint32_t seen = virtual_clock_stirs();
    int told = look_at_all(fds, count);
    while (told == 0 && (timeout_ms < 0 || virtual_clock_us() < end)) {
        virtual_clock_await(seen);
        seen = virtual_clock_stirs();
        told = look_at_all(fds, count);
    }
    return told;
}
