/* SPDX-License-Identifier: MIT */
/* The verb that says that nothing has come: a look at the socket, and where no wire shows that
   nothing is on its way, a mark that must be the first to arrive. */
#include "trial/descriptor.h"
#include "trial/endpoint.h"
#include "trial/found.h"
#include "trial/memory.h"
#include "trial/pending.h"
#include "trial/player.h"
#include "trial/settle.h"
#include "verb/ops.h"

#include <errno.h>
#include <string.h>

enum { ASK_US = 10000000 };

static struct piece address_of(struct trial *trial, const struct descriptor *one)
{
    socklen_t size =
        one->local.ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    struct piece piece = memory_new(trial, size);
    if (piece.offset != 0)
        memcpy(memory_at(trial, piece), &one->local, size);
    return piece;
}

/* One plain call on a socket, to its end; to: where an unconnected one sends. */
static const struct call *ask(struct trial *trial, const struct descriptor *one, enum verb_id verb,
                              struct piece data, const struct descriptor *to)
{
    struct call *call = NULL;
    struct pending *pending = pending_new(trial, (struct member *)one->owner, &call);
    if (pending == NULL)
        return NULL;
    call->verb = verb;
    call->fd = one->fd;
    if (data.offset != 0)
        call->in.data = (struct data_in){.data = {0, data}, .len = {(int64_t)data.size, {0, 0}}};
    call->out = data;
    call->asked = one->peeks;
    if (to != NULL && one->peer.ss_family == 0)
        call->crafted_to = address_of(trial, to);
    bool ended = pending_dispatch(trial, pending) && settle_wait(trial, pending, ASK_US);
    if (ended)
        pending_forget(trial, pending);
    return ended ? call : NULL;
}

static void not_quiet(struct trial *trial, const char *what)
{
    trial_event(trial, "found", trial->judgement.step->actor, trial_text(trial, "%s", what),
                json_pack("{s:s}", "not_quiet", what));
    found_quiet(&trial->judgement, what);
}

/* The look has not ended. A stack that lets it sleep does what it must not. */
static void not_looked(struct trial *trial, const struct step *step)
{
    bool asleep = false;
    for (int i = 0; i < OPEN_MAX && trial_good(trial); i++) {
        const struct pending *one = &trial->calls.open[i];
        asleep = asleep || (one->slot >= 0 && pending_call(trial, one)->verb == VERB_quiet &&
                            settle_blocked(trial, one));
    }
    if (asleep)
        not_quiet(trial, "a look at the queue that must not block sleeps");
    else
        trial_broken(trial, CODE_NOT_SETTLED, "step %d: the look at the queue did not end",
                     step->number);
}

static bool same(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    return a->ss_family != 0 && endpoint_stream(a, b) == endpoint_stream(b, a);
}

/* Who can send to this socket: its connected peer; for messages also the socket that it is
   connected to, or, when it takes messages from anybody, anybody else's. */
static const struct descriptor *witness_of(const struct trial *trial, const struct descriptor *one)
{
    const struct descriptor *found = NULL;
    for (size_t i = 0; i < trial->names.descriptor_count && found == NULL; i++) {
        const struct descriptor *other = &trial->names.descriptors[i];
        bool open = one->message && other->message && other->peer.ss_family == 0 &&
                    (one->peer.ss_family == 0 || same(&one->peer, &other->local));
        if (other->owner != one->owner && !other->closed &&
            (open || same(&other->peer, &one->local)))
            found = other;
    }
    return found;
}

/* Where no wire shows that nothing is on its way, a mark is sent down the same path: it must
   be the first thing to arrive. */
static void run_mark(struct trial *trial, const struct descriptor *one)
{
    static const char text[] = "sockproof-mark";
    const struct descriptor *witness = witness_of(trial, one);
    struct piece mark = memory_new(trial, sizeof text);
    struct piece got = memory_new(trial, sizeof text);
    if (witness == NULL || mark.offset == 0 || got.offset == 0) {
        trial_broken(trial, CODE_NO_WITNESS,
                     "quiet on loopback needs a socket that can send to this one, as a witness");
        return;
    }
    memcpy(memory_at(trial, mark), text, sizeof text);
    const struct call *sent = ask(trial, witness, VERB_send, mark, one);
    const struct call *came = sent != NULL ? ask(trial, one, VERB_recv, got, NULL) : NULL;
    if (came == NULL || came->result != (int64_t)sizeof text ||
        memcmp(memory_at(trial, got), text, sizeof text) != 0)
        not_quiet(trial, "something came before the mark that was sent now");
}

static void carry_quiet(struct trial *trial, const struct step *step, uint64_t deadline_us)
{
    struct member *member = player(trial, step->actor);
    (void)deadline_us;
    const struct node *fd = step->param[0] != NULL ? step->param[0] : step->modifier[MODIFIER_fd];
    const struct descriptor *one =
        member == NULL ? NULL : descriptor_find(trial, member, fd != NULL ? fd->text : "sock");
    if (one == NULL) {
        if (member != NULL)
            descriptor_missing(trial, member, fd != NULL ? fd->text : "sock");
        return;
    }
    const struct call *look = ask(trial, one, VERB_quiet, (struct piece){0, 0}, NULL);
    if (look == NULL)
        not_looked(trial, step);
    else if (look->result > 0)
        not_quiet(trial, "data waits");
    else if (look->result == 0)
        not_quiet(trial, "end of file, or an empty message, waits");
    else if (look->error != EAGAIN)
        not_quiet(trial, trial_text(trial, "a pending error: %s", strerror(look->error)));
    else if (trial->stage->wire == NULL)
        run_mark(trial, one);
    if (trial_good(trial))
        trial_event(trial, "check", step->actor, "quiet: nothing arrived: met",
                    json_pack("{s:s, s:s, s:s, s:b}", "field", "quiet", "expected",
                              "nothing arrives", "observed", "nothing arrived", "met", true));
}

/* Where peeks begin (SO_PEEK_OFF) is put to the front, and then back as it was. */
static int64_t look_at_front(const struct act *act)
{
    char byte = 0;
    int fd = act->call->fd, before = -1, front = -1;
    socklen_t size = sizeof before;
    act->stack->getsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &before, &size);
    act->stack->setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &front, sizeof front);
    ssize_t result = act->stack->recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    int error = errno;
    act->stack->setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &before, sizeof before);
    errno = error;
    return result;
}

/* A non-blocking look at the queue; asked: peeks may begin elsewhere. */
static int64_t perform_quiet(struct act *act)
{
    char byte = 0;
    return act->call->asked != 0
               ? look_at_front(act)
               : act->stack->recv(act->call->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
}

OPS_CARRIED(quiet, perform_quiet, carry_quiet);
