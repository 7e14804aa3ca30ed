#include "trial/resolve.h"

#include "base/quantity.h"
#include "trial/ancillary.h"
#include "trial/builtin.h"
#include "trial/crafted.h"
#include "trial/endpoint.h"
#include "trial/memory.h"
#include "trial/pending.h"
#include "trial/runprogram.h"
#include "trial/sctpvalue.h"

#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

int64_t resolve_number(const struct node *node, int64_t otherwise)
{
    struct quantity quantity;
    return node != NULL && node->kind == NODE_SCALAR && quantity_parse(node->text, &quantity)
               ? quantity.value
               : otherwise;
}

static int64_t flag(const struct node *node, enum constant_group group)
{
    const struct constant *constant = constant_find(group, node->text);
    return constant != NULL ? constant->value : resolve_number(node, 0);
}

int64_t resolve_flags(const struct node *node, enum constant_group group)
{
    int64_t bits = 0;
    if (node == NULL)
        return 0;
    if (node->kind == NODE_SCALAR)
        return flag(node, group);
    for (const struct node *one = node->first; one != NULL; one = one->next)
        bits |= flag(one, group);
    return bits;
}

/* --- references to saved values ------------------------------------------------------- */

static bool refers(const struct node *node)
{
    bool found = node_reference(node) != NULL;
    for (const struct node *one = node != NULL ? node->first : NULL; one != NULL && !found;
         one = one->next)
        found = refers(one);
    return found;
}

static const char *saved_text(struct trial *trial, const char *name)
{
    const char *text = NULL;
    for (size_t i = 0; i < trial->saved_count; i++)
        if (strcmp(trial->saved[i].name, name) == 0)
            text = trial->saved[i].text;
    return text != NULL ? text : builtin_text(trial, name);
}

static struct node *filled(struct trial *trial, const struct node *node)
{
    struct node *copy = arena_alloc(trial->arena, sizeof *copy);
    const char *name = node_reference(node);
    const char *text = name != NULL ? saved_text(trial, name) : NULL;
    struct node **end = &copy->first;
    *copy = *node;
    copy->next = copy->first = NULL;
    if (text != NULL) {
        copy->text = arena_copy(trial->arena, text, strlen(text));
        copy->length = strlen(text);
    } else if (name != NULL) {
        trial_broken(trial, "$%s has no value yet: no step saved it", name);
    }
    for (const struct node *one = node->first; one != NULL; one = one->next) {
        *end = filled(trial, one);
        end = &(*end)->next;
    }
    return copy;
}

static void fill_all(struct trial *trial, const struct node **nodes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (nodes[i] != NULL && refers(nodes[i]))
            nodes[i] = filled(trial, nodes[i]);
}

const struct step *resolve_references(struct trial *trial, const struct step *step)
{
    struct step *copy = arena_alloc(trial->arena, sizeof *copy);
    *copy = *step;
    fill_all(trial, copy->param, PARAM_MAX);
    fill_all(trial, copy->modifier, MODIFIER_COUNT);
    fill_all(trial, copy->expect, EXPECT_COUNT);
    return copy;
}

/* --- parameters ----------------------------------------------------------------------- */

static struct piece bytes_piece(struct trial *trial, const struct node *node,
                                struct pending *pending)
{
    struct piece piece = memory_new(trial, content_size(node));
    if (piece.offset != 0)
        content_write(node, pending_sends(pending), memory_at(trial, piece));
    return piece;
}

/* The bytes of a send. Those of a long pattern are made where they are sent: they would not fit
   into any cache, and the case would measure the machine's memory. */
static void bytes_argument(struct trial *trial, const struct node *node, struct pending *pending,
                           struct call *call, int i)
{
    struct pattern *pattern = pending_sends(pending);
    size_t size = content_pattern(node);
    bool made = call->verb == VERB_send_all && memory_made(pending, size);
    if (made) {
        call->made = *pattern;
        call->arg[i].piece = (struct piece){0, size};
        call->out = memory_new(trial, PATTERN_BLOCK);
        pattern->position += size;
    } else {
        call->arg[i].piece = bytes_piece(trial, node, pending);
    }
}

static struct piece address_piece(struct trial *trial, const struct node *node)
{
    struct sockaddr_storage address;
    socklen_t size = endpoint_resolve(trial, node, &address);
    struct piece piece = memory_new(trial, size);
    if (piece.offset != 0)
        memcpy(memory_at(trial, piece), &address, size);
    return piece;
}

static struct piece control_piece(struct trial *trial, const struct node *list)
{
    struct piece piece = memory_new(trial, ancillary_size(list));
    if (piece.offset != 0)
        piece.size = ancillary_write(trial, list, memory_at(trial, piece));
    return piece;
}

/* A raw packet: its bytes to argument i, and to: as the address of a sendto. */
static void packet_argument(struct trial *trial, const struct node *node, struct pending *pending,
                            struct call *call, int i)
{
    const struct node *payload = node_get(node, "payload");
    const struct node *to = node_get(node, "to");
    struct piece bytes =
        payload != NULL ? bytes_piece(trial, payload, pending) : (struct piece){0, 0};
    uint8_t packet[CRAFTED_MAX];
    size_t size = crafted_packet(trial, node, pending->member->side, memory_at(trial, bytes),
                                 bytes.size, packet);
    call->arg[i].piece = memory_new(trial, size);
    if (call->arg[i].piece.offset != 0)
        memcpy(memory_at(trial, call->arg[i].piece), packet, size);
    if (to != NULL)
        call->arg[2].piece = address_piece(trial, to);
}

static void content_argument(struct trial *trial, const struct node *node, struct pending *pending,
                             struct call *call, int i)
{
    if (content_is(node))
        call->arg[i].piece = bytes_piece(trial, node, pending);
    else
        packet_argument(trial, node, pending, call, i);
}

/* A gathered send: the pieces end to end in argument 4, and where each lies in argument i. */
static void list_argument(struct trial *trial, const struct node *node, struct pending *pending,
                          struct call *call, int i)
{
    size_t total = 0;
    size_t count = 0;
    for (const struct node *one = node->first; one != NULL; one = one->next)
        total += content_size(one);
    call->arg[4].piece = memory_new(trial, total);
    call->arg[i].piece = memory_new(trial, node->count * sizeof(struct piece));
    struct piece *pieces = memory_at(trial, call->arg[i].piece);
    struct piece next = call->arg[4].piece;
    for (const struct node *one = node->first; one != NULL && pieces != NULL; one = one->next) {
        next.size = content_size(one);
        content_write(one, pending_sends(pending), memory_at(trial, next));
        pieces[count++] = next;
        next.offset += next.size;
    }
    call->arg[i].number = (int64_t)count;
}

static void sizes_argument(struct trial *trial, const struct node *node, struct call *call, int i)
{
    size_t total = 0;
    size_t count = 0;
    call->arg[i].piece = memory_new(trial, node->count * sizeof(uint64_t));
    uint64_t *sizes = memory_at(trial, call->arg[i].piece);
    for (const struct node *one = node->first; one != NULL && sizes != NULL; one = one->next) {
        sizes[count] = (uint64_t)resolve_number(one, 0);
        total += sizes[count++];
    }
    call->arg[i].number = (int64_t)count;
    call->out = memory_new(trial, total);
}

static size_t option_value(struct trial *trial, const struct option *option,
                           const struct node *value, void *out)
{
    int number = (int)resolve_number(value, 0);
    int64_t us = resolve_number(value, 0);
    struct timeval time = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    if (option->type == OPTION_SCTP)
        return sctpvalue_option(trial, option->name, value, out, OPTION_ROOM);
    struct linger linger = {(int)resolve_number(node_get(value, "l_onoff"), 0),
                            (int)resolve_number(node_get(value, "l_linger"), 0)};
    size_t size = sizeof number;
    switch (option->type) {
    case OPTION_TIME:
        size = sizeof time;
        memcpy(out, &time, size);
        break;
    case OPTION_LINGER:
        size = sizeof linger;
        memcpy(out, &linger, size);
        break;
    case OPTION_TEXT:
        size = value->length < OPTION_ROOM ? value->length : OPTION_ROOM;
        memcpy(out, value->text, size);
        break;
    case OPTION_INT:
    case OPTION_ERRNO:
    case OPTION_TYPE:
    case OPTION_FAMILY:
    case OPTION_PROTO:
    case OPTION_TCPINFO:
    case OPTION_SCTP: /* taken above */
        memcpy(out, &number, size);
        break;
    }
    return size;
}

static void option_argument(struct trial *trial, const struct step *step, struct call *call, int i)
{
    const struct option *option = step->param[0] != NULL ? option_find(step->param[0]->text) : NULL;
    const struct node *value = step->param[i];
    char bytes[OPTION_ROOM];
    size_t size = option != NULL ? option_value(trial, option, value, bytes) : 0;
    call->arg[i].piece = memory_new(trial, size);
    if (call->arg[i].piece.offset != 0)
        memcpy(memory_at(trial, call->arg[i].piece), bytes, size);
}

static int64_t option_number(struct trial *trial, const struct node *node)
{
    const struct option *option = option_find(node->text);
    if (option != NULL && option->type == OPTION_SCTP)
        return (int64_t)IPPROTO_SCTP << 32 | (uint32_t)sctpvalue_number(trial, option->name);
    return option != NULL ? (int64_t)option->level << 32 | (uint32_t)option->number : 0;
}

/* Bytes that the peers' calls have accepted on this descriptor's incoming stream. */
static int64_t accepted(struct trial *trial, const struct pending *pending)
{
    const struct descriptor *one = pending->descriptor;
    return one == NULL ? 0
                       : (int64_t)ledger_outstanding(trial->stage->ledger,
                                                     endpoint_stream(&one->peer, &one->local));
}

static int64_t fcntl_argument(const struct node *node, const struct pending *pending)
{
    int64_t value = pending->member->pid;
    if (!node_is(node, "self"))
        value = resolve_flags(node, GROUP_OPEN) | resolve_flags(node, GROUP_FD);
    return value;
}

static int64_t descriptor_argument(struct trial *trial, const char *name, struct pending *pending)
{
    struct descriptor *one = descriptor_find(trial, pending->member, name);
    if (one == NULL)
        trial_broken(trial, "%s has no descriptor '%s' here: the call that makes it failed",
                     pending->member->name, name);
    else
        pending->descriptor = one;
    return one != NULL ? one->fd : -1;
}

/* A set of signals: bit n stands for signal n. */
static int64_t signal_bits(const struct node *node)
{
    int64_t bits = 0;
    for (const struct node *one = node->kind == NODE_LIST ? node->first : node; one != NULL;
         one = node->kind == NODE_LIST ? one->next : NULL)
        bits |= INT64_C(1) << flag(one, GROUP_SIGNAL);
    return bits;
}

static const enum constant_group group_of_type[] = {[TYPE_SOCKET_TYPE] = GROUP_SOCKET_TYPE,
                                                    [TYPE_PROTOCOL] = GROUP_PROTOCOL,
                                                    [TYPE_FAMILY] = GROUP_FAMILY,
                                                    [TYPE_SHUT] = GROUP_SHUT,
                                                    [TYPE_MSG_FLAGS] = GROUP_MSG,
                                                    [TYPE_POLL_EVENTS] = GROUP_POLL,
                                                    [TYPE_EPOLL_EVENTS] = GROUP_EPOLL,
                                                    [TYPE_EPOLL_OP] = GROUP_EPOLL_OP,
                                                    [TYPE_OPEN_FLAGS] = GROUP_OPEN,
                                                    [TYPE_FCNTL] = GROUP_FCNTL,
                                                    [TYPE_IOCTL] = GROUP_IOCTL,
                                                    [TYPE_SIGNAL] = GROUP_SIGNAL,
                                                    [TYPE_SIGACTION_FLAGS] = GROUP_SIGACTION,
                                                    [TYPE_SPLICE_FLAGS] = GROUP_SPLICE};

static void resolve_param(struct trial *trial, const struct step *step, struct pending *pending,
                          struct call *call, int i)
{
    const struct node *node = step->param[i];
    switch (step->verb->params[i].type) {
    case TYPE_INTEGER:
    case TYPE_SIZE:
    case TYPE_TIME:
        call->arg[i].number = resolve_number(node, 0);
        break;
    case TYPE_SIGNALS:
        call->arg[i].number = signal_bits(node);
        break;
    case TYPE_SIZE_OR_ACCEPTED:
        call->arg[i].number =
            node_is(node, "accepted") ? accepted(trial, pending) : resolve_number(node, 0);
        break;
    case TYPE_BYTES:
        bytes_argument(trial, node, pending, call, i);
        break;
    case TYPE_CONTENT:
        content_argument(trial, node, pending, call, i);
        break;
    case TYPE_BYTES_LIST:
        list_argument(trial, node, pending, call, i);
        break;
    case TYPE_SIZE_LIST:
        sizes_argument(trial, node, call, i);
        break;
    case TYPE_ADDRESS:
        call->arg[i].piece = address_piece(trial, node);
        break;
    case TYPE_CONTROL:
        call->arg[i].piece = control_piece(trial, node);
        break;
    case TYPE_DESCRIPTOR:
        call->arg[i].number = descriptor_argument(trial, node->text, pending);
        break;
    case TYPE_OPTION_NAME:
        call->arg[i].number = option_number(trial, node);
        break;
    case TYPE_OPTION_VALUE:
        option_argument(trial, step, call, i);
        break;
    case TYPE_FCNTL_ARG:
        call->arg[i].number = fcntl_argument(node, pending);
        break;
    case TYPE_SOCKET_TYPE:
    case TYPE_PROTOCOL:
    case TYPE_FAMILY:
    case TYPE_SHUT:
    case TYPE_MSG_FLAGS:
    case TYPE_POLL_EVENTS:
    case TYPE_EPOLL_EVENTS:
    case TYPE_EPOLL_OP:
    case TYPE_OPEN_FLAGS:
    case TYPE_FCNTL:
    case TYPE_IOCTL:
    case TYPE_SIGNAL:
    case TYPE_SIGACTION_FLAGS:
    case TYPE_SPLICE_FLAGS:
        call->arg[i].number = resolve_flags(node, group_of_type[step->verb->params[i].type]);
        break;
    case TYPE_SCTP_FLAGS:
    case TYPE_SCTP_WORD:
        call->arg[i].number = sctpvalue_words(trial, node);
        break;
    case TYPE_PACKET: /* of wire verbs, of verbs that this build does not carry out, and names */
    case TYPE_STARTED:
    case TYPE_ARGV: /* of run, which resolves its own */
    case TYPE_READY:
    case TYPE_TRAFFIC:
    case TYPE_DIRECTION:
        break;
    }
}

/* --- what a verb needs beyond its parameters ------------------------------------------- */

static void otherwise(const struct step *step, struct call *call, int i, int64_t number)
{
    if (step->param[i] == NULL)
        call->arg[i].number = number;
}

static int64_t raw_protocol(const struct variant *variant)
{
    int64_t number = 253; /* RFC 3692: for experiments */
    if (variant->file->transport == TRANSPORT_ICMP)
        number = variant->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
    return number;
}

static void socket_defaults(const struct trial *trial, const struct step *step, struct call *call)
{
    otherwise(step, call, 2, trial->variant->family);
    if (trial->variant->file->transport == TRANSPORT_SCTP)
        otherwise(step, call, 1, IPPROTO_SCTP);
    if ((call->arg[0].number & 15) == SOCK_RAW)
        otherwise(step, call, 1, raw_protocol(trial->variant));
    if (call->arg[2].number == AF_PACKET) /* packet(7): in network byte order */
        call->arg[1].number = htons((uint16_t)call->arg[1].number);
}

static void resolve_defaults(struct trial *trial, const struct step *step, struct call *call)
{
    switch (call->verb) {
    case VERB_poll:
    case VERB_select:
    case VERB_ppoll:
    case VERB_pselect:
        otherwise(step, call, 1, -1);
        break;
    case VERB_epoll_wait:
        otherwise(step, call, 0, -1);
        break;
    case VERB_recvmmsg:
        otherwise(step, call, 3, -1);
        break;
    case VERB_sendfile:
        otherwise(step, call, 1, -1);
        otherwise(step, call, 2, (int64_t)call->arg[0].piece.size);
        break;
    case VERB_socketpair:
        otherwise(step, call, 2, AF_UNIX);
        break;
    case VERB_sctp_bindx:
        otherwise(step, call, 1, sctpvalue_word(trial, "SCTP_BINDX_ADD_ADDR"));
        break;
    case VERB_socket:
        socket_defaults(trial, step, call);
        break;
    default:
        break; /* 0 */
    }
}

/* The descriptor that a verb works on when it takes none as a parameter. */
static void resolve_descriptor(struct trial *trial, const struct step *step,
                               struct pending *pending, struct call *call)
{
    const struct node *fd = step->modifier[MODIFIER_fd];
    bool takes = step->verb->param_count > 0 && step->verb->params[0].type == TYPE_DESCRIPTOR;
    bool needs = call->verb != VERB_socket && call->verb != VERB_socketpair &&
                 call->verb != VERB_sigaction && call->verb != VERB_kill &&
                 call->verb != VERB_run && call->verb != VERB_epoll_create1;
    bool accepts = call->verb == VERB_accept || call->verb == VERB_accept4;
    if (takes && step->param[0] == NULL)
        call->arg[0].number = descriptor_argument(trial,
                                                  fd != NULL ? fd->text
                                                  : accepts  ? "listener"
                                                             : "sock",
                                                  pending);
    else if (!takes && needs)
        call->fd = (int)descriptor_argument(trial, fd != NULL ? fd->text : "sock", pending);
}

static uint64_t capability_bits(const struct node *node)
{
    uint64_t bits = 0;
    for (const struct node *one = node != NULL && node->kind == NODE_LIST ? node->first : node;
         one != NULL; one = node->kind == NODE_LIST ? one->next : NULL)
        bits |= UINT64_C(1) << flag(one, GROUP_CAPABILITY);
    return bits;
}

static void resolve_modifiers(struct trial *trial, const struct step *step, struct call *call)
{
    const struct node *limits = step->modifier[MODIFIER_limits];
    const struct node *at_call = step->modifier[MODIFIER_at];
    call->without = capability_bits(step->modifier[MODIFIER_without]);
    call->started = step->modifier[MODIFIER_start] != NULL;
    if (limits != NULL && limits->first != NULL) {
        const struct constant *limit = constant_find(GROUP_RLIMIT, limits->first->key);
        call->limit_resource = limit != NULL ? (int)limit->value : -1;
        call->limit_value = (uint64_t)resolve_number(limits->first, 0);
    }
    if (at_call != NULL) {
        const struct pending *target = pending_find(trial, at_call->text);
        if (target == NULL)
            trial_broken(trial, "no call named '%s' is open", at_call->text);
        else if (call->verb == VERB_kill)
            call->arg[1].number = atomic_load(&pending_call(trial, target)->tid);
    }
}

bool resolve_call(struct trial *trial, const struct step *step, struct pending *pending,
                  struct call *call)
{
    call->verb = step->verb->id;
    resolve_descriptor(trial, step, pending, call);
    for (int i = 0; i < (int)step->verb->param_count && trial_good(trial); i++)
        if (step->param[i] != NULL)
            resolve_param(trial, step, pending, call, i);
    if (trial_good(trial)) {
        resolve_defaults(trial, step, call);
        memory_resolve(trial, step, pending, call);
        resolve_modifiers(trial, step, call);
    }
    if (trial_good(trial) && call->verb == VERB_run)
        runprogram_resolve(trial, step, pending, call);
    if (pending->descriptor != NULL) {
        call->datagram = pending->descriptor->message;
        if (step->verb->params[0].type == TYPE_DESCRIPTOR)
            call->fd = (int)call->arg[0].number;
    }
    return trial_good(trial);
}
