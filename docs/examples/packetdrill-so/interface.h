/* SPDX-License-Identifier: MIT */
/*
 * The interface that packetdrill has for stacks in shared objects: the object exports
 * packetdrill_interface_init(), which fills in what it has. Each member gets `of` first; the others
 * are those of the call that it is named after.
 */
#ifndef PACKETDRILL_SO_INTERFACE_H
#define PACKETDRILL_SO_INTERFACE_H

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

/* What an adapter fills in: the members and their order are the interface. What it leaves alone
   stays NULL. */
struct packetdrill_interface {
    void *of;
    void (*end)(void *of);
    int (*socket)(void *of, int domain, int type, int protocol);
    int (*bind)(void *of, int fd, const struct sockaddr *addr, socklen_t length);
    int (*listen)(void *of, int fd, int backlog);
    int (*accept)(void *of, int fd, struct sockaddr *addr, socklen_t *length);
    int (*connect)(void *of, int fd, const struct sockaddr *addr, socklen_t length);
    ssize_t (*read)(void *of, int fd, void *data, size_t size);
    ssize_t (*readv)(void *of, int fd, const struct iovec *iov, int count);
    ssize_t (*recv)(void *of, int fd, void *data, size_t size, int flags);
    ssize_t (*recvfrom)(void *of, int fd, void *data, size_t size, int flags, struct sockaddr *addr,
                        socklen_t *length);
    ssize_t (*recvmsg)(void *of, int fd, struct msghdr *message, int flags);
    ssize_t (*write)(void *of, int fd, const void *data, size_t size);
    ssize_t (*writev)(void *of, int fd, const struct iovec *iov, int count);
    ssize_t (*send)(void *of, int fd, const void *data, size_t size, int flags);
    ssize_t (*sendto)(void *of, int fd, const void *data, size_t size, int flags,
                      const struct sockaddr *addr, socklen_t length);
    ssize_t (*sendmsg)(void *of, int fd, const struct msghdr *message, int flags);
    int (*fcntl)(void *of, int fd, int command, ...);
    int (*ioctl)(void *of, int fd, unsigned long request, ...);
    int (*close)(void *of, int fd);
    int (*shutdown)(void *of, int fd, int how);
    int (*getsockopt)(void *of, int fd, int level, int name, void *value, socklen_t *length);
    int (*setsockopt)(void *of, int fd, int level, int name, const void *value, socklen_t length);
    int (*poll)(void *of, struct pollfd *fds, nfds_t count, int timeout_ms);
    /* A packet, from the header of IP on, goes into the stack: 0 or -1. */
    int (*netdev_send)(void *of, const void *packet, size_t size);
    /* Waits for the next packet that leaves it; *size is the room, and then the packet's. */
    int (*netdev_receive)(void *of, void *packet, size_t *size, long long *when_us);
    int (*usleep)(void *of, useconds_t us);
    int (*gettimeofday)(void *of, struct timeval *now, struct timezone *zone);
    int (*epoll_create)(void *of, int size);
    int (*epoll_ctl)(void *of, int epfd, int op, int fd, struct epoll_event *event);
    int (*epoll_wait)(void *of, int epfd, struct epoll_event *events, int count, int timeout_ms);
    int (*pipe)(void *of, int pair[2]);
    int (*splice)(void *of, int from, loff_t *at, int to, loff_t *there, size_t size,
                  unsigned flags);
};

/* packetdrill_interface_init(): flags are the words of --so_flags. */
typedef void initialise(const char *flags, struct packetdrill_interface *interface);

#endif
