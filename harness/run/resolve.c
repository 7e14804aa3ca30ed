#include "run/resolve.h"

#include "case/quantity.h"
#include "run/endpoint.h"
#include "run/opened.h"
#include "wire/draft.h"

#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum { FILL_MAX = 32 << 20, EACH_ROOM = 65536, OPTION_ROOM = 512, EVENTS_ROOM = 64 };

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

static const char *saved_text(const struct trial *trial, const char *name)
{
    const char *text = NULL;
    for (size_t i = 0; i < trial->saved_count; i++)
        if (strcmp(trial->saved[i].name, name) == 0)
            text = trial->saved[i].text;
    return text;
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

static struct piece room(struct trial *trial, size_t size)
{
    struct piece piece = shared_alloc(trial->stage->shared, size);
    if (piece.offset == 0)
        trial_broken(trial, "the case moves more data than a worker has room for (%zu bytes more)",
                     size);
    return piece;
}

static void *at(struct trial *trial, struct piece piece)
{
    return shared_at(trial->stage->shared, piece);
}

static struct pattern *pattern_of(struct opened *opened)
{
    static struct pattern nobody;
    return opened->descriptor != NULL ? &opened->descriptor->sends : &nobody;
}

static struct piece bytes_piece(struct trial *trial, const struct node *node, struct opened *opened)
{
    struct piece piece = room(trial, content_size(node));
    if (piece.offset != 0)
        content_write(node, pattern_of(opened), at(trial, piece));
    return piece;
}

static struct piece pattern_piece(struct trial *trial, size_t size, struct opened *opened)
{
    struct piece piece = room(trial, size);
    if (piece.offset != 0)
        pattern_write(pattern_of(opened), at(trial, piece), size);
    return piece;
}

static struct piece address_piece(struct trial *trial, const struct node *node)
{
    struct sockaddr_storage address;
    socklen_t size = endpoint_resolve(trial, node, &address);
    struct piece piece = room(trial, size);
    if (piece.offset != 0)
        memcpy(at(trial, piece), &address, size);
    return piece;
}

static struct in6_addr side_address(struct trial *trial, const struct node *node, enum side side)
{
    struct sockaddr_storage address;
    struct in6_addr host = trial->stage->address[side][trial->variant->family == AF_INET6];
    if (node != NULL && endpoint_resolve(trial, node, &address) > 0)
        host = endpoint_address(&address);
    return host;
}

static void draft_layer(struct trial *trial, struct draft *draft, const struct node *layer)
{
    for (const struct node *one = layer->first; one != NULL; one = one->next) {
        bool is_address = strcmp(one->key, "src") == 0 || strcmp(one->key, "dst") == 0;
        if (is_address)
            continue;
        if (node_is(one, "valid") || node_is(one, "bad"))
            draft_checksum(draft, layer->key, node_is(one, "bad") ? CHECKSUM_BAD : CHECKSUM_COMPUTE,
                           0);
        else if (strcmp(one->key, "checksum") == 0)
            draft_checksum(draft, layer->key, CHECKSUM_LITERAL, resolve_number(one, 0));
        else if (!draft_set(draft, layer->key, one->key, resolve_flags(one, GROUP_TCP_FLAG)))
            trial_broken(trial, "a packet's %s has no field '%s'", layer->key, one->key);
    }
}

/* A raw packet: its bytes to argument i, and to: as the address of a sendto. */
static void packet_argument(struct trial *trial, const struct node *node, struct opened *opened,
                            struct call *call, int i)
{
    const struct node *ip = node_get(node, "ip");
    const struct node *to = node_get(node, "to");
    const struct node *payload = node_get(node, "payload");
    struct draft draft;
    uint8_t packet[2048];
    draft_begin(&draft, trial->variant->family);
    draft.source = side_address(trial, node_get(ip, "src"), opened->member->side);
    draft.destination =
        side_address(trial, to != NULL ? to : node_get(ip, "dst"),
                     opened->member->side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT);
    if (payload != NULL) {
        struct piece bytes = bytes_piece(trial, payload, opened);
        draft.payload = at(trial, bytes);
        draft.payload_size = bytes.size;
    }
    for (const struct node *one = node->first; one != NULL; one = one->next)
        if (one->kind == NODE_MAP && one != payload && one != to)
            draft_layer(trial, &draft, one);
    ssize_t size = draft_build(&draft, packet, sizeof packet);
    call->arg[i].piece = room(trial, size < 0 ? 0 : (size_t)size);
    if (size < 0)
        trial_broken(trial, "the packet does not fit %zu bytes", sizeof packet);
    else if (call->arg[i].piece.offset != 0)
        memcpy(at(trial, call->arg[i].piece), packet, (size_t)size);
    if (to != NULL)
        call->arg[2].piece = address_piece(trial, to);
}

static void content_argument(struct trial *trial, const struct node *node, struct opened *opened,
                             struct call *call, int i)
{
    if (content_is(node))
        call->arg[i].piece = bytes_piece(trial, node, opened);
    else
        packet_argument(trial, node, opened, call, i);
}

/* A gathered send: the pieces end to end in argument 4, and where each lies in argument i. */
static void list_argument(struct trial *trial, const struct node *node, struct opened *opened,
                          struct call *call, int i)
{
    size_t total = 0;
    size_t count = 0;
    for (const struct node *one = node->first; one != NULL; one = one->next)
        total += content_size(one);
    call->arg[4].piece = room(trial, total);
    call->arg[i].piece = room(trial, node->count * sizeof(struct piece));
    struct piece *pieces = at(trial, call->arg[i].piece);
    struct piece next = call->arg[4].piece;
    for (const struct node *one = node->first; one != NULL && pieces != NULL; one = one->next) {
        next.size = content_size(one);
        content_write(one, pattern_of(opened), at(trial, next));
        pieces[count++] = next;
        next.offset += next.size;
    }
    call->arg[i].number = (int64_t)count;
}

static void sizes_argument(struct trial *trial, const struct node *node, struct call *call, int i)
{
    size_t total = 0;
    size_t count = 0;
    call->arg[i].piece = room(trial, node->count * sizeof(uint64_t));
    uint64_t *sizes = at(trial, call->arg[i].piece);
    for (const struct node *one = node->first; one != NULL && sizes != NULL; one = one->next) {
        sizes[count] = (uint64_t)resolve_number(one, 0);
        total += sizes[count++];
    }
    call->arg[i].number = (int64_t)count;
    call->out = room(trial, total);
}

static size_t option_value(const struct option *option, const struct node *value, void *out)
{
    int number = (int)resolve_number(value, 0);
    int64_t us = resolve_number(value, 0);
    struct timeval time = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
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
    case OPTION_SCTP:
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
    size_t size = option != NULL ? option_value(option, value, bytes) : 0;
    call->arg[i].piece = room(trial, size);
    if (call->arg[i].piece.offset != 0)
        memcpy(at(trial, call->arg[i].piece), bytes, size);
}

static int64_t option_number(const struct node *node)
{
    const struct option *option = option_find(node->text);
    return option != NULL ? (int64_t)option->level << 32 | (uint32_t)option->number : 0;
}

/* Bytes that the peers' calls have accepted on this descriptor's incoming stream. */
static int64_t accepted(struct trial *trial, const struct opened *opened)
{
    const struct descriptor *one = opened->descriptor;
    return one == NULL ? 0
                       : (int64_t)ledger_outstanding(trial->stage->ledger,
                                                     endpoint_stream(&one->peer, &one->local));
}

static int64_t fcntl_argument(const struct node *node, const struct opened *opened)
{
    int64_t value = opened->member->pid;
    if (!node_is(node, "self"))
        value = resolve_flags(node, GROUP_OPEN) | resolve_flags(node, GROUP_FD);
    return value;
}

static int64_t descriptor_argument(struct trial *trial, const char *name, struct opened *opened)
{
    struct descriptor *one = descriptor_find(trial, opened->member, name);
    if (one == NULL)
        trial_broken(trial, "%s has no descriptor '%s' here: the call that makes it failed",
                     opened->member->name, name);
    else
        opened->descriptor = one;
    return one != NULL ? one->fd : -1;
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
                                                    [TYPE_SIGACTION_FLAGS] = GROUP_SIGACTION};

static void resolve_param(struct trial *trial, const struct step *step, struct opened *opened,
                          struct call *call, int i)
{
    const struct node *node = step->param[i];
    switch (step->verb->params[i].type) {
    case TYPE_INTEGER:
    case TYPE_SIZE:
    case TYPE_TIME:
        call->arg[i].number = resolve_number(node, 0);
        break;
    case TYPE_SIZE_OR_ACCEPTED:
        call->arg[i].number =
            node_is(node, "accepted") ? accepted(trial, opened) : resolve_number(node, 0);
        break;
    case TYPE_BYTES:
        call->arg[i].piece = bytes_piece(trial, node, opened);
        break;
    case TYPE_CONTENT:
        content_argument(trial, node, opened, call, i);
        break;
    case TYPE_BYTES_LIST:
        list_argument(trial, node, opened, call, i);
        break;
    case TYPE_SIZE_LIST:
        sizes_argument(trial, node, call, i);
        break;
    case TYPE_ADDRESS:
        call->arg[i].piece = address_piece(trial, node);
        break;
    case TYPE_DESCRIPTOR:
        call->arg[i].number = descriptor_argument(trial, node->text, opened);
        break;
    case TYPE_OPTION_NAME:
        call->arg[i].number = option_number(node);
        break;
    case TYPE_OPTION_VALUE:
        option_argument(trial, step, call, i);
        break;
    case TYPE_FCNTL_ARG:
        call->arg[i].number = fcntl_argument(node, opened);
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
        call->arg[i].number = resolve_flags(node, group_of_type[step->verb->params[i].type]);
        break;
    case TYPE_PACKET: /* of wire verbs, of verbs that this build does not carry out, and names */
    case TYPE_STARTED:
    case TYPE_CONTROL:
    case TYPE_ARGV:
    case TYPE_TRAFFIC:
    case TYPE_DIRECTION:
        break;
    }
}

/* --- what a verb needs beyond its parameters ------------------------------------------- */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void resolve_room(struct trial *trial, const struct step *step, struct opened *opened,
                         struct call *call)
{
    switch (call->verb) {
    case VERB_recv:
    case VERB_recvfrom:
    case VERB_read:
    case VERB_recv_all:
        call->out = room(trial, (size_t)call->arg[0].number);
        break;
    case VERB_recv_until:
        call->out = room(trial, step->param[1] != NULL ? (size_t)call->arg[1].number : EACH_ROOM);
        break;
    case VERB_recv_each:
        if (step->param[1] == NULL)
            call->arg[1].number = EACH_ROOM;
        call->out = room(trial, (size_t)(call->arg[0].number * call->arg[1].number));
        call->out2 = room(trial, (size_t)call->arg[0].number * sizeof(uint64_t));
        break;
    case VERB_recvmsg:
        call->out2 = room(trial, (size_t)call->arg[1].number);
        break;
    case VERB_epoll_wait:
        call->out = room(trial, EVENTS_ROOM * sizeof(struct epoll_event));
        break;
    case VERB_getsockopt:
        call->out = room(trial, OPTION_ROOM);
        break;
    case VERB_ioctl:
        call->out = room(trial, sizeof(struct timeval)); /* the largest that a request gives */
        break;
    case VERB_send_each:
        call->arg[3].piece =
            pattern_piece(trial, (size_t)(call->arg[0].number * call->arg[1].number), opened);
        break;
    case VERB_fill:
        call->arg[3].piece =
            pattern_piece(trial, smaller((size_t)call->arg[0].number * 1024, FILL_MAX), opened);
        break;
    default:
        break; /* nothing beyond the parameters */
    }
}

static void resolve_defaults(const struct trial *trial, const struct step *step, struct call *call)
{
    if ((call->verb == VERB_poll || call->verb == VERB_select) && step->param[1] == NULL)
        call->arg[1].number = -1;
    if (call->verb == VERB_epoll_wait && step->param[0] == NULL)
        call->arg[0].number = -1;
    if (call->verb == VERB_socket && step->param[2] == NULL)
        call->arg[2].number = trial->variant->family;
    if (call->verb == VERB_socket && step->param[1] == NULL &&
        (call->arg[0].number & 15) == SOCK_RAW)
        call->arg[1].number = trial->variant->file->transport != TRANSPORT_ICMP ? 253
                              : trial->variant->family == AF_INET               ? IPPROTO_ICMP
                                                                                : IPPROTO_ICMPV6;
}

/* The descriptor that a verb works on when it takes none as a parameter. */
static void resolve_descriptor(struct trial *trial, const struct step *step, struct opened *opened,
                               struct call *call)
{
    const struct node *fd = step->modifier[MODIFIER_fd];
    bool takes = step->verb->param_count > 0 && step->verb->params[0].type == TYPE_DESCRIPTOR;
    bool needs = call->verb != VERB_socket && call->verb != VERB_sigaction &&
                 call->verb != VERB_kill && call->verb != VERB_epoll_create1;
    bool accepts = call->verb == VERB_accept || call->verb == VERB_accept4;
    if (takes && step->param[0] == NULL)
        call->arg[0].number = descriptor_argument(trial,
                                                  fd != NULL ? fd->text
                                                  : accepts  ? "listener"
                                                             : "sock",
                                                  opened);
    else if (!takes && needs)
        call->fd = (int)descriptor_argument(trial, fd != NULL ? fd->text : "sock", opened);
}

static void resolve_modifiers(struct trial *trial, const struct step *step, struct call *call)
{
    const struct node *limits = step->modifier[MODIFIER_limits];
    const struct node *at_call = step->modifier[MODIFIER_at];
    call->started = step->modifier[MODIFIER_start] != NULL;
    if (limits != NULL && limits->first != NULL) {
        const struct constant *limit = constant_find(GROUP_RLIMIT, limits->first->key);
        call->limit_resource = limit != NULL ? (int)limit->value : -1;
        call->limit_value = (uint64_t)resolve_number(limits->first, 0);
    }
    if (at_call != NULL) {
        const struct opened *target = opened_find(trial, at_call->text);
        if (target == NULL)
            trial_broken(trial, "no call named '%s' is open", at_call->text);
        else if (call->verb == VERB_kill)
            call->arg[1].number = atomic_load(&opened_call(trial, target)->tid);
    }
}

bool resolve_call(struct trial *trial, const struct step *step, struct opened *opened,
                  struct call *call)
{
    call->verb = step->verb->id;
    resolve_descriptor(trial, step, opened, call);
    for (int i = 0; i < (int)step->verb->param_count && trial_good(trial); i++)
        if (step->param[i] != NULL)
            resolve_param(trial, step, opened, call, i);
    if (trial_good(trial)) {
        resolve_defaults(trial, step, call);
        resolve_room(trial, step, opened, call);
        resolve_modifiers(trial, step, call);
    }
    if (opened->descriptor != NULL) {
        call->datagram = opened->descriptor->message;
        if (step->verb->params[0].type == TYPE_DESCRIPTOR)
            call->fd = (int)call->arg[0].number;
    }
    return trial_good(trial);
}
