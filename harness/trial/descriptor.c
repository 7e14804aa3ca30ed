/* SPDX-License-Identifier: MIT */
#include "trial/descriptor.h"

#include "base/hash.h"
#include "case/constant.h"
#include "trial/found.h"
#include "trial/pending.h"
#include "verb/verb.h"

#include <string.h>
#include <sys/socket.h>

struct group *descriptor_group(struct trial *trial, const struct member *member, const char *name)
{
    struct group *found = NULL;
    for (size_t i = 0; i < trial->names.group_count && found == NULL; i++)
        if (trial->names.groups[i].owner == member &&
            strcmp(trial->names.groups[i].name, name) == 0)
            found = &trial->names.groups[i];
    return found;
}

struct descriptor *descriptor_find(struct trial *trial, const struct member *member,
                                   const char *name)
{
    struct descriptor *found = NULL;
    for (size_t i = 0; i < trial->names.descriptor_count && found == NULL; i++)
        if (trial->names.descriptors[i].owner == member &&
            strcmp(trial->names.descriptors[i].name, name) == 0)
            found = &trial->names.descriptors[i];
    struct group *group = found == NULL ? descriptor_group(trial, member, name) : NULL;
    return group != NULL ? &group->sockets[0] : found;
}

/* The open call of member that makes the descriptor; NULL: none. */
static const struct pending *maker(const struct trial *trial, const struct member *member,
                                   const char *name)
{
    const struct pending *found = NULL;
    for (int i = 0; i < OPEN_MAX && found == NULL; i++) {
        const struct pending *one = &trial->calls.open[i];
        const struct node *as = one->step != NULL ? one->step->modifier[MODIFIER_as] : NULL;
        if (one->slot >= 0 && one->member == member && one->step != NULL &&
            verb_has(one->step->verb, VERB_MAKES | VERB_MAKES_SOCKET) &&
            strcmp(as != NULL ? as->text : "sock", name) == 0)
            found = one;
    }
    return found;
}

void descriptor_missing(struct trial *trial, const struct member *member, const char *name)
{
    const struct pending *pending = maker(trial, member, name);
    if (pending == NULL) {
        trial_broken(trial, CODE_NO_SUCH_DESCRIPTOR,
                     "%s has no descriptor '%s' here: the call that makes it failed", member->name,
                     name);
        return;
    }
    const char *error = constant_name(GROUP_ERRNO, pending_call(trial, pending)->error);
    const char *verb = pending->step->verb->name;
    const char *why =
        pending->ended
            ? trial_text(trial, "the %s of step %d has failed with %s", verb, pending->step->number,
                         error != NULL ? error : "an error")
            : trial_text(trial, "the %s of step %d has not ended", verb, pending->step->number);
    trial_event(trial, "found", member->name, trial_text(trial, "no descriptor '%s'", name),
                json_pack("{s:s, s:s}", "missing", name, "why", why));
    found_missing(&trial->judgement, member->name, name, why);
}

struct descriptor *descriptor_add(struct trial *trial, const struct member *member,
                                  const char *name, int fd, int type)
{
    struct descriptor *one = descriptor_find(trial, member, name);
    if (one == NULL && trial->names.descriptor_count == DESCRIPTOR_NAMES) {
        trial_broken(trial, CODE_TOO_MANY, "a case may name at most %d descriptors",
                     DESCRIPTOR_NAMES);
        return NULL;
    }
    if (one == NULL)
        one = &trial->names.descriptors[trial->names.descriptor_count++];
    memset(one, 0, sizeof *one);
    one->owner = member;
    one->socket = ++trial->names.socket_count;
    one->name = arena_copy(trial->arena, name, strlen(name));
    one->fd = fd;
    one->type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    one->message = one->type != SOCK_STREAM || trial->variant->file->transport == TRANSPORT_SCTP;
    /* Whose pattern, and of which of its sockets: no two streams of a case look alike. */
    uint64_t who[2] = {(uint64_t)cast_index(&trial->stage->cast, member),
                       trial->names.descriptor_count};
    one->sends.key = hash_bytes(trial->stage->seed, who, sizeof who);
    return one;
}

struct descriptor *descriptor_made(struct trial *trial, struct pending *pending, int type)
{
    const struct node *as = pending->step->modifier[MODIFIER_as];
    struct descriptor *one = descriptor_add(trial, pending->member, as != NULL ? as->text : "sock",
                                            (int)pending_call(trial, pending)->result, type);
    if (one != NULL)
        pending->descriptor = one;
    return one;
}

/* What is the socket's, and not the descriptor's. */
static void same_socket(struct descriptor *to, const struct descriptor *from)
{
    to->domain = from->domain;
    to->protocol = from->protocol;
    to->peer = from->peer;
    to->local = from->local;
    to->header = from->header;
    to->repair = from->repair;
    to->repair_queue = from->repair_queue;
    to->layered = from->layered;
    to->peeks = from->peeks;
    to->peek_from = from->peek_from;
}

void descriptor_doubled(struct trial *trial, struct pending *pending)
{
    struct descriptor before =
        pending->descriptor != NULL ? *pending->descriptor : (struct descriptor){0};
    struct descriptor *one = descriptor_made(trial, pending, before.type);
    if (one != NULL) {
        one->socket = before.socket;
        one->sends = before.sends;
        one->receives = before.receives;
        same_socket(one, &before);
    }
}

void descriptor_share(struct trial *trial, const struct descriptor *one)
{
    for (size_t i = 0; i < trial->names.descriptor_count && one->socket != 0; i++) {
        struct descriptor *other = &trial->names.descriptors[i];
        if (other != one && other->owner == one->owner && other->socket == one->socket)
            same_socket(other, one);
    }
}
