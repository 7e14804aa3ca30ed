/* SPDX-License-Identifier: MIT */
#include "trial/group.h"

#include "base/hash.h"
#include "observe/content.h"
#include "trial/aside.h"
#include "trial/callevent.h"
#include "trial/collect.h"
#include "trial/descriptor.h"
#include "trial/examine.h"
#include "trial/memory.h"
#include "trial/pending.h"
#include "trial/player.h"
#include "trial/prepare.h"
#include "trial/settle.h"
#include "verb/table.h"

#include <stdlib.h>
#include <string.h>

/* Of so many alike the first few show in the log, and the one that is not as it should be. */
enum { SHOWN = 2, SETUP_DEADLINE_US = 60000000 };

bool group_meant(const struct step *step)
{
    return strcmp(step->actor, "clients") == 0 || step->modifier[MODIFIER_each] != NULL;
}

/* True when the verb sends bytes of its own for each socket. */
static bool has_bytes(const struct verb *verb)
{
    return verb->param_count > 0 &&
           (verb->params[0].type == TYPE_BYTES || verb->params[0].type == TYPE_CONTENT);
}

static struct group *add(struct trial *trial, const struct member *member, const char *name)
{
    struct group *group = descriptor_group(trial, member, name);
    if (group == NULL && trial->names.group_count == GROUP_MAX) {
        trial_broken(trial, CODE_TOO_MANY, "a case may have at most %d groups of sockets",
                     GROUP_MAX);
        return NULL;
    }
    if (group == NULL)
        group = &trial->names.groups[trial->names.group_count++];
    *group = (struct group){.owner = member,
                            .name = arena_copy(trial->arena, name, strlen(name)),
                            .count = (size_t)trial->variant->file->clients};
    group->sockets = arena_alloc(trial->arena, group->count * sizeof *group->sockets);
    for (size_t i = 0; i < group->count; i++) {
        uint64_t who[2] = {(uint64_t)cast_index(&trial->stage->cast, member), (i + 1) << 8};
        group->sockets[i] = (struct descriptor){
            .owner = member, .name = group->name, .fd = -1, .type = SOCK_STREAM};
        group->sockets[i].sends.key = hash_bytes(trial->stage->seed, who, sizeof who);
    }
    return group;
}

static void make_results(struct trial *trial, const struct group *group, struct call *call)
{
    call->each = (uint32_t)group->count;
    call->fds = memory_many(trial, (int64_t)group->count, sizeof(int32_t));
    call->results = memory_many(trial, (int64_t)group->count, sizeof(struct each_result));
}

/* Every socket's own descriptor, and its own share of what goes in and comes out. first: the first
   socket's pattern before the step was resolved for it alone. */
static void spread(struct trial *trial, const struct step *step, struct group *group,
                   struct call *call, struct pattern first)
{
    struct argument *given = verb_argument(&call->in, call->verb, 0);
    struct piece *bytes = &given->piece;
    make_results(trial, group, call);
    if (call->out.size > 0)
        call->out.offset =
            memory_many(trial, (int64_t)group->count, (int64_t)call->out.size).offset;
    if (has_bytes(step->verb))
        bytes->offset = memory_many(trial, (int64_t)group->count, (int64_t)bytes->size).offset;
    if (!trial_good(trial))
        return;
    int32_t *fds = memory_at(trial, call->fds);
    group->sockets[0].sends = first;
    for (size_t i = 0; i < group->count; i++) {
        /* All are accepted from one listener; every other call has a socket of its own. */
        fds[i] = verb_has(step->verb, VERB_ACCEPTS) ? (int32_t)given->number
                                                    : (int32_t)group->sockets[i].fd;
        if (has_bytes(step->verb))
            content_write(step->param[0], &group->sockets[i].sends,
                          (uint8_t *)memory_at(trial, *bytes) + i * bytes->size);
    }
}

/* Points the call at the share of socket i. */
static void share(struct call *call, const struct call *whole, size_t i)
{
    call->in = whole->in;
    struct piece *bytes = &verb_argument(&call->in, call->verb, 0)->piece;
    if (has_bytes(verb_get(call->verb)))
        bytes->offset += i * bytes->size;
    call->out.offset = whole->out.offset + i * whole->out.size;
}

/* Makes the call in the slot look like that of one socket, so that it is judged like any other. */
static void focus(struct trial *trial, struct pending *pending, struct group *group,
                  const struct call *whole, size_t i)
{
    struct call *call = pending_call(trial, pending);
    const struct each_result *one = (struct each_result *)memory_at(trial, whole->results) + i;
    share(call, whole, i);
    call->result = one->result;
    call->error = one->error;
    call->size = one->size;
    call->from = one->from;
    call->from_size = one->from_size;
    call->local = one->local;
    call->local_size = one->local_size;
    pending->descriptor = &group->sockets[i];
}

/* What a new or newly connected socket of the group is from now on. */
static void note_socket(struct trial *trial, const struct call *call, struct descriptor *one)
{
    const struct verb *verb = verb_get(call->verb);
    bool joined = verb_has(verb, VERB_CONNECTS | VERB_ACCEPTS) && call->result >= 0;
    if (verb_has(verb, VERB_MAKES | VERB_MAKES_SOCKET))
        one->fd = (int)call->result;
    if (joined)
        aside_joined(trial, one, &call->local, &call->from);
}

static int *begin_sends(struct trial *trial, struct pending *pending, struct group *group)
{
    struct call *call = pending_call(trial, pending);
    const struct call whole = *call;
    int *segments = arena_alloc(trial->arena, group->count * sizeof *segments);
    for (size_t i = 0; i < group->count; i++) {
        share(call, &whole, i);
        pending->descriptor = &group->sockets[i];
        pending->segment = -1;
        account_begin(trial, pending, verb_table(call->verb)->account);
        segments[i] = pending->segment;
    }
    *call = whole;
    return segments;
}

/* True when the judge has not met one like it: the others show nothing new. */
static bool is_news(struct trial *trial, const struct step *step, struct pending *pending,
                    json_t *known)
{
    char *key = collect_key(trial, step, pending);
    bool news = key == NULL || json_object_get(known, key) == NULL;
    if (key != NULL)
        json_object_set_new(known, key, json_true());
    free(key);
    return news;
}

void group_done(struct trial *trial, const struct step *step, struct pending *pending)
{
    struct group *group = pending->group;
    const struct call whole = *pending_call(trial, pending);
    json_t *known = json_object();
    pending->examined = true;
    for (size_t i = 0; i < group->count && trial_good(trial); i++) {
        focus(trial, pending, group, &whole, i);
        note_socket(trial, pending_call(trial, pending), &group->sockets[i]);
        pending->segment = pending->segments[i];
        trial->judgement.log.muted = i >= SHOWN && !is_news(trial, step, pending, known);
        if (verb_has(verb_get(whole.verb), VERB_SENDS | VERB_RECEIVES) ||
            whole.verb == VERB_setsockopt)
            verb_table(whole.verb)->account->end(trial, pending);
        callevent(trial, pending, "returned");
        if (trial_good(trial))
            collect_judge(trial, step, pending);
        trial->judgement.log.muted = false;
        if (!trial_good(trial))
            trial->judgement.reason = trial_text(trial, "%s (socket %zu of %zu)",
                                                 trial->judgement.reason, i + 1, group->count);
    }
    *pending_call(trial, pending) = whole;
    json_decref(known);
}

/* The group that the step works on; a new one for what makes descriptors. */
static struct group *group_of(struct trial *trial, const struct step *step,
                              const struct member *member)
{
    const struct node *as = step->modifier[MODIFIER_as];
    const struct node *fd = step->modifier[MODIFIER_fd];
    bool takes = step->verb->param_count > 0 && step->verb->params[0].type == TYPE_DESCRIPTOR;
    const char *name = "sock";
    if (takes && step->param[0] != NULL)
        name = step->param[0]->text;
    else if (fd != NULL)
        name = fd->text;
    struct group *group = verb_has(step->verb, VERB_MAKES | VERB_MAKES_SOCKET)
                              ? add(trial, member, as != NULL ? as->text : "sock")
                              : descriptor_group(trial, member, name);
    if (group == NULL && trial_good(trial))
        descriptor_missing(trial, member, name);
    return group;
}

/* Dispatches and waits; true when all have ended. */
static bool finish(struct trial *trial, struct pending *pending, uint64_t deadline_us)
{
    bool ended = trial_good(trial) && pending_dispatch(trial, pending) &&
                 settle_wait(trial, pending, deadline_us);
    if (!ended && trial_good(trial))
        trial_fail(
            trial, NULL, CODE_DEADLINE, "took", trial_text(trial, "an end of all calls in time"),
            trial_text(trial, "%s is still %s", verb_get(pending_call(trial, pending)->verb)->name,
                       settle_blocked(trial, pending) ? "asleep" : "busy"));
    return ended;
}

void group_run(struct trial *trial, const struct step *step, uint64_t deadline_us)
{
    struct member *member = player(trial, step->actor);
    struct call *call = NULL;
    struct pending *pending = member != NULL ? pending_new(trial, member, &call) : NULL;
    struct group *group = pending != NULL ? group_of(trial, step, member) : NULL;
    if (group == NULL)
        return;
    struct pattern first = group->sockets[0].sends;
    pending->group = group;
    if (!prepare_call(trial, step, pending, call))
        return;
    spread(trial, step, group, call, first);
    pending->segments = begin_sends(trial, pending, group);
    if (trial_good(trial) && call->started) {
        pending->name = step->modifier[MODIFIER_start]->text;
        if (pending_dispatch(trial, pending))
            examine_settled(trial);
        return;
    }
    if (finish(trial, pending, deadline_us))
        group_done(trial, step, pending);
    if (pending->slot >= 0 && pending->ended)
        pending_forget(trial, pending);
}

bool group_make(struct trial *trial, int protocol)
{
    struct member *member = player(trial, "clients");
    struct call *call = NULL;
    struct pending *pending = member != NULL ? pending_new(trial, member, &call) : NULL;
    struct group *group = pending != NULL ? add(trial, member, "sock") : NULL;
    if (group == NULL)
        return false;
    call->verb = VERB_socket;
    call->in.socket.type.number = SOCK_STREAM;
    call->in.socket.protocol.number = protocol;
    call->in.socket.domain.number = trial->variant->family;
    make_results(trial, group, call);
    if (finish(trial, pending, SETUP_DEADLINE_US)) {
        const struct each_result *results = memory_at(trial, call->results);
        for (size_t i = 0; i < group->count && trial_good(trial); i++) {
            group->sockets[i].fd = (int)results[i].result;
            if (results[i].result < 0)
                trial_broken(trial, CODE_SETUP_FAILED, "the set-up's socket %zu of %zu failed: %s",
                             i + 1, group->count, strerror(results[i].error));
        }
        pending_forget(trial, pending);
    }
    return trial_good(trial);
}
