/* SPDX-License-Identifier: MIT */
/*
 * A wrapped call: what a wrapper knows of the call that the program makes, and what the interposer
 * adds to it on the way to the C library. Each belongs to one call of one thread.
 */
#ifndef SOCKPROOF_PRELOAD_WRAPPED_H
#define SOCKPROOF_PRELOAD_WRAPPED_H

#include "fault/meeting.h"
#include "preload/descriptor.h"

#include <netdb.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* What a wrapper does beside asking and passing on. */
enum wrapped_kind {
    WRAPPED_PLAIN,
    WRAPPED_MOVE,
    WRAPPED_MANY,
    WRAPPED_MAKE,
    WRAPPED_PAIR,
    WRAPPED_CONNECT,
    WRAPPED_CLOSE,
    WRAPPED_COPY,
    WRAPPED_CONTROL,
    WRAPPED_OPTION,
    WRAPPED_WAIT,
    WRAPPED_WATCH,
    WRAPPED_NAME_CODE,
    WRAPPED_NAME_POINTER,
    WRAPPED_NAME_R
};

#define WRAPPED_BUFFERS 64

struct wrapped {
    enum wrapped_kind kind;
    struct meeting meeting; /* its point, descriptor, flags, peer, option and whether it waits */
    int other;     /* splice: the other descriptor; copies: the wanted number; control: the command;
                      epoll_ctl: the descriptor that is watched */
    int operation; /* of epoll_ctl */
    size_t *size;
    unsigned *count;              /* messages */
    int *buffers;                 /* iov count that a cut lowers */
    const struct iovec **iov;     /* what a cut replaces */
    const struct msghdr **header; /* the same, in a message */
    struct mmsghdr *vector;
    int *pair;
    unsigned last; /* close_range */
    const struct pollfd *list;
    nfds_t list_count;
    const fd_set *sets[3];
    int set_count;
    bool epoll;
    const struct epoll_event *event;
    void *found;
    int *name_error;

    /* its own */
    struct socket *socket;
    int kept; /* errno before the call */
    bool counted;
    bool starved; /* it finds nothing, and need not look (question.h) */
    struct msghdr cut_header;
    struct iovec cut_iov[WRAPPED_BUFFERS];
    struct msghdr *message; /* the program's own */
};

#endif
