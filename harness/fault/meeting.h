/* SPDX-License-Identifier: MIT */
/*
 * A meeting: a call that a fault may meet, as far as faults look at it, and what they make of it.
 *
 * The calls of scripted actors and of programs meet faults in the same way: whoever stands in front
 * of them fills in a meeting, and says through a small table how the real calls are made: with the
 * stack's for an actor, with the C library's own for a program. Nothing here allocates or locks.
 */
#ifndef SOCKPROOF_FAULT_MEETING_H
#define SOCKPROOF_FAULT_MEETING_H

#include "fault/point.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* A socket as faults know it: what it is, and what they did to it. Shared by all calls on it. */
struct victim {
    int type, family;    /* SOCK_STREAM, AF_INET */
    bool messages;       /* it keeps the boundaries of what is sent, whatever its type (SCTP) */
    _Atomic bool ended;  /* a fault ended the connection: nothing more comes in */
    _Atomic int pending; /* the error that SO_ERROR will tell, of a connect that failed later */
};

/* The real calls, each as its man page. */
struct meeting_calls {
    int (*connect)(int fd, const struct sockaddr *address, socklen_t length);
    int (*getpeername)(int fd, struct sockaddr *address, socklen_t *length);
    int (*getsockopt)(int fd, int level, int name, void *value, socklen_t *length);
    int (*setsockopt)(int fd, int level, int name, const void *value, socklen_t length);
    int (*fcntl)(int fd, int command, long argument);
    int (*shutdown)(int fd, int how);
    int (*close)(int fd); /* and it is forgotten */
    /* True when something waits in fd to be received; NULL: nobody can tell, and nothing does. */
    bool (*queued)(int fd);
    /* Bytes, or room, were left behind: who watches fd for edges is told once more. errno stays. */
    void (*rearm)(int fd);
    /* An interrupted connect of a socket that blocks is there when the call returns, so that the
       next connect meets EISCONN; else it is under way. */
    bool arrives;
};

struct fault;

struct meeting {
    /* What the call is. */
    enum point point;
    int fd;       /* -1: on none */
    int flags;    /* MSG_* */
    bool sends;   /* of what moves: out of the socket */
    bool figures; /* of what asks for a name: it has one in figures, and asks nobody */
    bool placed;  /* of what makes a copy: not at the lowest number that is free */
    bool waits;   /* of what waits: for some time, and not just looking */
    size_t whole; /* bytes that it asks to move; of KIND_MANY messages */
    const struct sockaddr *peer; /* that it names, or NULL */
    socklen_t peer_size;
    int level, option; /* of getsockopt, and its room for the value */
    void *value;
    struct victim *victim; /* its socket, or NULL */
    const struct meeting_calls *calls;

    /* What faults made of it. */
    const struct fault *outcome; /* the one that decided, or NULL */
    size_t left;                 /* no more than so much is to be moved */
    bool refused;                /* the real call is not to be made */
    int64_t answer;              /* what it returns then */
    int error; /* errno then; else the error to give although the call was made; 0: none */
};

/* True when no fault may meet the call: it moves nothing, or only looks into the queue of errors.
 */
static inline bool meeting_passes(const struct meeting *meeting)
{
    return point_moves(point_info(meeting->point)->kind) &&
           (meeting->whole == 0 || (meeting->flags & MSG_ERRQUEUE) != 0);
}

#endif
