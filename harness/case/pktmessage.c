/* SPDX-License-Identifier: MIT */
#include "case/pktmessage.h"

#include "case/pktcall.h"
#include "case/pktcontrol.h"

#include <string.h>

static struct node *map_of(struct pktbuild *build)
{
    return pktnode_map(build->arena, build->event->mark);
}

static void put_flags(struct pktbuild *build, struct node *in, size_t index)
{
    const struct pkt_value *flags = pktbuild_argument(build, index);
    if (flags->kind != PKT_VALUE_NUMBER || flags->number != 0)
        pktnode_put(in, "flags", pktbuild_flags(build, flags, GROUP_MSG));
}

/* What a buffer is expected to hold, where the script says so. */
static void put_data(struct pktbuild *build, size_t index)
{
    const struct pkt_value *data = pktbuild_argument(build, index);
    if (data->kind == PKT_VALUE_TEXT)
        pktnode_put(build->body, "data",
                    pktnode_text(build->arena, data->mark, data->text, data->length));
    else if (data->kind != PKT_VALUE_ANY)
        pktbuild_lacks(build, data, "the buffer of %s", build->call->name.text);
}

void pktmessage_read(struct pktbuild *build)
{
    pktbuild_verb(build, "read", pktbuild_count(build, 2));
    put_data(build, 1);
}

void pktmessage_recv(struct pktbuild *build)
{
    struct node *in = map_of(build);
    pktnode_put(in, "len", pktbuild_count(build, 2));
    put_flags(build, in, 3);
    pktbuild_verb(build, build->call->name.text, in);
    put_data(build, 1);
}

void pktmessage_write(struct pktbuild *build)
{
    int64_t size = pktbuild_number(build, pktbuild_argument(build, 2), GROUP_OPTION_VALUE);
    pktbuild_verb(build, "write", pktbuild_bytes(build, pktbuild_argument(build, 1), size));
}

void pktmessage_send(struct pktbuild *build)
{
    bool to = strcmp(build->call->name.text, "sendto") == 0;
    int64_t size = pktbuild_number(build, pktbuild_argument(build, 2), GROUP_OPTION_VALUE);
    struct node *in = map_of(build);
    pktnode_put(in, "data", pktbuild_bytes(build, pktbuild_argument(build, 1), size));
    if (to) {
        const struct pkt_value *address = pktbuild_argument(build, 4);
        struct node *host = map_of(build);
        bool none = address->kind == PKT_VALUE_NAME && strcmp(address->text, "NULL") == 0;
        pktnode_put(host, "host", pktnode_word(build->arena, address->mark, "%s", build->peer));
        if (build->mapped) {
            pktnode_put(host, "family", pktnode_word(build->arena, address->mark, "AF_INET6"));
            pktnode_put(host, "form", pktnode_word(build->arena, address->mark, "mapped"));
        }
        if (address->kind == PKT_VALUE_ANY)
            pktnode_put(in, "to", host);
        else if (!none && (address->kind != PKT_VALUE_NUMBER || address->number != 0))
            pktbuild_lacks(build, address, "an address of sendto");
    }
    put_flags(build, in, 3);
    pktbuild_verb(build, build->call->name.text, in);
}

/* --- vectors -------------------------------------------------------------------------------- */

/* [{..., 1000}, {"text", 4}] as lists: of bytes, or of sizes. */
static struct node *vector(struct pktbuild *build, const struct pkt_value *value, bool sends)
{
    struct node *list = pktnode_list(build->arena, value->mark);
    const struct pkt_value *one = value->kind == PKT_VALUE_LIST ? value->first : NULL;
    if (one == NULL)
        pktbuild_lacks(build, value, "the vector of %s", build->call->name.text);
    for (; one != NULL && !build->failed; one = one->next) {
        if (one->kind != PKT_VALUE_STRUCT || one->count != 2) {
            pktbuild_lacks(build, one, "the vector of %s", build->call->name.text);
            break;
        }
        int64_t size = pktbuild_number(build, one->first->next, GROUP_OPTION_VALUE);
        pktnode_put(list, NULL,
                    sends ? pktbuild_bytes(build, one->first, size)
                          : pktnode_word(build->arena, one->mark, "%lld", (long long)size));
    }
    return list;
}

void pktmessage_readv(struct pktbuild *build)
{
    pktbuild_verb(build, "readv", vector(build, pktbuild_argument(build, 1), false));
}

void pktmessage_writev(struct pktbuild *build)
{
    pktbuild_verb(build, "writev", vector(build, pktbuild_argument(build, 1), true));
}

/* The message of sendmsg or recvmsg with its vector; what else stands in it must be plain. */
static struct node *message(struct pktbuild *build, bool sends)
{
    static const char *const plain[] = {"msg_name", "msg_iov", "msg_flags", "msg_control"};
    const struct pkt_value *value = pktbuild_argument(build, 1);
    const struct pkt_value *iov = pktcall_member(value, "msg_iov");
    const struct pkt_value *control = pktcall_member(value, "msg_control");
    struct node *in = map_of(build);
    if (iov == NULL)
        pktbuild_lacks(build, value, "the message of %s", build->call->name.text);
    else
        pktnode_put(in, "iov", vector(build, iov, sends));
    bool some = control != NULL && (control->kind != PKT_VALUE_LIST || control->count > 0);
    if (some && (sends || control->kind != PKT_VALUE_LIST))
        pktbuild_lacks(build, control, "control messages of %s", build->call->name.text);
    else if (some)
        pktnode_put(in, "control",
                    pktnode_word(build->arena, control->mark, "%d", PKTCONTROL_ROOM));
    for (const struct pkt_value *one = value->first; one != NULL; one = one->next) {
        bool known = false;
        for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
            known = known || (one->name != NULL && strcmp(one->name, plain[i]) == 0);
        if (!known)
            pktbuild_lacks(build, one, "a member of a message");
    }
    put_flags(build, in, 2);
    return in;
}

void pktmessage_sendmsg(struct pktbuild *build)
{
    struct node *in = message(build, true);
    if (!build->failed)
        pktbuild_verb(build, "sendmsg", in);
}

void pktmessage_recvmsg(struct pktbuild *build)
{
    struct node *in = message(build, false);
    const struct pkt_value *flags = pktcall_member(pktbuild_argument(build, 1), "msg_flags");
    if (build->failed)
        return;
    pktbuild_verb(build, "recvmsg", in);
    const struct pkt_value *control = pktcall_member(pktbuild_argument(build, 1), "msg_control");
    if (build->call->error.text != NULL)
        return;
    if (flags != NULL)
        pktnode_put(build->body, "msg_flags", pktbuild_flags(build, flags, GROUP_MSG));
    if (control != NULL && control->count > 0)
        pktnode_put(build->body, "control", pktcontrol_expected(build, control));
}

/* --- waiting -------------------------------------------------------------------------------- */

static void put_timeout(struct pktbuild *build, struct node *in, size_t index)
{
    const struct pkt_value *value = pktbuild_argument(build, index);
    long long ms = pktbuild_number(build, value, GROUP_OPTION_VALUE);
    if (ms >= 0)
        pktnode_put(in, "timeout", pktnode_word(build->arena, value->mark, "%lldms", ms));
}

static void put_descriptor(struct pktbuild *build, const struct pkt_value *fd)
{
    pktnode_put(build->body, "fd",
                pktnode_word(build->arena, fd->mark, "%s", pktbuild_descriptor(build, fd)));
}

void pktmessage_poll(struct pktbuild *build)
{
    const struct pkt_value *list = pktbuild_argument(build, 0);
    const struct pkt_value *one =
        list->kind == PKT_VALUE_LIST && list->count == 1 ? list->first : NULL;
    const struct pkt_value *fd = pktcall_member(one, "fd");
    const struct pkt_value *events = pktcall_member(one, "events");
    const struct pkt_value *revents = pktcall_member(one, "revents");
    struct node *in = map_of(build);
    if (fd == NULL || events == NULL) {
        pktbuild_lacks(build, list, "poll of several descriptors");
        return;
    }
    pktnode_put(in, "events", pktbuild_flags(build, events, GROUP_POLL));
    put_timeout(build, in, 2);
    pktbuild_bare(build, "poll", in);
    put_descriptor(build, fd);
    if (revents != NULL)
        pktnode_put(build->body, "revents", pktbuild_flags(build, revents, GROUP_POLL));
}

void pktmessage_epoll_create(struct pktbuild *build)
{
    pktbuild_bare(build, "epoll_create1", pktnode_list(build->arena, build->event->mark));
}

void pktmessage_epoll_ctl(struct pktbuild *build)
{
    const struct pkt_value *op = pktbuild_argument(build, 1);
    const struct pkt_value *target = pktbuild_argument(build, 2);
    const struct pkt_value *events = pktcall_member(pktbuild_argument(build, 3), "events");
    struct node *in = map_of(build);
    pktnode_put(in, "op", pktbuild_name(build, op, GROUP_EPOLL_OP));
    pktnode_put(in, "target",
                pktnode_word(build->arena, target->mark, "%s", pktbuild_descriptor(build, target)));
    if (events != NULL)
        pktnode_put(in, "events", pktbuild_flags(build, events, GROUP_EPOLL));
    pktbuild_verb(build, "epoll_ctl", in);
}

/* {events=EPOLLIN, fd=4}: what was found of a descriptor. */
static void put_event(struct pktbuild *build, struct node *map, const struct pkt_value *one)
{
    const struct pkt_value *events = pktcall_member(one, "events");
    const struct pkt_value *fd = pktcall_member(one, "fd");
    if (events != NULL && fd != NULL)
        pktnode_put(map, pktbuild_descriptor(build, fd),
                    pktbuild_flags(build, events, GROUP_EPOLL));
    else if (one->kind != PKT_VALUE_ANY)
        pktbuild_lacks(build, one, "an event of epoll_wait");
}

void pktmessage_epoll_wait(struct pktbuild *build)
{
    const struct pkt_value *found = pktbuild_argument(build, 1);
    bool several = found->kind == PKT_VALUE_LIST;
    struct node *in = map_of(build), *events = map_of(build);
    put_timeout(build, in, 3);
    pktnode_put(in, "maxevents", pktbuild_count(build, 2));
    pktbuild_verb(build, "epoll_wait", in);
    for (const struct pkt_value *one = several ? found->first : found; one != NULL;
         one = several ? one->next : NULL)
        put_event(build, events, one);
    if (events->count > 0 && build->call->result != NULL && build->call->result->number > 0)
        pktnode_put(build->body, "events", events);
}

void pktmessage_put_signal(struct pktbuild *build)
{
    static const char *const sends[] = {"write", "send", "sendto", "sendmsg", "writev"};
    const struct node *in = build->body->first;
    const struct node *flags = node_get(in, "flags");
    bool silent = false, sending = false;
    for (const struct node *one = flags != NULL ? flags->first : NULL; one != NULL; one = one->next)
        silent = silent || node_is(one, "MSG_NOSIGNAL");
    for (size_t i = 0; i < sizeof sends / sizeof *sends; i++)
        sending = sending || strcmp(in->key, sends[i]) == 0;
    if (silent || !sending)
        return;
    struct node *signals = pktnode_list(build->arena, build->event->mark);
    pktnode_put(signals, NULL, pktnode_word(build->arena, build->event->mark, "SIGPIPE"));
    pktnode_put(build->body, "signals", signals);
}
