#include "trial/step.h"

#include "trial/account.h"
#include "trial/endpoint.h"
#include "trial/group.h"
#include "trial/judge.h"
#include "trial/outcome.h"
#include "trial/pending.h"
#include "trial/resolve.h"
#include "trial/runprogram.h"
#include "trial/settle.h"
#include "trial/setup.h"
#include "trial/wirestep.h"

#include <errno.h>
#include <string.h>

/* A step of many clients is as many calls. */
enum { DEADLINE_US = 10000000, CLIENT_US = 10000 };

static uint64_t deadline(const struct trial *trial, const struct step *step)
{
    int64_t usual = DEADLINE_US + (int64_t)trial->variant->file->clients * CLIENT_US;
    int64_t us = resolve_number(step->modifier[MODIFIER_within], usual);
    /* Virtual time is the same on every machine. */
    double factor = trial->stage->stack->virtual_time ? 1 : trial->stage->slow_factor;
    return (uint64_t)((double)us * factor);
}

static void overdue(struct trial *trial, const struct step *step, const struct pending *pending)
{
    uint64_t bound = deadline(trial, step);
    if (trial->member_died)
        return;
    outcome_event(trial, pending, settle_blocked(trial, pending) ? "blocked" : "started");
    trial_fail(trial, NULL, "deadline", "took",
               trial_text(trial, "an end within %.3f s", (double)bound / 1e6),
               trial_text(trial, "%s is still %s",
                          verb_get(pending_call(trial, pending)->verb)->name,
                          settle_blocked(trial, pending) ? "asleep" : "busy"));
}

/* A changed disposition or a signal sent to itself cannot be put back: a new process next time. */
static void note_wear(struct member *member, enum verb_id verb)
{
    if (verb == VERB_sigaction || verb == VERB_kill)
        member->worn = true;
}

static void begin_started(struct trial *trial, const struct step *step, struct pending *pending)
{
    pending->name = step->modifier[MODIFIER_start]->text;
    bool sent = pending_dispatch(trial, pending);
    if (sent && step->verb->id == VERB_run)
        runprogram_await(trial, pending, deadline(trial, step));
    if (sent && settle(trial) && !pending->ended)
        outcome_event(trial, pending, "started");
}

static void run_call(struct trial *trial, const struct step *step)
{
    struct member *member = setup_member(trial, step->actor);
    struct call *call = NULL;
    struct pending *pending = member != NULL ? pending_new(trial, member, &call) : NULL;
    if (pending == NULL || !resolve_call(trial, step, pending, call))
        return;
    note_wear(member, step->verb->id);
    account_begin(trial, pending);
    if (call->started) {
        begin_started(trial, step, pending);
    } else if (pending_finish(trial, pending, deadline(trial, step))) {
        if (trial_good(trial))
            judge_call(trial, step, pending);
        pending_forget(trial, pending);
    } else if (trial_good(trial)) {
        overdue(trial, step, pending);
    }
}

static struct pending *named(struct trial *trial, const struct step *step)
{
    struct pending *pending = pending_find(trial, step->param[0]->text);
    if (pending == NULL)
        trial_broken(trial, "step %d: no call named '%s' is open", step->number,
                     step->param[0]->text);
    return pending;
}

static void run_done(struct trial *trial, const struct step *step)
{
    struct pending *pending = named(trial, step);
    if (pending == NULL)
        return;
    if (settle_wait(trial, pending, deadline(trial, step))) {
        pending_examine(trial, pending);
        if (trial_good(trial) && pending->group != NULL)
            group_done(trial, step, pending);
        else if (trial_good(trial))
            judge_call(trial, step, pending);
        pending_forget(trial, pending);
    } else {
        overdue(trial, step, pending);
    }
}

static void run_blocked(struct trial *trial, const struct step *step)
{
    struct pending *pending = named(trial, step);
    if (pending == NULL)
        return;
    const struct call *call = pending_call(trial, pending);
    const char *verb = verb_get(call->verb)->name;
    if (pending->ended || !settle_blocked(trial, pending))
        trial_fail(trial, NULL, "not-blocked", "blocked", trial_text(trial, "%s is asleep", verb),
                   pending->ended
                       ? trial_text(trial, "%s has ended with %lld", verb, (long long)call->result)
                       : trial_text(trial, "%s is not asleep", verb));
    else
        outcome_event(trial, pending, "blocked");
    if (trial_good(trial) && step->expect[EXPECT_signals] != NULL)
        judge_signals(trial, step, pending->member);
}

/* --- quiet ------------------------------------------------------------------------------- */

static struct piece address_of(struct trial *trial, const struct descriptor *one)
{
    socklen_t size =
        one->local.ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    struct piece piece = shared_alloc(trial->stage->shared, size);
    if (piece.offset != 0)
        memcpy(shared_at(trial->stage->shared, piece), &one->local, size);
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
    call->arg[0] =
        (struct argument){(int64_t)(verb == VERB_quiet ? (uint64_t)one->fd : data.size), data};
    call->out = data;
    if (to != NULL && one->peer.ss_family == 0)
        call->arg[2].piece = address_of(trial, to);
    bool ended = pending_dispatch(trial, pending) && settle_wait(trial, pending, DEADLINE_US);
    if (ended)
        pending_forget(trial, pending);
    return ended ? call : NULL;
}

static void not_quiet(struct trial *trial, const char *what)
{
    trial_fail(trial, NULL, "not-quiet", "quiet", trial_text(trial, "nothing arrives"),
               trial_text(trial, "%s", what));
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
    for (size_t i = 0; i < trial->descriptor_count && found == NULL; i++) {
        const struct descriptor *other = &trial->descriptors[i];
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
    struct piece mark = shared_alloc(trial->stage->shared, sizeof text);
    struct piece got = shared_alloc(trial->stage->shared, sizeof text);
    if (witness == NULL || mark.offset == 0 || got.offset == 0) {
        trial_broken(trial,
                     "quiet on loopback needs a socket that can send to this one, as a witness");
        return;
    }
    memcpy(shared_at(trial->stage->shared, mark), text, sizeof text);
    const struct call *sent = ask(trial, witness, VERB_send, mark, one);
    const struct call *came = sent != NULL ? ask(trial, one, VERB_recv, got, NULL) : NULL;
    if (came == NULL || came->result != (int64_t)sizeof text ||
        memcmp(shared_at(trial->stage->shared, got), text, sizeof text) != 0)
        not_quiet(trial, "something came before the mark that was sent now");
}

static void run_quiet(struct trial *trial, const struct step *step)
{
    struct member *member = setup_member(trial, step->actor);
    const struct node *fd = step->param[0] != NULL ? step->param[0] : step->modifier[MODIFIER_fd];
    const struct descriptor *one =
        member == NULL ? NULL : descriptor_find(trial, member, fd != NULL ? fd->text : "sock");
    if (one == NULL) {
        trial_broken(trial, "step %d: %s has no such descriptor", step->number, step->actor);
        return;
    }
    const struct call *look = ask(trial, one, VERB_quiet, (struct piece){0, 0}, NULL);
    if (look == NULL)
        trial_broken(trial, "step %d: the look at the queue did not end", step->number);
    else if (look->result > 0)
        not_quiet(trial, "data waits");
    else if (look->result == 0)
        not_quiet(trial, "end of file, or an empty message, waits");
    else if (look->error != EAGAIN)
        not_quiet(trial, trial_text(trial, "a pending error: %s", strerror(look->error)));
    else if (trial->stage->wire == NULL)
        run_mark(trial, one);
    if (trial_good(trial))
        trial_event(trial, "check", step->actor, "quiet: nothing arrived: met", NULL);
}

/* --- all --------------------------------------------------------------------------------- */

static void carry_out(struct trial *trial, const struct step *step)
{
    if (group_meant(step))
        group_run(trial, step, deadline(trial, step));
    else if (step->verb->side == SIDE_WIRE)
        wirestep_run(trial, step, deadline(trial, step));
    else if (step->verb->id == VERB_done)
        run_done(trial, step);
    else if (step->verb->id == VERB_blocked)
        run_blocked(trial, step);
    else if (step->verb->id == VERB_quiet)
        run_quiet(trial, step);
    else
        run_call(trial, step);
}

void step_run(struct trial *trial, const struct step *step)
{
    trial->step = resolve_references(trial, step);
    atomic_store(&trial->log.report->step, step->number);
    if (trial_good(trial) && settle(trial) && trial_good(trial)) {
        trial_event(trial, "step", step->actor,
                    trial_text(trial, "step %d: %s", step->number, step->source),
                    json_pack("{s:i}", "line", step->mark.line));
        carry_out(trial, trial->step);
    }
}
