/* SPDX-License-Identifier: MIT */
#include "trial/resolve.h"

#include "base/amount.h"
#include "case/limit.h"
#include "case/number.h"
#include "observe/content.h"
#include "trial/ancillary.h"
#include "trial/crafted.h"
#include "trial/descriptor.h"
#include "trial/endpoint.h"
#include "trial/memory.h"
#include "trial/optionvalue.h"
#include "trial/pending.h"
#include "trial/sctpvalue.h"

#include <stdlib.h>
#include <string.h>

static struct piece bytes_piece(const struct preparation *p, const struct node *node)
{
    struct piece piece = memory_new(p->trial, content_size(node));
    if (piece.offset != 0)
        content_write(node, pending_sends(p->pending), memory_at(p->trial, piece));
    return piece;
}

/* The bytes of a send. Those of a long pattern are made where they are sent: they would not fit
   into any cache, and the case would measure the machine's memory. */
static void bytes_argument(const struct preparation *p, const struct node *node,
                           struct argument *out)
{
    struct pattern *pattern = pending_sends(p->pending);
    size_t size = content_pattern(node);
    if (verb_has(p->step->verb, VERB_LONG) && memory_made(p->pending, size)) {
        p->call->made = *pattern;
        out->piece = (struct piece){0, size};
        p->call->out = memory_new(p->trial, PATTERN_BLOCK);
        pattern->position += size;
    } else {
        out->piece = bytes_piece(p, node);
    }
}

static struct piece copied(const struct preparation *p, const void *bytes, size_t size)
{
    struct piece piece = memory_new(p->trial, size);
    if (piece.offset != 0)
        memcpy(memory_at(p->trial, piece), bytes, size);
    return piece;
}

static struct piece address_piece(const struct preparation *p, const struct node *node)
{
    struct sockaddr_storage address;
    socklen_t size = endpoint_resolve(p->trial, node, &address);
    return copied(p, &address, size);
}

static struct piece control_piece(const struct preparation *p, const struct node *list)
{
    struct piece piece = memory_new(p->trial, ancillary_size(list));
    if (piece.offset != 0)
        piece.size = ancillary_write(p->trial, list, memory_at(p->trial, piece));
    return piece;
}

/* A raw packet: its bytes, and to: as the address of a sendto. */
static void packet_argument(const struct preparation *p, const struct node *node,
                            struct argument *out)
{
    const struct node *payload = node_get(node, "payload");
    const struct node *to = node_get(node, "to");
    struct piece bytes = payload != NULL ? bytes_piece(p, payload) : (struct piece){0, 0};
    uint8_t packet[PACKET_MAX];
    size_t size = crafted_packet(p->trial, node, p->pending->member->side,
                                 memory_at(p->trial, bytes), bytes.size, packet);
    out->piece = copied(p, packet, size);
    if (to != NULL)
        p->call->crafted_to = address_piece(p, to);
}

static void content_argument(const struct preparation *p, const struct node *node,
                             struct argument *out)
{
    if (content_is(node))
        out->piece = bytes_piece(p, node);
    else
        packet_argument(p, node, out);
}

/* A gathered send: the pieces end to end, and where each lies. */
static void list_argument(const struct preparation *p, const struct node *node,
                          struct argument *out)
{
    size_t total = 0;
    for (const struct node *one = node->first; one != NULL; one = one->next)
        total = amount_plus(total, content_size(one));
    p->call->gathered = memory_new(p->trial, total);
    out->piece = memory_many(p->trial, (int64_t)node->count, sizeof(struct piece));
    struct piece *pieces = memory_at(p->trial, out->piece);
    struct piece next = p->call->gathered;
    bool good = pieces != NULL && next.offset != 0;
    for (const struct node *one = node->first; one != NULL && good; one = one->next) {
        next.size = content_size(one);
        content_write(one, pending_sends(p->pending), memory_at(p->trial, next));
        pieces[out->number++] = next;
        next.offset += next.size;
    }
}

static void sizes_argument(const struct preparation *p, const struct node *node,
                           struct argument *out)
{
    size_t total = 0;
    out->piece = memory_many(p->trial, (int64_t)node->count, sizeof(uint64_t));
    uint64_t *sizes = memory_at(p->trial, out->piece);
    for (const struct node *one = node->first; one != NULL && sizes != NULL; one = one->next) {
        sizes[out->number] = amount_of(number_of(one, 0));
        total = amount_plus(total, sizes[out->number++]);
    }
    p->call->sizes = out->piece;
    p->call->size_count = (uint64_t)out->number;
    p->call->out = memory_new(p->trial, total);
}

static void option_argument(const struct preparation *p, const struct node *node,
                            struct argument *out)
{
    const struct option *option = option_find(p->step->param[0]->text);
    char bytes[OPTION_ROOM];
    size_t size = option != NULL ? optionvalue_write(p->trial, option, node, bytes) : 0;
    out->piece = copied(p, bytes, size);
}

/* Bytes that the peers' calls have accepted on this descriptor's incoming stream. */
static int64_t accepted(const struct preparation *p)
{
    const struct descriptor *one = p->pending->descriptor;
    return one == NULL ? 0
                       : (int64_t)ledger_outstanding(p->trial->stage->ledger,
                                                     endpoint_stream(&one->peer, &one->local));
}

static int64_t command_argument(const struct preparation *p, const struct node *node)
{
    const struct member *member = p->pending->member;
    const struct shared *shared = p->trial->stage->shared;
    int elsewhere = atomic_load(&shared->pid[cast_index(&p->trial->stage->cast, member)]);
    int64_t value = elsewhere != 0 ? elsewhere : member->pid;
    if (!node_is(node, "self"))
        value = number_flags(node, GROUP_OPEN) | number_flags(node, GROUP_FD);
    return value;
}

int64_t resolve_descriptor(const struct preparation *p, const char *name)
{
    struct descriptor *one = descriptor_find(p->trial, p->pending->member, name);
    if (one == NULL)
        descriptor_missing(p->trial, p->pending->member, name);
    else
        p->pending->descriptor = one;
    return one != NULL ? one->fd : -1;
}

/* A number that a reference stands for may be more than the harness carries. */
static int64_t number_argument(const struct preparation *p, const struct node *node,
                               enum param_type type)
{
    int64_t number = number_of(node, 0);
    if (type == TYPE_MESSAGES && (number < 0 || number > MESSAGES_MAX))
        trial_broken(p->trial, CODE_TOO_LARGE, "one step is about at most %d messages",
                     MESSAGES_MAX);
    return number;
}

static void flags_argument(const struct preparation *p, const struct node *node,
                           struct argument *out)
{
    out->number = number_flags(node, GROUP_MSG);
    p->call->asked = (int)out->number;
}

static const enum constant_group group_of_type[] = {[TYPE_SOCKET_TYPE] = GROUP_SOCKET_TYPE,
                                                    [TYPE_PROTOCOL] = GROUP_PROTOCOL,
                                                    [TYPE_FAMILY] = GROUP_FAMILY,
                                                    [TYPE_SHUT] = GROUP_SHUT,
                                                    [TYPE_POLL_EVENTS] = GROUP_POLL,
                                                    [TYPE_EPOLL_EVENTS] = GROUP_EPOLL,
                                                    [TYPE_EPOLL_OP] = GROUP_EPOLL_OP,
                                                    [TYPE_OPEN_FLAGS] = GROUP_OPEN,
                                                    [TYPE_FCNTL] = GROUP_FCNTL,
                                                    [TYPE_IOCTL] = GROUP_IOCTL,
                                                    [TYPE_SIGNAL] = GROUP_SIGNAL,
                                                    [TYPE_SIGACTION_FLAGS] = GROUP_SIGACTION,
                                                    [TYPE_SPLICE_FLAGS] = GROUP_SPLICE};

/* A number that depends on what the name is of. */
static int64_t named_number(const struct preparation *p, const struct node *node,
                            enum param_type type)
{
    if (type == TYPE_DESCRIPTOR)
        return resolve_descriptor(p, node->text);
    return type == TYPE_OPTION_NAME ? optionvalue_number(p->trial, node->text)
                                    : command_argument(p, node);
}

void resolve_param(const struct preparation *p, size_t i)
{
    const struct node *node = p->step->param[i];
    struct argument *out = verb_argument(&p->call->in, p->call->verb, i);
    enum param_type type = p->step->verb->params[i].type;
    switch (type) {
    case TYPE_INTEGER:
    case TYPE_STREAM:
    case TYPE_MESSAGES:
    case TYPE_SIZE:
    case TYPE_ROOM:
    case TYPE_TIME:
        out->number = number_argument(p, node, type);
        break;
    case TYPE_SIGNALS:
        out->number = (int64_t)number_bits(node, GROUP_SIGNAL);
        break;
    case TYPE_SIZE_OR_ACCEPTED:
        out->number = node_is(node, "accepted") ? accepted(p) : number_of(node, 0);
        break;
    case TYPE_BYTES:
        bytes_argument(p, node, out);
        break;
    case TYPE_CONTENT:
        content_argument(p, node, out);
        break;
    case TYPE_BYTES_LIST:
        list_argument(p, node, out);
        break;
    case TYPE_SIZE_LIST:
        sizes_argument(p, node, out);
        break;
    case TYPE_ADDRESS:
        out->piece = address_piece(p, node);
        break;
    case TYPE_CONTROL:
        out->piece = control_piece(p, node);
        break;
    case TYPE_DESCRIPTOR:
    case TYPE_OPTION_NAME:
    case TYPE_COMMAND_ARG:
        out->number = named_number(p, node, type);
        break;
    case TYPE_OPTION_VALUE:
    case TYPE_OPTION_ASKED:
        option_argument(p, node, out);
        break;
    case TYPE_MSG_FLAGS:
        flags_argument(p, node, out);
        break;
    case TYPE_SOCKET_TYPE:
    case TYPE_PROTOCOL:
    case TYPE_FAMILY:
    case TYPE_SHUT:
    case TYPE_POLL_EVENTS:
    case TYPE_EPOLL_EVENTS:
    case TYPE_EPOLL_OP:
    case TYPE_OPEN_FLAGS:
    case TYPE_FCNTL:
    case TYPE_IOCTL:
    case TYPE_SIGNAL:
    case TYPE_SIGACTION_FLAGS:
    case TYPE_SPLICE_FLAGS:
        out->number = number_flags(node, group_of_type[type]);
        break;
    case TYPE_SCTP_FLAGS:
    case TYPE_SCTP_WORD:
        out->number = sctpvalue_words(p->trial, node);
        break;
    case TYPE_PACKET: /* of the wire's verbs, and names */
    case TYPE_SENT_PACKET:
    case TYPE_STARTED:
    case TYPE_ARGV: /* of programs, which read their own */
    case TYPE_READY:
    case TYPE_TRAFFIC:
    case TYPE_DIRECTION:
        break;
    }
}
