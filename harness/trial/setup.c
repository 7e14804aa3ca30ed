/* SPDX-License-Identifier: MIT */
#include "trial/setup.h"

#include "actor/order.h"
#include "stack/ticked.h"
#include "trial/builtin.h"
#include "trial/descriptor.h"
#include "trial/endpoint.h"
#include "trial/examine.h"
#include "trial/group.h"
#include "trial/memory.h"
#include "trial/pending.h"
#include "trial/player.h"
#include "trial/pulse.h"
#include "trial/runprogram.h"
#include "trial/settle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum { SETUP_DEADLINE_US = 10000000, BACKLOG = 128 };

/* A stack of somebody's may fail with no error. */
static const char *error_text(struct trial *trial, const struct call *call)
{
    return call->error != 0
               ? strerror(call->error)
               : trial_text(trial, "it returned %lld and no error", (long long)call->result);
}

/* Does a call of the set-up to its end; the trial is broken when it fails. Returns its result. */
static int64_t make(struct trial *trial, struct pending *pending, enum verb_id verb)
{
    int64_t result = -1;
    struct call *call = pending_call(trial, pending);
    call->verb = verb;
    if (!examine_finish(trial, pending, (uint64_t)(SETUP_DEADLINE_US * trial->stage->slow_factor)))
        trial_broken(trial, CODE_SETUP_FAILED, "the set-up's %s by %s did not end",
                     verb_get(verb)->name, pending->member->name);
    else if (call->result < 0)
        trial_broken(trial, CODE_SETUP_FAILED, "the set-up's %s by %s failed: %s",
                     verb_get(verb)->name, pending->member->name, error_text(trial, call));
    else
        result = call->result;
    if (pending->slot >= 0)
        pending_forget(trial, pending);
    return trial_good(trial) ? result : -1;
}

static struct pending *prepare(struct trial *trial, struct member *member,
                               struct descriptor *descriptor, struct call **call)
{
    struct pending *pending = trial_good(trial) ? pending_new(trial, member, call) : NULL;
    if (pending != NULL && descriptor != NULL) {
        pending->descriptor = descriptor;
        (*call)->fd = descriptor->fd;
        (*call)->datagram = descriptor->message;
    }
    return pending;
}

int setup_socket_type(enum transport transport)
{
    int type = SOCK_RAW;
    if (transport == TRANSPORT_TCP || transport == TRANSPORT_SCTP)
        type = SOCK_STREAM;
    else if (transport == TRANSPORT_UDP)
        type = SOCK_DGRAM;
    return type;
}

static int protocol(const struct variant *variant)
{
    int number = 0;
    if (variant->file->transport == TRANSPORT_RAW)
        number = 253; /* RFC 3692: for experiments */
    else if (variant->file->transport == TRANSPORT_ICMP)
        number = variant->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
    else if (variant->file->transport == TRANSPORT_SCTP)
        number = IPPROTO_SCTP;
    return number;
}

/* The wire has the place of that actor, which makes no calls. */
static bool is_absent(const struct trial *trial, const char *actor)
{
    enum side side = strncmp(actor, "server", 6) == 0 ? SIDE_SERVER : SIDE_CLIENT;
    return trial->variant->absent == side;
}

static struct descriptor *make_socket(struct trial *trial, const char *actor, const char *name)
{
    struct member *member = is_absent(trial, actor) ? NULL : player(trial, actor);
    struct call *call = NULL;
    struct pending *pending = member != NULL ? prepare(trial, member, NULL, &call) : NULL;
    if (pending == NULL)
        return NULL;
    int type = setup_socket_type(trial->variant->file->transport);
    call->in.socket.type.number = type;
    call->in.socket.protocol.number = protocol(trial->variant);
    call->in.socket.domain.number = trial->variant->family;
    int64_t fd = make(trial, pending, VERB_socket);
    return fd < 0 ? NULL : descriptor_add(trial, member, name, (int)fd, type);
}

static void with_address(struct trial *trial, struct descriptor *one, enum verb_id verb,
                         const char *actor)
{
    struct call *call = NULL;
    struct pending *pending =
        one == NULL ? NULL : prepare(trial, (struct member *)one->owner, one, &call);
    if (pending == NULL)
        return;
    struct node name = {
        .kind = NODE_SCALAR, .plain = true, .text = (char *)actor, .length = strlen(actor)};
    struct sockaddr_storage address;
    socklen_t size = endpoint_resolve(trial, &name, &address);
    struct piece *addr = &call->in.socket.addr.piece;
    *addr = memory_new(trial, size);
    if (addr->offset != 0)
        memcpy(memory_at(trial, *addr), &address, size);
    make(trial, pending, verb);
}

static void make_listener(struct trial *trial)
{
    struct descriptor *listener = make_socket(trial, "server", "listener");
    struct call *call = NULL;
    with_address(trial, listener, VERB_bind, "server");
    struct pending *pending =
        listener == NULL ? NULL : prepare(trial, (struct member *)listener->owner, listener, &call);
    if (pending != NULL) {
        call->in.socket.backlog.number =
            trial->variant->file->clients > BACKLOG ? trial->variant->file->clients : BACKLOG;
        make(trial, pending, VERB_listen);
    }
}

static void make_accepted(struct trial *trial)
{
    struct member *server = player(trial, "server");
    struct descriptor *listener = descriptor_find(trial, server, "listener");
    struct call *call = NULL;
    struct pending *pending = prepare(trial, server, listener, &call);
    if (pending == NULL)
        return;
    call->in.socket.listener.number = listener->fd;
    int slot = pending->slot;
    int64_t fd = make(trial, pending, VERB_accept);
    struct descriptor *sock =
        fd < 0 ? NULL : descriptor_add(trial, server, "sock", (int)fd, SOCK_STREAM);
    if (sock != NULL) {
        sock->local = trial->stage->shared->slot[slot].local;
        sock->peer = trial->stage->shared->slot[slot].from;
    }
}

/* Every further client of the case (client2, …) begins with an open socket. */
static void make_others(struct trial *trial)
{
    for (size_t i = 0; i < trial->variant->step_count && trial_good(trial); i++) {
        const char *actor = trial->variant->steps[i].actor;
        struct member *member = NULL;
        if (strncmp(actor, "client", 6) == 0 && strcmp(actor, "clients") != 0 &&
            (member = player(trial, actor)) != NULL &&
            descriptor_find(trial, member, "sock") == NULL)
            make_socket(trial, actor, "sock");
    }
}

static void make_stream(struct trial *trial)
{
    enum setup setup = trial->variant->file->setup;
    struct descriptor *client = NULL, *server = NULL;
    if (setup == SETUP_OPEN || setup == SETUP_BOUND)
        server = make_socket(trial, "server", "sock");
    if (setup == SETUP_LISTENING || setup == SETUP_CONNECTED)
        make_listener(trial);
    if (trial->variant->file->clients > 0 && trial_good(trial)) {
        group_make(trial, protocol(trial->variant));
        return;
    }
    client = make_socket(trial, "client", "sock");
    if (trial->variant->file->transport == TRANSPORT_SCTP && setup >= SETUP_LISTENING)
        with_address(trial, client, VERB_bind, "client"); /* so that it has one address, not all */
    if (setup == SETUP_BOUND) {
        with_address(trial, server, VERB_bind, "server");
        with_address(trial, client, VERB_bind, "client");
    }
    if (setup == SETUP_CONNECTED) {
        with_address(trial, client, VERB_connect, "server");
        if (trial_good(trial))
            make_accepted(trial);
    }
}

static void make_datagram(struct trial *trial)
{
    enum setup setup = trial->variant->file->setup;
    struct descriptor *server = make_socket(trial, "server", "sock");
    struct descriptor *client = make_socket(trial, "client", "sock");
    if (setup == SETUP_BOUND || setup == SETUP_CONNECTED)
        with_address(trial, server, VERB_bind, "server");
    if (setup == SETUP_BOUND)
        with_address(trial, client, VERB_bind, "client");
    if (setup == SETUP_CONNECTED)
        with_address(trial, client, VERB_connect, "server");
}

/* Where a host's addresses are its stack's and the stack is a process, or behind a command, a host
   without one is dead: nothing would refuse what is sent there. */
static void bring_up(struct trial *trial)
{
    if (player(trial, "client") != NULL)
        player(trial, "server");
}

bool setup_make(struct trial *trial)
{
    if (trial->stage->stack->own_address || trial->stage->stack->command != NULL)
        bring_up(trial);
    if (!trial_good(trial))
        return false;
    if (trial->variant->file->setup == SETUP_NONE)
        return true;
    if (setup_socket_type(trial->variant->file->transport) == SOCK_STREAM)
        make_stream(trial);
    else
        make_datagram(trial);
    make_others(trial);
    return trial_good(trial);
}

/* Every descriptor that a case's actor may have pending, named or not: closed by an abort, so that
   nothing lingers on the wire. */
static void close_all(struct trial *trial)
{
    struct cast *cast = &trial->stage->cast;
    for (int i = 0; i < cast->count; i++)
        if (cast->member[i].pid > 0)
            cast_send(&cast->member[i], ORDER_CLEAN);
}

static bool cleaned(const struct cast *cast, const bool *answered)
{
    bool all = true;
    for (int i = 0; i < cast->count; i++)
        all = all && (cast->member[i].pid == 0 || answered[i]);
    return all;
}

/* Waits for every actor's word that it is clean; one that gives none is ended. */
static void await_clean(struct trial *trial)
{
    struct cast *cast = &trial->stage->cast;
    bool answered[ACTOR_MAX] = {false};
    uint64_t end = pulse_us(trial) + SETUP_DEADLINE_US;
    while (!cleaned(cast, answered) && !pulse_past(trial, end)) {
        struct until soon = settle_until(trial, 1000);
        int moved = trial->stage->wire != NULL ? wire_pump(trial->stage->wire, BACKLOG) : 0;
        for (int i = 0; i < cast->count; i++) {
            int number = 0;
            while (cast->member[i].pid > 0 && cast_receive(&cast->member[i], &number) > 0) {
                answered[i] = answered[i] || number == ORDER_CLEAN;
                moved++;
            }
        }
        if (moved == 0)
            settle_idle(trial, &soon);
    }
    for (int i = 0; i < cast->count; i++)
        if (!answered[i])
            cast_kill(&cast->member[i]);
}

void setup_clean(struct trial *trial)
{
    struct cast *cast = &trial->stage->cast;
    runprogram_clean(trial);
    for (int i = 0; i < OPEN_MAX; i++)
        if (trial->calls.open[i].slot >= 0 && !trial->calls.open[i].ended)
            trial->calls.open[i].member->worn = true;
    /* A stack in userspace ends with the case: nothing of it is left, and nothing goes out. */
    for (int i = 0; i < cast->count; i++)
        cast->member[i].worn = cast->member[i].worn || trial->stage->stack->userspace;
    cast_tidy(cast);
    builtin_clean(trial);
    if (trial->stage->wire != NULL)
        wire_clear(trial->stage->wire);
    close_all(trial);
    await_clean(trial);
    if (trial->stage->wire != NULL)
        wire_clear(trial->stage->wire);
    memset(trial->stage->shared->signals, 0, sizeof trial->stage->shared->signals);
    atomic_store(&trial->stage->shared->ticks, 0);
    for (int i = 0; i < ACTOR_MAX; i++)
        atomic_store(&trial->stage->shared->due[i], (uint32_t)TICKED_UNTOLD);
    shared_clear(trial->stage->shared);
    ledger_clear(trial->stage->ledger);
}
