/* SPDX-License-Identifier: MIT */
/*
 * What a stack of your own hands to sockproof (ABI 1): docs/YOUR-STACK.md tells how to begin.
 *
 * A shared object exports one symbol:
 *
 *     const struct sockproof_stack *sockproof_stack(uint32_t abi);
 *
 * It returns its table for that ABI, or NULL when it knows none. Nothing may run before begin: the
 * table is also read in a process that only asks what the stack has, and ends.
 *
 * Every call behaves as the man page of its namesake: result, errno, blocking, thread safety; any
 * thread may call, and one that waits sleeps. Constants, structures and errno are those of the C
 * library (Linux, this machine). Descriptors are numbers of your own; they need not be the
 * kernel's. A call that you do not have is NULL: cases that need it are skipped with that reason.
 *
 * Each host of a case is a process of its own, which ends with the case: what you keep in static
 * storage is fresh each time, and nothing has to be tidied up. What the process prints is kept as
 * its last words, and is shown when it ends before its time.
 */
#ifndef SOCKPROOF_STACK_H
#define SOCKPROOF_STACK_H

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SOCKPROOF_STACK_ABI 1

/* Among names: sendmsg takes and recvmsg gives control data, of types that are named as well. */
#define SOCKPROOF_CONTROL "control data"

/* What it speaks: sockets of these protocols, over these versions of IP. */
enum sockproof_speaks {
    SOCKPROOF_TCP = 1,
    SOCKPROOF_UDP = 2,
    SOCKPROOF_RAW = 4,
    SOCKPROOF_ICMP = 8, /* sockets of SOCK_DGRAM and IPPROTO_ICMP */
    SOCKPROOF_IPV4 = 256,
    SOCKPROOF_IPV6 = 512
};

/* How it lives. */
enum sockproof_trait {
    /* It uses the sockets of the kernel of its host, and so the kernel's addresses: it gets no
       link. Without this trait it has addresses of its own, and all that is sent to them is its. */
    SOCKPROOF_KERNEL_ADDRESSES = 1
};

/* The packet link: one Ethernet frame to a read or a write, blocking. There is no ARP and no
   neighbour discovery to wait for: the other host is always at peer_mac. Checksums are not filled
   in for you, and those of what arrives are as they were sent. */
struct sockproof_link {
    int fd; /* yours from begin on; -1 with SOCKPROOF_KERNEL_ADDRESSES */
    uint32_t mtu;
    uint8_t own_mac[6], peer_mac[6];
};

/* What the harness gives. It grows at its end: read no further than size. It stays where it is. */
struct sockproof_world {
    uint32_t size;
    uint32_t reserved;
    struct sockproof_link link;
    struct in_addr own4, peer4;  /* of a /24 */
    struct in6_addr own6, peer6; /* of a /64 */
    uint64_t seed;        /* of all that you leave to chance: the same in every run with one seed */
    const char *argument; /* what stands behind the comma of --stack NAME=so:FILE,ARGUMENT; or "" */
};

/* The table. It grows at its end: members beyond size are NULL. */
struct sockproof_stack {
    uint32_t abi;        /* SOCKPROOF_STACK_ABI */
    uint32_t size;       /* sizeof(struct sockproof_stack), as you know it */
    const char *version; /* as reports and baselines name it: "2.1.3" */
    uint32_t speaks;     /* enum sockproof_speaks, or-ed */
    uint32_t traits;     /* enum sockproof_trait, or-ed */
    /* How many times the time of a kernel it takes to make up for what was lost: the kernel's
       timers are shortened, yours are not; 0: no more. */
    int32_t recovery;
    uint32_t reserved;
    /* The socket options, the commands of fcntl and ioctl and the flags of calls that you have, by
       name ("SO_ERROR", "F_GETFL", "MSG_PEEK"), NULL terminated; NULL: all of them. With
       SOCKPROOF_CONTROL among them they are also the types of control data that you have. */
    const char *const *names;
    /* Once in each process, before any other call: 0; or -1 with a sentence in why, of room bytes,
       and the case is broken for that reason. */
    int (*begin)(const struct sockproof_world *world, char *why, size_t room);

    /* These must be there. */
    int (*socket)(int domain, int type, int protocol);
    int (*bind)(int fd, const struct sockaddr *addr, socklen_t length);
    int (*listen)(int fd, int backlog);
    int (*accept)(int fd, struct sockaddr *addr, socklen_t *length);
    int (*connect)(int fd, const struct sockaddr *addr, socklen_t length);
    ssize_t (*sendto)(int fd, const void *data, size_t size, int flags, const struct sockaddr *addr,
                      socklen_t length);
    ssize_t (*recvfrom)(int fd, void *data, size_t size, int flags, struct sockaddr *addr,
                        socklen_t *length);
    int (*shutdown)(int fd, int how);
    int (*close)(int fd);
    int (*getsockopt)(int fd, int level, int name, void *value, socklen_t *length);
    int (*setsockopt)(int fd, int level, int name, const void *value, socklen_t length);
    int (*getsockname)(int fd, struct sockaddr *addr, socklen_t *length);
    int (*getpeername)(int fd, struct sockaddr *addr, socklen_t *length);
    int (*fcntl)(int fd, int command, long argument);
    int (*poll)(struct pollfd *fds, nfds_t count, int timeout_ms);

    /* These are made of sendto and recvfrom where they are NULL. */
    ssize_t (*send)(int fd, const void *data, size_t size, int flags);
    ssize_t (*recv)(int fd, void *data, size_t size, int flags);
    ssize_t (*read)(int fd, void *data, size_t size);
    ssize_t (*write)(int fd, const void *data, size_t size);
    ssize_t (*readv)(int fd, const struct iovec *iov, int count);
    ssize_t (*writev)(int fd, const struct iovec *iov, int count);

    /* These are missing where they are NULL. */
    ssize_t (*sendmsg)(int fd, const struct msghdr *message, int flags);
    ssize_t (*recvmsg)(int fd, struct msghdr *message, int flags);
    int (*accept4)(int fd, struct sockaddr *addr, socklen_t *length, int flags);
    int (*ioctl)(int fd, unsigned long request, void *argument);
    int (*dup)(int fd);
    int (*sockatmark)(int fd);
    int (*socketpair)(int domain, int type, int protocol, int pair[2]);
    int (*select)(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
                  struct timeval *timeout);
    int (*ppoll)(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
    int (*epoll_create1)(int flags);
    int (*epoll_ctl)(int epfd, int op, int fd, struct epoll_event *event);
    int (*epoll_wait)(int epfd, struct epoll_event *events, int count, int timeout_ms);

    /* Whether something moves: 0 where nothing does, and nothing will until a call or a frame comes
       or a timer of yours is over. What moves is: a frame from before you take it off the link,
       bytes on their way to a socket, a call from before its thread is woken. For a stack whose
       threads poll without end; where it is NULL, nothing moves when all threads sleep. Called by a
       thread of the harness, often, at any time behind begin; it must not wait. The link is looked
       at for you before each call. */
    int (*busy)(void);
    /* The time, for a stack that lives by the clock of the harness: does all that is due up to
       now_us (segments are sent again, waits with a limit end), and returns when the next thing is,
       or UINT64_MAX where nothing is. Both in microseconds since begin, when it is 0. Time stands
       still while anything moves: it goes on when nothing does and a call or a step of the case
       waits, by 10 ms, and from then on at once to what you have told, until something moves; it
       never goes back. What a call or a frame makes due you tell the next time. So a minute lasts
       as long as its packets take. All that has a limit must live by it: SO_RCVTIMEO, poll,
       timers. Called by a thread of the harness, one call at a time, behind begin; it must not
       wait. Where it is NULL, time is the machine's. */
    uint64_t (*tick)(uint64_t now_us);
};

/* What the object exports: its table for that ABI, in static storage, or NULL. Asked before begin,
   and in a process of its own. */
const struct sockproof_stack *sockproof_stack(uint32_t abi);

#ifdef __cplusplus
}
#endif

#endif
