#include "preload/enact.h"

#include "preload/fits.h"
#include "preload/real.h"
#include "preload/rearm.h"
#include "preload/wrapper.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <time.h>

/* A real RST to the peer: an AF_UNSPEC connect aborts a connected TCP socket (connect(2)). The
   error that the kernel keeps for the next call is taken away: this call tells it. */
static void abort_connection(struct gate *gate)
{
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    int error = 0;
    socklen_t size = sizeof error;
    REAL(connect)(gate->fd, &nowhere, sizeof nowhere);
    REAL(getsockopt)(gate->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    atomic_store(&gate->socket->ended, true);
}

static void refuse(struct gate *gate, intptr_t answer, int error)
{
    gate->refused = true;
    gate->answer = answer;
    errno = error != 0 ? error : gate->kept;
}

static int code_of(int error)
{
    int code = EAI_SYSTEM;
    if (error == EAGAIN)
        code = EAI_AGAIN;
    else if (error == ENOENT)
        code = EAI_NONAME;
    else if (error == ENOMEM)
        code = EAI_MEMORY;
    return code;
}

static int host_code(int error)
{
    return error == ENOENT ? HOST_NOT_FOUND : error == EAGAIN ? TRY_AGAIN : NO_RECOVERY;
}

static void refuse_name(struct gate *gate, int error)
{
    if (gate->kind == GATE_NAME_CODE) {
        refuse(gate, code_of(error), error);
    } else if (gate->kind == GATE_NAME_POINTER) {
        h_errno = host_code(error);
        refuse(gate, (intptr_t)NULL, error);
    } else {
        *(void **)gate->found = NULL;
        *gate->name_error = host_code(error);
        refuse(gate, error == ENOENT ? 0 : error, error);
    }
}

static bool nonblocking(int fd)
{
    return (REAL(fcntl)(fd, F_GETFL, NULL) & O_NONBLOCK) != 0;
}

/* An interrupted connect goes on in the kernel. One that does not block learns later, from
   SO_ERROR, what became of it. True when the real call is to be made. */
static bool fail_connect(struct gate *gate, int error)
{
    bool later = gate->socket->type == SOCK_STREAM && error != EADDRNOTAVAIL && error != EACCES &&
                 error != EPERM && error != EAGAIN && nonblocking(gate->fd);
    if (error == EINTR) {
        gate->report = EINTR;
        return true;
    }
    if (later) {
        atomic_store(&gate->socket->pending, error);
        refuse(gate, -1, EINPROGRESS);
        rearm_edge(gate->fd);
    } else {
        refuse(gate, -1, error);
    }
    return false;
}

/* Errors of calls that move bytes. A broken pipe is left to the kernel, for the sake of its signal.
 */
static bool fail_move(struct gate *gate, int error)
{
    bool dead = fits_fatal(error) && gate->socket->type == SOCK_STREAM;
    bool internet = gate->socket->family == AF_INET || gate->socket->family == AF_INET6;
    if (dead && internet)
        abort_connection(gate);
    else if (dead)
        REAL(shutdown)(gate->fd, SHUT_RDWR);
    if (error == EPIPE && dead && gate->direction == DIRECTION_OUT)
        return true;
    if (error == EAGAIN || error == EINTR)
        rearm_edge(gate->fd);
    refuse(gate, -1, error);
    return false;
}

static bool fail(struct gate *gate, int error)
{
    bool go = false;
    switch (gate->kind) {
    case GATE_NAME_CODE:
    case GATE_NAME_POINTER:
    case GATE_NAME_R:
        refuse_name(gate, error);
        break;
    case GATE_CONNECT:
        go = fail_connect(gate, error);
        break;
    case GATE_MOVE:
    case GATE_MANY:
        go = fail_move(gate, error);
        break;
    case GATE_CLOSE:
        gate->report = error;
        go = true;
        break;
    case GATE_MAKE:
        /* The connection that is aborted is one that was there. */
        go = error == ECONNABORTED;
        gate->report = go ? error : 0;
        if (go)
            break;
        rearm_edge(gate->fd);
        refuse(gate, -1, error);
        break;
    case GATE_PLAIN:
    case GATE_PAIR:
    case GATE_COPY:
    case GATE_CONTROL:
    case GATE_OPTION:
    case GATE_WAIT:
    case GATE_WATCH:
        refuse(gate, -1, error);
        break;
    }
    return go;
}

/* As many of the buffers as hold size bytes, the last one shortened; at most as many as the gate
   has room for, which is a shorter cut. */
static size_t cut_buffers(struct gate *gate, const struct iovec *iov, size_t count, size_t size)
{
    size_t kept = 0;
    for (; kept < count && kept < GATE_BUFFERS && size > 0; kept++) {
        gate->cut_iov[kept] = iov[kept];
        if (iov[kept].iov_len > size)
            gate->cut_iov[kept].iov_len = size;
        size -= gate->cut_iov[kept].iov_len;
    }
    return kept;
}

void enact_cut(struct gate *gate, size_t size)
{
    gate->cut = true;
    if (gate->size != NULL) {
        *gate->size = size;
    } else if (gate->count != NULL) {
        *gate->count = (unsigned)size;
    } else if (gate->iov != NULL) {
        *gate->buffers = (int)cut_buffers(gate, *gate->iov, (size_t)*gate->buffers, size);
        *gate->iov = gate->cut_iov;
    } else {
        gate->cut_header = *gate->message;
        gate->cut_header.msg_iovlen =
            cut_buffers(gate, gate->message->msg_iov, gate->message->msg_iovlen, size);
        gate->cut_header.msg_iov = gate->cut_iov;
        *gate->header = &gate->cut_header;
    }
}

/* The peer closes: nothing more comes in, and what is sent finds nobody. */
static bool end_connection(struct gate *gate)
{
    REAL(shutdown)(gate->fd, SHUT_RDWR);
    atomic_store(&gate->socket->ended, true);
    if (gate->direction == DIRECTION_OUT)
        return true;
    refuse(gate, 0, 0);
    return false;
}

static void delay(int64_t us)
{
    struct timespec time = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    REAL(ppoll)(NULL, 0, &time, NULL);
}

bool enact(struct gate *gate, const struct fault *fault)
{
    bool go = true;
    switch (fault->action) {
    case FAULT_ERRNO:
        go = fail(gate, (int)fault->argument);
        break;
    case FAULT_CAP:
        enact_cut(gate, (size_t)fault->argument);
        break;
    case FAULT_RESET:
        abort_connection(gate);
        refuse(gate, -1, ECONNRESET);
        go = false;
        break;
    case FAULT_EOF:
        go = end_connection(gate);
        break;
    case FAULT_DROP: /* accepted, and never sent */
        refuse(gate, (intptr_t)gate->whole, 0);
        go = false;
        break;
    case FAULT_DELAY:
        delay(fault->argument);
        break;
    case FAULT_CLOSE: /* as another thread of the program might, just before the call */
        descriptor_forget((unsigned)gate->fd, (unsigned)gate->fd);
        REAL(close)(gate->fd);
        refuse(gate, -1, EBADF);
        go = false;
        break;
    case FAULT_NONE:
    case FAULT_COUNT:
        break;
    }
    return go;
}

bool enact_ended(struct gate *gate)
{
    bool ended = gate->socket != NULL && atomic_load(&gate->socket->ended) &&
                 gate->direction == DIRECTION_IN && gate->kind == GATE_MOVE;
    if (ended)
        refuse(gate, 0, 0);
    return ended;
}

/* A pending error is told once, and then the socket is as after a connect that failed. */
static void tell_pending(struct gate *gate)
{
    bool asked = gate->kind == GATE_OPTION && gate->socket != NULL && gate->level == SOL_SOCKET &&
                 gate->option == SO_ERROR && gate->value != NULL;
    int pending = asked ? atomic_exchange(&gate->socket->pending, 0) : 0;
    if (pending != 0)
        *(int *)gate->value = pending;
}

intptr_t enact_after(struct gate *gate, intptr_t value, int *error)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    intptr_t result = value;
    tell_pending(gate);
    if (gate->report == EINTR && gate->kind == GATE_CONNECT) {
        /* A connect that failed for real says so. */
        bool going = value == 0 || *error == EINPROGRESS;
        *error = going ? EINTR : *error;
        result = -1;
    } else if (gate->report == ECONNABORTED && value >= 0) {
        REAL(setsockopt)((int)value, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        descriptor_forget((unsigned)value, (unsigned)value);
        REAL(close)((int)value);
        *error = gate->report;
        result = -1;
    } else if (gate->report != 0 && value == 0) {
        *error = gate->report;
        result = -1;
    }
    return result;
}
