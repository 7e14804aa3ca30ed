/* SPDX-License-Identifier: MIT */
/*
 * A stack: the small table of socket calls of the implementation under test. Whoever exercises
 * a stack goes through this table and nowhere else, so that another implementation, or one that
 * misbehaves on purpose, can stand in its place.
 *
 * Every member behaves as the man page of the call that it is named after: result, errno,
 * blocking, thread safety. An actor process uses one stack for its whole life. A call that the
 * stack does not have is NULL: cases that need it are skipped with that reason.
 */
#ifndef SOCKPROOF_STACK_STACK_H
#define SOCKPROOF_STACK_STACK_H

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

/* The exit status of an actor whose stack could not begin, and of one whose stack has gone. */
enum { STACK_NOT_BEGUN = 126, STACK_LOST = 125 };

struct stack_sctp;
struct plugin;

/* What the harness gives a stack that lives in the actor's process. */
struct stack_world {
    _Atomic uint32_t *ticks; /* the virtual clock, and how far this process has followed it */
    _Atomic uint32_t *done;
    _Atomic uint32_t *due; /* the tick at which this process has something to do next (ticked.h) */
    uint64_t seed;         /* of all its randomness */
    uint16_t udp_port;     /* SCTP is also taken in UDP there (RFC 6951); 0: not */
    /* Of a stack with addresses of its own: this host's and the other's, IPv4 (mapped) and IPv6. */
    struct in6_addr own[2], peer[2];
};

struct stack {
    const char *name; /* "linux": as --stack and baselines say it */
    /* Not the kernel's: threads and timers of the actor's process, which begins with begin and ends
       with the case. A call that blocks sleeps wherever the library likes. */
    bool userspace;
    /* Its timers follow the virtual clock; else they run in real time. */
    bool virtual_time;
    /* It answers for addresses that the kernel of its host does not have. */
    bool own_address;
    /* One process has all of a host: a second one would begin another stack there. */
    bool alone;
    bool lacks_ipv4, lacks_ipv6;
    const char *command;         /* its actors are relays that this starts; NULL: they are here */
    const struct plugin *plugin; /* where its calls come from; NULL: it is of this build */
    /* The socket options, the commands of fcntl and ioctl and the flags of calls that it has, by
       name, NULL terminated; NULL: all of them. */
    const char *const *names;
    /* How much more time than a kernel, whose timers the host profile shortens, it needs to make up
       for what was lost; 0: no more. */
    int recovery;
    /* True when it has that protocol (IPPROTO_TCP, _UDP, _SCTP, _ICMP; _RAW: raw sockets), found
       out by trying where only trying tells. */
    bool (*speaks)(const struct stack *stack, int protocol);
    /* Once in the process, before any other call: false with the reason in why, of size bytes, when
       the stack cannot begin. NULL: nothing to do. */
    bool (*begin)(const struct stack *stack, const struct stack_world *world, char *why,
                  size_t size);
    /* Its version, as baselines name it; NULL: the release of the kernel. Lives as long as the
       stack. */
    const char *(*version)(const struct stack *stack);
    /* Not 0 while something moves in it, in the process in which it has begun; any thread. NULL:
       when all threads sleep nothing moves. */
    int (*busy)(void);
    const struct stack_sctp *sctp; /* NULL: no SCTP beyond the socket calls */
    int (*socket)(int domain, int type, int protocol);
    int (*socketpair)(int domain, int type, int protocol, int pair[2]);
    int (*bind)(int fd, const struct sockaddr *addr, socklen_t length);
    int (*listen)(int fd, int backlog);
    int (*accept)(int fd, struct sockaddr *addr, socklen_t *length);
    int (*accept4)(int fd, struct sockaddr *addr, socklen_t *length, int flags);
    int (*connect)(int fd, const struct sockaddr *addr, socklen_t length);
    ssize_t (*send)(int fd, const void *data, size_t size, int flags);
    ssize_t (*sendto)(int fd, const void *data, size_t size, int flags, const struct sockaddr *addr,
                      socklen_t length);
    ssize_t (*sendmsg)(int fd, const struct msghdr *message, int flags);
    int (*sendmmsg)(int fd, struct mmsghdr *messages, unsigned count, int flags);
    ssize_t (*sendfile)(int fd, int file, off_t *offset, size_t count);
    ssize_t (*recv)(int fd, void *data, size_t size, int flags);
    ssize_t (*recvfrom)(int fd, void *data, size_t size, int flags, struct sockaddr *addr,
                        socklen_t *length);
    ssize_t (*recvmsg)(int fd, struct msghdr *message, int flags);
    int (*recvmmsg)(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout);
    /* One of the two is a socket, the other a pipe (splice(2), both offsets NULL). */
    ssize_t (*splice)(int from, int to, size_t size, unsigned flags);
    ssize_t (*read)(int fd, void *data, size_t size);
    ssize_t (*write)(int fd, const void *data, size_t size);
    ssize_t (*readv)(int fd, const struct iovec *iov, int count);
    ssize_t (*writev)(int fd, const struct iovec *iov, int count);
    int (*shutdown)(int fd, int how);
    int (*close)(int fd);
    int (*getsockopt)(int fd, int level, int name, void *value, socklen_t *length);
    int (*setsockopt)(int fd, int level, int name, const void *value, socklen_t length);
    int (*getsockname)(int fd, struct sockaddr *addr, socklen_t *length);
    int (*getpeername)(int fd, struct sockaddr *addr, socklen_t *length);
    int (*fcntl)(int fd, int command, long argument);
    int (*ioctl)(int fd, unsigned long request, void *argument);
    int (*dup)(int fd);
    int (*sockatmark)(int fd);
    int (*poll)(struct pollfd *fds, nfds_t count, int timeout_ms);
    int (*select)(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
                  struct timeval *timeout);
    int (*ppoll)(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
    int (*pselect)(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
                   const struct timespec *timeout, const sigset_t *mask);
    int (*epoll_create1)(int flags);
    int (*epoll_ctl)(int epfd, int op, int fd, struct epoll_event *event);
    int (*epoll_wait)(int epfd, struct epoll_event *events, int count, int timeout_ms);
};

#endif
