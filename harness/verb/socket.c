/* SPDX-License-Identifier: MIT */
/* The verbs that make, join, name and end sockets. */
#include "trial/aside.h"
#include "trial/descriptor.h"
#include "trial/endpoint.h"
#include "trial/memory.h"
#include "trial/pending.h"
#include "verb/ops.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What a socketpair's two descriptors are before the call: no descriptor, and not -1. */
enum { PAIR_MARK = -77 };

/* The call ended well, and the case can name what came of it. */
static bool made(const struct trial *trial, const struct pending *pending)
{
    return pending->step != NULL && pending_call(trial, pending)->result >= 0;
}

/* --- socket and socketpair ---------------------------------------------------------------- */

static int64_t raw_protocol(const struct variant *variant)
{
    int64_t number = 253; /* RFC 3692: for experiments */
    if (variant->file->transport == TRANSPORT_ICMP)
        number = variant->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
    return number;
}

static void prepare_socket(const struct preparation *p)
{
    struct socket_in *in = &p->call->in.socket;
    const struct variant *variant = p->trial->variant;
    if (p->step->param[2] == NULL)
        in->domain.number = variant->family;
    if (p->step->param[1] == NULL && (in->type.number & 15) == SOCK_RAW)
        in->protocol.number = raw_protocol(variant);
    else if (p->step->param[1] == NULL && variant->file->transport == TRANSPORT_SCTP)
        in->protocol.number = IPPROTO_SCTP;
}

/* packet(7): in network byte order. */
static int protocol_of(const struct socket_in *in)
{
    return in->domain.number == AF_PACKET ? htons((uint16_t)in->protocol.number)
                                          : (int)in->protocol.number;
}

static int64_t perform_socket(struct act *act)
{
    const struct socket_in *in = &act->call->in.socket;
    struct meeting meeting = gate_at(act, POINT_socket);
    return GATED(act, &meeting,
                 act->stack->socket((int)in->domain.number, (int)in->type.number, protocol_of(in)));
}

static void end_socket(struct trial *trial, struct pending *pending)
{
    const struct socket_in *in = &pending_call(trial, pending)->in.socket;
    struct descriptor *one =
        made(trial, pending) ? descriptor_made(trial, pending, (int)in->type.number) : NULL;
    if (one != NULL) {
        one->domain = (int)in->domain.number;
        one->protocol = (int)in->protocol.number;
    }
}

static const struct account account_socket = {NULL, end_socket};

OPS(socket, prepare_socket, perform_socket, any_success, &account_socket, no_value);

static void prepare_socketpair(const struct preparation *p)
{
    if (p->step->param[2] == NULL)
        p->call->in.socket.domain.number = AF_UNIX;
    p->call->out = memory_new(p->trial, 2 * sizeof(int));
}

/* The pair goes to out; it holds PAIR_MARK before, so that a pair left as it was can be told. */
static int64_t perform_socketpair(struct act *act)
{
    const struct socket_in *in = &act->call->in.socket;
    int *pair = shared_at(act->actor->shared, act->call->out);
    pair[0] = pair[1] = PAIR_MARK;
    struct meeting meeting = gate_at(act, POINT_socketpair);
    act->call->size = 2 * sizeof *pair;
    return GATED(act, &meeting,
                 act->stack->socketpair((int)in->domain.number, (int)in->type.number,
                                        (int)in->protocol.number, pair));
}

/* Neither has an address by which its peer could know it: the ledger knows them by names of ours.
   What is sent between them keeps its boundaries by the type, whatever the case's transport. */
static void join_pair(struct trial *trial, struct descriptor *one, struct descriptor *other)
{
    const struct sockaddr_storage left = endpoint_of_pair(one->socket);
    const struct sockaddr_storage right = endpoint_of_pair(other->socket);
    one->message = other->message = one->type != SOCK_STREAM;
    if (!one->message) {
        aside_joined(trial, one, &left, &right);
        aside_joined(trial, other, &right, &left);
    }
}

/* Two descriptors at once. */
static void end_socketpair(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    const struct node *as = pending->step != NULL ? pending->step->modifier[MODIFIER_as] : NULL;
    const struct node *first = as != NULL ? as->first : NULL;
    const int *pair = memory_at(trial, call->out);
    int type = (int)call->in.socket.type.number;
    if (call->result != 0)
        return;
    struct descriptor *one =
        descriptor_add(trial, pending->member, first != NULL ? first->text : "sock", pair[0], type);
    struct descriptor *other = descriptor_add(
        trial, pending->member, first != NULL ? first->next->text : "other", pair[1], type);
    if (one != NULL && other != NULL)
        join_pair(trial, one, other);
}

/* What a failing socketpair did to the pair is a question of its own. */
static json_t *value_socketpair(const struct trial *trial, const struct call *call)
{
    const int *pair = memory_at(trial, call->out);
    bool left = pair[0] == PAIR_MARK && pair[1] == PAIR_MARK;
    return json_string(left ? "unmodified" : "made");
}

static const struct account account_socketpair = {NULL, end_socketpair};

OPS(socketpair, prepare_socketpair, perform_socketpair, any_success, &account_socketpair,
    value_socketpair);

/* --- bind, listen, accept, connect -------------------------------------------------------- */

static int64_t perform_bind(struct act *act)
{
    const struct argument *addr = &act->call->in.socket.addr;
    struct meeting meeting = gate_at(act, POINT_bind);
    int64_t result =
        GATED(act, &meeting,
              act->stack->bind(act->call->fd, act_bytes(act, addr), (socklen_t)addr->piece.size));
    if (!meeting.refused)
        act_note_local(act, act->call->fd);
    return result;
}

static void end_bind(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    if (pending->descriptor == NULL || call->local_size == 0)
        return;
    pending->descriptor->local = call->local;
    descriptor_share(trial, pending->descriptor);
}

static const struct account account_bind = {NULL, end_bind};

OPS(bind, prepare_nothing, perform_bind, any_success, &account_bind, no_value);

static int64_t perform_listen(struct act *act)
{
    struct meeting meeting = gate_at(act, POINT_listen);
    return GATED(act, &meeting,
                 act->stack->listen(act->call->fd, (int)act->call->in.socket.backlog.number));
}

OPS(listen, prepare_nothing, perform_listen, any_success, &account_nothing, no_value);

static int64_t perform_accept(struct act *act)
{
    struct call *call = act->call;
    struct sockaddr *from = (struct sockaddr *)&call->from;
    int flags = (int)call->in.socket.flags.number;
    call->fd = (int)call->in.socket.listener.number;
    call->from_size = sizeof call->from;
    struct meeting meeting = gate_at(act, POINT_accept);
    int64_t fd = GATED(act, &meeting,
                       call->verb == VERB_accept4
                           ? act->stack->accept4(call->fd, from, &call->from_size, flags)
                           : act->stack->accept(call->fd, from, &call->from_size));
    if (fd >= 0)
        act_note_local(act, (int)fd);
    return fd;
}

static const struct descriptor *listener_of(const struct trial *trial,
                                            const struct pending *pending)
{
    const struct descriptor *found = NULL;
    int fd = (int)pending_call(trial, pending)->in.socket.listener.number;
    for (size_t i = 0; i < trial->names.descriptor_count && found == NULL; i++) {
        const struct descriptor *one = &trial->names.descriptors[i];
        if (one->owner == pending->member && one->fd == fd && one != pending->descriptor)
            found = one;
    }
    return found;
}

static void end_accept(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    struct descriptor *one =
        made(trial, pending) ? descriptor_made(trial, pending, SOCK_STREAM) : NULL;
    if (one == NULL)
        return;
    const struct descriptor *listener = listener_of(trial, pending);
    if (listener != NULL) { /* a new socket is like its listener, but for what it is joined to */
        one->peeks = listener->peeks;
        one->peek_from = listener->peek_from;
    }
    aside_joined(trial, one, &call->local, &call->from);
}

static const struct account account_accept = {NULL, end_accept};

OPS(accept, prepare_nothing, perform_accept, any_success, &account_accept, no_value);
OPS(accept4, prepare_nothing, perform_accept, any_success, &account_accept, no_value);

static int64_t perform_connect(struct act *act)
{
    const struct argument *addr = &act->call->in.socket.addr;
    const struct sockaddr *where = act_bytes(act, addr);
    socklen_t size = (socklen_t)addr->piece.size;
    struct meeting meeting = gate_at(act, POINT_connect);
    meeting.peer = where;
    meeting.peer_size = size;
    int64_t result = GATED(act, &meeting, act->stack->connect(act->call->fd, where, size));
    if (size <= sizeof act->call->from) {
        memcpy(&act->call->from, where, size);
        act->call->from_size = size;
    }
    act_note_local(act, act->call->fd);
    return result;
}

static void end_connect(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    struct descriptor *one = pending->descriptor;
    bool connected = call->result == 0 || call->error == EINPROGRESS || call->error == EINTR;
    if (one == NULL)
        return;
    if (call->local_size > 0)
        one->local = call->local;
    if (connected)
        aside_joined(trial, one, &one->local, &call->from);
}

static const struct account account_connect = {NULL, end_connect};

OPS(connect, prepare_nothing, perform_connect, any_success, &account_connect, no_value);

/* --- shutdown, close, dup ------------------------------------------------------------------ */

static int64_t perform_shutdown(struct act *act)
{
    struct meeting meeting = gate_at(act, POINT_shutdown);
    return GATED(act, &meeting,
                 act->stack->shutdown(act->call->fd, (int)act->call->in.socket.how.number));
}

OPS(shutdown, prepare_nothing, perform_shutdown, any_success, &account_nothing, no_value);

static int64_t perform_close(struct act *act)
{
    act->call->fd = (int)act->call->in.socket.fd.number;
    struct meeting meeting = gate_at(act, POINT_close);
    return GATED(act, &meeting, act->stack->close(act->call->fd));
}

static void end_close(struct trial *trial, struct pending *pending)
{
    if (pending->descriptor != NULL && pending_call(trial, pending)->result == 0)
        pending->descriptor->closed = true;
}

static const struct account account_close = {NULL, end_close};

OPS(close, prepare_nothing, perform_close, any_success, &account_close, no_value);

static int64_t perform_dup(struct act *act)
{
    act->call->fd = (int)act->call->in.socket.fd.number;
    struct meeting meeting = gate_at(act, POINT_dup);
    return GATED(act, &meeting, act->stack->dup(act->call->fd));
}

static void end_dup(struct trial *trial, struct pending *pending)
{
    if (made(trial, pending))
        descriptor_doubled(trial, pending);
}

static const struct account account_dup = {NULL, end_dup};

OPS(dup, prepare_nothing, perform_dup, any_success, &account_dup, no_value);

/* --- names, and the mark ------------------------------------------------------------------- */

static int64_t perform_getsockname(struct act *act)
{
    struct call *call = act->call;
    call->fd = (int)call->in.socket.fd.number;
    call->from_size = sizeof call->from;
    struct meeting meeting = gate_at(act, POINT_getsockname);
    return GATED(
        act, &meeting,
        act->stack->getsockname(call->fd, (struct sockaddr *)&call->from, &call->from_size));
}

OPS(getsockname, prepare_nothing, perform_getsockname, any_success, &account_nothing, no_value);

static int64_t perform_getpeername(struct act *act)
{
    struct call *call = act->call;
    call->fd = (int)call->in.socket.fd.number;
    call->from_size = sizeof call->from;
    struct meeting meeting = gate_at(act, POINT_getpeername);
    return GATED(
        act, &meeting,
        act->stack->getpeername(call->fd, (struct sockaddr *)&call->from, &call->from_size));
}

OPS(getpeername, prepare_nothing, perform_getpeername, any_success, &account_nothing, no_value);

static int64_t perform_sockatmark(struct act *act)
{
    act->call->fd = (int)act->call->in.socket.fd.number;
    struct meeting meeting = gate_at(act, POINT_sockatmark);
    return GATED(act, &meeting, act->stack->sockatmark(act->call->fd));
}

OPS(sockatmark, prepare_nothing, perform_sockatmark, any_success, &account_nothing, no_value);
