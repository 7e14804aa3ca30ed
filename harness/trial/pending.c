/* SPDX-License-Identifier: MIT */
#include "trial/pending.h"

#include "trial/endpoint.h"
#include "verb/verb.h"

#include <errno.h>
#include <string.h>

struct call *pending_call(const struct trial *trial, const struct pending *pending)
{
    return &trial->stage->shared->slot[pending->slot];
}

static int free_slot(const struct trial *trial)
{
    int slot = 0;
    while (slot < SLOT_MAX && (trial->calls.used & (uint64_t)1 << slot) != 0)
        slot++;
    return slot;
}

static struct pending *free_entry(struct trial *trial)
{
    struct pending *entry = NULL;
    for (int i = 0; i < OPEN_MAX && entry == NULL; i++)
        if (trial->calls.open[i].slot < 0)
            entry = &trial->calls.open[i];
    return entry;
}

struct pending *pending_new(struct trial *trial, struct member *member, struct call **call)
{
    struct pending *pending = free_entry(trial);
    int slot = free_slot(trial);
    if (pending == NULL || slot == SLOT_MAX) {
        trial_broken(trial, CODE_TOO_MANY, "more than %d calls are open at once", OPEN_MAX);
        return NULL;
    }
    json_decref(pending->outcome); /* of an actor's that died */
    trial->calls.used |= (uint64_t)1 << slot;
    *pending = (struct pending){
        .step = trial->judgement.step, .member = member, .slot = slot, .segment = -1};
    *call = pending_call(trial, pending);
    memset(*call, 0, sizeof **call);
    (*call)->fd = -1;
    (*call)->limit_resource = -1;
    (*call)->step = trial->judgement.step != NULL ? trial->judgement.step->number : 0;
    return pending;
}

/* An actor that has just ended is as one that ends over this call: who waits for it finds out how.
 */
bool pending_dispatch(struct trial *trial, struct pending *pending)
{
    pending->began_us = log_now_us(&trial->judgement.log);
    if (cast_send(pending->member, pending->slot) == 0 ||
        (pending->member->pid > 0 && (errno == EPIPE || errno == ECONNRESET)))
        return true;
    const char *lack = cast_lack(pending->member);
    if (lack[0] != '\0')
        trial_broken(trial, CODE_SHORTAGE, "the actor '%s' had to end: %s", pending->member->name,
                     lack);
    else
        trial_broken(trial, CODE_ACTOR_DIED, "the actor '%s' takes no more calls: %s",
                     pending->member->name, strerror(errno));
    return false;
}

struct pattern *pending_sends(struct pending *pending)
{
    return pending->descriptor != NULL ? &pending->descriptor->sends : &pending->homeless;
}

struct ports_of pending_ports(const struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    const struct descriptor *one = pending->descriptor;
    bool asked = verb_has(verb_get(call->verb), VERB_CONNECTS) && call->from_size > 0;
    struct ports_of ports = {0, 0};
    if (one != NULL) {
        ports.own = (uint16_t)endpoint_port(&one->local);
        ports.peer = (uint16_t)endpoint_port(asked ? &call->from : &one->peer);
    }
    return ports;
}

struct pending *pending_find(struct trial *trial, const char *name)
{
    struct pending *found = NULL;
    for (int i = 0; i < OPEN_MAX && found == NULL; i++)
        if (trial->calls.open[i].slot >= 0 && trial->calls.open[i].name != NULL &&
            strcmp(trial->calls.open[i].name, name) == 0)
            found = &trial->calls.open[i];
    return found;
}

void pending_forget(struct trial *trial, struct pending *pending)
{
    if (pending->ended)
        trial->calls.used &= ~((uint64_t)1 << pending->slot);
    pending->slot = -1;
    json_decref(pending->outcome);
    pending->outcome = NULL;
}

void pending_end(struct trial *trial)
{
    for (int i = 0; i < OPEN_MAX; i++)
        json_decref(trial->calls.open[i].outcome);
}
