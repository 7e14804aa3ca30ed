#include "trial/pending.h"

#include "base/hash.h"
#include "case/constant.h"
#include "trial/account.h"
#include "trial/endpoint.h"
#include "trial/group.h"
#include "trial/outcome.h"
#include "trial/settle.h"
#include "verb/kind.h"

#include <errno.h>
#include <string.h>

struct call *pending_call(const struct trial *trial, const struct pending *pending)
{
    return &trial->stage->shared->slot[pending->slot];
}

static int free_slot(const struct trial *trial)
{
    int slot = 0;
    while (slot < SLOT_MAX && (trial->used_slots & (uint64_t)1 << slot) != 0)
        slot++;
    return slot;
}

static struct pending *free_entry(struct trial *trial)
{
    struct pending *entry = NULL;
    for (int i = 0; i < OPEN_MAX && entry == NULL; i++)
        if (trial->open[i].slot < 0)
            entry = &trial->open[i];
    return entry;
}

struct pending *pending_new(struct trial *trial, struct member *member, struct call **call)
{
    struct pending *pending = free_entry(trial);
    int slot = free_slot(trial);
    if (pending == NULL || slot == SLOT_MAX) {
        trial_broken(trial, "more than %d calls are open at once", OPEN_MAX);
        return NULL;
    }
    trial->used_slots |= (uint64_t)1 << slot;
    *pending = (struct pending){.step = trial->step, .member = member, .slot = slot, .segment = -1};
    *call = pending_call(trial, pending);
    memset(*call, 0, sizeof **call);
    (*call)->fd = -1;
    (*call)->limit_resource = -1;
    (*call)->step = trial->step != NULL ? trial->step->number : 0;
    return pending;
}

bool pending_dispatch(struct trial *trial, struct pending *pending)
{
    pending->began_us = log_now_us(&trial->log);
    if (cast_send(pending->member, pending->slot) == 0)
        return true;
    trial_broken(trial, "the actor '%s' takes no more calls: %s", pending->member->name,
                 strerror(errno));
    return false;
}

struct pattern *pending_sends(struct pending *pending)
{
    static struct pattern nobody;
    return pending->descriptor != NULL ? &pending->descriptor->sends : &nobody;
}

struct pending *pending_find(struct trial *trial, const char *name)
{
    struct pending *found = NULL;
    for (int i = 0; i < OPEN_MAX && found == NULL; i++)
        if (trial->open[i].slot >= 0 && trial->open[i].name != NULL &&
            strcmp(trial->open[i].name, name) == 0)
            found = &trial->open[i];
    return found;
}

void pending_forget(struct trial *trial, struct pending *pending)
{
    if (pending->ended)
        trial->used_slots &= ~((uint64_t)1 << pending->slot);
    pending->slot = -1;
}

struct descriptor *descriptor_find(struct trial *trial, const struct member *member,
                                   const char *name)
{
    struct descriptor *found = NULL;
    for (size_t i = 0; i < trial->descriptor_count && found == NULL; i++)
        if (trial->descriptors[i].owner == member && strcmp(trial->descriptors[i].name, name) == 0)
            found = &trial->descriptors[i];
    struct group *group = found == NULL ? group_find(trial, member, name) : NULL;
    return group != NULL ? &group->sockets[0] : found;
}

struct descriptor *descriptor_add(struct trial *trial, const struct member *member,
                                  const char *name, int fd, int type)
{
    struct descriptor *one = descriptor_find(trial, member, name);
    if (one == NULL && trial->descriptor_count == DESCRIPTOR_NAMES) {
        trial_broken(trial, "a case may name at most %d descriptors", DESCRIPTOR_NAMES);
        return NULL;
    }
    if (one == NULL)
        one = &trial->descriptors[trial->descriptor_count++];
    memset(one, 0, sizeof *one);
    one->owner = member;
    one->name = arena_copy(trial->arena, name, strlen(name));
    one->fd = fd;
    one->type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    one->message = one->type != SOCK_STREAM || trial->variant->file->transport == TRANSPORT_SCTP;
    /* Whose pattern, and of which of its sockets: no two streams of a case look alike. */
    uint64_t who[2] = {(uint64_t)cast_index(&trial->stage->cast, member), trial->descriptor_count};
    one->sends.key = hash_bytes(trial->stage->seed, who, sizeof who);
    return one;
}

static void note_firings(struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    uint32_t count = call->firing_count < FIRING_MAX ? call->firing_count : FIRING_MAX;
    for (uint32_t i = 0; i < count; i++) {
        const struct fault *fault = &trial->stage->shared->plan.fault[call->firing[i].fault];
        if (fault->action == FAULT_CLOSE && pending->descriptor != NULL)
            pending->descriptor->closed = true;
        char *text = trial_text(trial, "fault '%s' fires at %s (call %u of this step)", fault->name,
                                fault->point[0], call->firing[i].ordinal);
        log_add(&trial->log, log_now_us(&trial->log), "fault", pending->member->name, call->step,
                text, json_pack("{s:s, s:s}", "fault", fault->name, "origin", "injected"));
    }
}

/* The fault point that the call reached, for who wants to know where faults could be. */
static void note_reached(struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    if (!trial->stage->recording || call->step == 0 || call->point[0] == '\0')
        return;
    log_add(
        &trial->log, log_now_us(&trial->log), "reached", pending->member->name, call->step,
        trial_text(trial, "%s reached %llu times", call->point, (unsigned long long)call->calls),
        json_pack("{s:s, s:I}", "call", call->point, "count", (json_int_t)call->calls));
}

/* Nobody expects it until a step that does was judged. */
static void note_error(struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    if (call->error == 0 || call->step == 0)
        return;
    const char *name = constant_name(GROUP_ERRNO, call->error);
    json_array_append_new(
        trial->errors, json_pack("{s:s, s:s, s:i, s:s, s:b, s:s}", "actor", pending->member->name,
                                 "call", verb_get(call->verb)->name, "step", call->step, "errno",
                                 name != NULL ? name : "unknown", "expected", false, "origin",
                                 call->injected ? "injected" : "genuine"));
}

/* A new descriptor came out of the call: it gets the name that the case gives it. */
static void note_descriptor(struct trial *trial, struct pending *pending, const char *as)
{
    struct call *call = pending_call(trial, pending);
    const struct descriptor *origin = call->verb == VERB_dup ? pending->descriptor : NULL;
    struct descriptor before = origin != NULL ? *origin : (struct descriptor){0};
    int type = call->verb == VERB_socket ? (int)call->arg[0].number
               : origin != NULL          ? before.type
                                         : SOCK_STREAM;
    struct descriptor *one = descriptor_add(trial, pending->member, as, (int)call->result, type);
    if (one == NULL)
        return;
    if (origin != NULL) { /* another name of the same socket */
        one->peer = before.peer;
        one->local = before.local;
        one->sends = before.sends;
        one->receives = before.receives;
    } else if (call->verb == VERB_accept || call->verb == VERB_accept4) {
        one->peer = call->from;
        one->local = call->local;
    }
    pending->descriptor = one;
}

/* Two descriptors at once. Neither has an address by which its peer could know it. */
static void note_pair(struct trial *trial, const struct pending *pending, const struct node *as)
{
    const struct call *call = pending_call(trial, pending);
    const int *pair = shared_at(trial->stage->shared, call->out);
    const struct node *first = as != NULL ? as->first : NULL;
    int type = (int)call->arg[0].number;
    descriptor_add(trial, pending->member, first != NULL ? first->text : "sock", pair[0], type);
    descriptor_add(trial, pending->member, first != NULL ? first->next->text : "other", pair[1],
                   type);
}

static void note_addresses(const struct call *call, struct descriptor *one)
{
    bool connected = call->verb == VERB_connect &&
                     (call->result == 0 || call->error == EINPROGRESS || call->error == EINTR);
    if (call->local_size > 0 &&
        (connected || call->verb == VERB_bind || call->verb == VERB_connect))
        one->local = call->local;
    if (connected)
        one->peer = call->from;
}

static void note_names(struct trial *trial, struct pending *pending)
{
    struct call *call = pending_call(trial, pending);
    const struct node *as = pending->step != NULL ? pending->step->modifier[MODIFIER_as] : NULL;
    if (kind_makes_descriptor(call->verb) && call->result >= 0 && pending->step != NULL)
        note_descriptor(trial, pending, as != NULL ? as->text : "sock");
    else if (call->verb == VERB_socketpair && call->result == 0)
        note_pair(trial, pending, as);
    else if (call->verb == VERB_close && call->result == 0 && pending->descriptor != NULL)
        pending->descriptor->closed = true;
    else if (pending->descriptor != NULL)
        note_addresses(call, pending->descriptor);
}

void pending_examine(struct trial *trial, struct pending *pending)
{
    if (pending->examined ||
        pending->group != NULL) /* a group's call is examined socket by socket */
        return;
    pending->examined = true;
    note_names(trial, pending);
    account_end(trial, pending);
    note_firings(trial, pending);
    note_reached(trial, pending);
    note_error(trial, pending);
    outcome_event(trial, pending, "returned");
}

bool pending_finish(struct trial *trial, struct pending *pending, uint64_t deadline_us)
{
    if (!pending_dispatch(trial, pending) || !settle_wait(trial, pending, deadline_us))
        return false;
    pending_examine(trial, pending);
    return true;
}
