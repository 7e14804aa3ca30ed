/*
 * The gate: what stands between a program and the C library in each wrapper. It asks whether a
 * fault meets the call, does what the fault does, and says whether the real call is still to be
 * made.
 *
 *     struct gate gate = {…};
 *     if (gate_enter(&gate)) value = real call;
 *     return gate_leave(&gate, value);
 *
 * A fault does what the kernel can do (strict) or POSIX allows (lenient): an interrupted connect
 * has connected, an interrupted close has closed, a connection that is reported dead is dead.
 * Nothing here allocates or locks; errno is what the call makes it.
 */
#ifndef SOCKPROOF_PRELOAD_GATE_H
#define SOCKPROOF_PRELOAD_GATE_H

#include "preload/control.h"
#include "preload/descriptor.h"

#include <netdb.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum gate_kind {
    GATE_PLAIN,
    GATE_MOVE,
    GATE_MANY,
    GATE_MAKE,
    GATE_PAIR,
    GATE_CONNECT,
    GATE_CLOSE,
    GATE_COPY,
    GATE_CONTROL,
    GATE_OPTION,
    GATE_WAIT,
    GATE_WATCH,
    GATE_NAME_CODE,
    GATE_NAME_POINTER,
    GATE_NAME_R
};

#define GATE_BUFFERS 64

struct gate {
    enum gate_kind kind;
    enum point point;
    int fd;    /* -1: none */
    int other; /* splice: the other descriptor; copies: the wanted number; control: the command;
                  epoll_ctl: the descriptor that is watched */
    int flags; /* of the call; epoll_ctl: the operation */
    size_t *size;
    unsigned *count;              /* messages, or buffers */
    int *buffers;                 /* iov count that a cut lowers */
    const struct iovec **iov;     /* what a cut replaces */
    const struct msghdr **header; /* the same, in a message */
    struct mmsghdr *vector;
    int *pair;
    const struct sockaddr *address; /* of a connect */
    socklen_t address_size;
    int level, option;
    void *value;
    unsigned last; /* close_range */
    bool waits;    /* may block, as far as its time goes */
    const struct pollfd *list;
    nfds_t list_count;
    const fd_set *sets[3];
    int set_count;
    bool epoll;
    const struct epoll_event *event;
    void *found;
    int *name_error;

    /* the gate's own */
    struct socket *socket;
    enum direction direction;
    size_t whole; /* bytes or messages that the call asks for */
    int kept;     /* errno before the call */
    int report;   /* the error to give although the real call was made; 0: none */
    intptr_t answer;
    bool cut, counted, refused;
    struct msghdr cut_header;
    struct iovec cut_iov[GATE_BUFFERS];
    struct msghdr *message; /* the program's own */
};

/* True when calls are judged here: a plan is armed, or chances are recorded or counted. */
extern bool gate_on;
/* True when a control file is open: what slips past is noted. */
extern bool gate_noting;

/* From now on calls are judged by the plan in control. Before main. */
void gate_open(struct control *control);
/* True when the real call is to be made. */
bool gate_enter(struct gate *gate);
/* What the wrapper returns, given what the real call did (anything when it was not made). */
intptr_t gate_leave(struct gate *gate, intptr_t value);
/* True for a time of zero: a call with it cannot block. NULL is no time. */
bool no_time(const struct timespec *timeout);

#endif
