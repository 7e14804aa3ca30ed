/* SPDX-License-Identifier: MIT */
#include "case/pktstep.h"

#include "case/pktcall.h"
#include "case/pktinfo.h"
#include "case/pktmessage.h"
#include "case/pktsockopt.h"

#include <string.h>

/* --- sockets -------------------------------------------------------------------------------- */

static void put_word(struct pktbuild *build, struct node *map, const char *key, const char *word)
{
    pktnode_put(map, key, pktnode_word(build->arena, build->event->mark, "%s", word));
}

static void make_socket(struct pktbuild *build)
{
    struct node *in = pktnode_map(build->arena, build->event->mark);
    const struct pkt_value *domain = pktbuild_argument(build, 0);
    const struct pkt_value *protocol = pktbuild_argument(build, 2);
    pktnode_put(in, "type", pktbuild_flags(build, pktbuild_argument(build, 1), GROUP_SOCKET_TYPE));
    if (protocol->kind != PKT_VALUE_NUMBER || protocol->number != 0)
        pktnode_put(in, "protocol", pktbuild_name(build, protocol, GROUP_PROTOCOL));
    if (domain->kind != PKT_VALUE_ANY)
        pktnode_put(in, "domain", pktbuild_name(build, domain, GROUP_FAMILY));
    else
        put_word(build, in, "domain",
                 build->family == AF_INET6 || build->mapped ? "AF_INET6" : "AF_INET");
    pktbuild_bare(build, "socket", in);
}

static struct node *address_of(struct pktbuild *build, const char *actor)
{
    struct node *address = pktnode_map(build->arena, build->event->mark);
    put_word(build, address, "host", actor);
    if (build->mapped) {
        put_word(build, address, "family", "AF_INET6");
        put_word(build, address, "form", "mapped");
    }
    return address;
}

static void make_bind(struct pktbuild *build)
{
    pktbuild_any(build, 1, "an address");
    pktbuild_verb(build, "bind", address_of(build, build->actor));
}

static void make_connect(struct pktbuild *build)
{
    pktbuild_any(build, 1, "an address");
    pktbuild_verb(build, "connect", address_of(build, build->peer));
}

static void make_listen(struct pktbuild *build)
{
    pktbuild_verb(build, "listen", pktbuild_count(build, 1));
}

static void make_accept(struct pktbuild *build)
{
    const struct pkt_value *fd = pktbuild_argument(build, 0);
    struct node *in = pktnode_map(build->arena, build->event->mark);
    const char *name = build->call->name.text;
    put_word(build, in, "listener", pktbuild_descriptor(build, fd));
    if (strcmp(name, "accept4") == 0)
        pktnode_put(in, "flags",
                    pktbuild_flags(build, pktbuild_argument(build, 3), GROUP_SOCKET_TYPE));
    pktbuild_bare(build, name, in);
}

static void make_shutdown(struct pktbuild *build)
{
    pktbuild_verb(build, "shutdown", pktbuild_name(build, pktbuild_argument(build, 1), GROUP_SHUT));
}

static void make_close(struct pktbuild *build)
{
    const struct pkt_value *fd = pktbuild_argument(build, 0);
    pktbuild_bare(build, "close",
                  pktnode_word(build->arena, fd->mark, "%s", pktbuild_descriptor(build, fd)));
}

/* --- results -------------------------------------------------------------------------------- */

static void put_result(struct pktbuild *build, bool makes)
{
    const struct pkt_value *result = build->call->result;
    const struct pkt_text *error = &build->call->error;
    if (error->text != NULL && constant_find(GROUP_ERRNO, error->text) == NULL)
        pktbuild_lacks(build, NULL, "the error %s", error->text);
    else if (error->text != NULL)
        pktnode_put(build->body, "errno",
                    pktnode_word(build->arena, error->mark, "%s", error->text));
    if (result == NULL || result->kind == PKT_VALUE_ANY || build->failed)
        return;
    long long number = pktbuild_number(build, result, GROUP_OPTION_VALUE);
    if (makes && number >= 0)
        pktnode_put(
            build->body, "as",
            pktnode_word(build->arena, result->mark, "%s", pktbuild_descriptor(build, result)));
    else if (error->text == NULL)
        pktnode_put(build->body, "returns",
                    pktnode_word(build->arena, result->mark, "%lld", number));
    if (error->text != NULL && strcmp(error->text, "EPIPE") == 0)
        pktmessage_put_signal(build);
}

/* --- calls ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    bool makes; /* a descriptor */
    void (*make)(struct pktbuild *build);
} calls[] = {
    {"socket", true, make_socket},
    {"bind", false, make_bind},
    {"connect", false, make_connect},
    {"listen", false, make_listen},
    {"accept", true, make_accept},
    {"accept4", true, make_accept},
    {"shutdown", false, make_shutdown},
    {"close", false, make_close},
    {"read", false, pktmessage_read},
    {"recv", false, pktmessage_recv},
    {"recvfrom", false, pktmessage_recv},
    {"readv", false, pktmessage_readv},
    {"write", false, pktmessage_write},
    {"send", false, pktmessage_send},
    {"sendto", false, pktmessage_send},
    {"writev", false, pktmessage_writev},
    {"sendmsg", false, pktmessage_sendmsg},
    {"recvmsg", false, pktmessage_recvmsg},
    {"poll", false, pktmessage_poll},
    {"setsockopt", false, pktsockopt_set},
    {"getsockopt", false, pktsockopt_get},
    {"fcntl", false, pktsockopt_fcntl},
    {"ioctl", false, pktsockopt_ioctl},
    {"epoll_create", true, pktmessage_epoll_create},
    {"epoll_create1", true, pktmessage_epoll_create},
    {"epoll_ctl", false, pktmessage_epoll_ctl},
    {"epoll_wait", false, pktmessage_epoll_wait},
};

/* A call that is not known, and one that may be meant. */
static void lacks_call(struct pktbuild *build)
{
    const char *names[sizeof calls / sizeof *calls + 1] = {NULL};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        names[i] = calls[i].name;
    const char *near = suggest(build->call->name.text, names);
    pktbuild_lacks(build, NULL, "system call %s%s%s%s", build->call->name.text,
                   near != NULL ? " (did you mean " : "", near != NULL ? near : "",
                   near != NULL ? "?)" : "");
}

static bool translate_call(struct pktbuild *build)
{
    size_t at = 0;
    while (at < sizeof calls / sizeof *calls && strcmp(calls[at].name, build->call->name.text) != 0)
        at++;
    if (at == sizeof calls / sizeof *calls) {
        lacks_call(build);
        return false;
    }
    calls[at].make(build);
    if (!build->failed)
        put_result(build, calls[at].makes);
    return !build->failed;
}

const char *pktstep_actor(const struct pkt_script *script)
{
    const char *found = NULL;
    for (const struct pkt_event *one = script->events; one != NULL && found == NULL;
         one = one->next) {
        bool call = one->kind == PKT_EVENT_CALL;
        if (call && strcmp(one->call.name.text, "connect") == 0)
            found = "client";
        else if (call && strcmp(one->call.name.text, "listen") == 0)
            found = "server";
    }
    return found != NULL ? found : "server";
}

/* --- steps ---------------------------------------------------------------------------------- */

/* The steps so far. */
struct pktmaking {
    const struct pktstep_plan *plan;
    struct node *list;
    struct pktstep **end;
    const char *actor, *peer;
    struct pktbuild open; /* a call that blocks, and has not been looked at */
    int started;
    const char *last_fd; /* that a call named, for codes */
};

static void add(struct pktmaking *making, const struct pkt_event *event, const char *actor,
                struct node *body, bool ends)
{
    struct arena *arena = making->plan->arena;
    struct node *step = pktnode_map(arena, event->mark);
    pktnode_put(step, actor, body);
    pktnode_put(making->list, NULL, step);
    *making->end = arena_alloc(arena, sizeof **making->end);
    (*making->end)->event = event;
    (*making->end)->ends = ends;
    making->end = &(*making->end)->next;
}

/* Looks at the return of the call that blocks, if one is open. */
static void end_call(struct pktmaking *making)
{
    struct arena *arena = making->plan->arena;
    const struct pktbuild *open = &making->open;
    if (open->body == NULL)
        return;
    struct node *body = pktnode_map(arena, open->event->mark);
    pktnode_put(body, "done", pktnode_word(arena, open->event->mark, "call%d", making->started));
    for (const struct node *one = open->body->first; one != NULL;) {
        const struct node *next = one->next;
        static const char *const kept[] = {"returns", "errno",     "data",    "value",  "revents",
                                           "events",  "msg_flags", "control", "signals"};
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
            if (strcmp(one->key, kept[i]) == 0) {
                struct node *copy = arena_alloc(arena, sizeof *copy);
                *copy = *one;
                copy->next = NULL;
                pktnode_put(body, kept[i], copy);
            }
        one = next;
    }
    add(making, open->event, making->actor, body, true);
    making->open.body = NULL;
}

/* What beginning it says: the verb, and how it is made. */
static struct node *without_outcome(struct pktmaking *making, const struct pktbuild *build)
{
    static const char *const begin[] = {"fd", "as"};
    struct arena *arena = making->plan->arena;
    struct node *body = pktnode_map(arena, build->event->mark);
    for (const struct node *one = build->body->first; one != NULL; one = one->next) {
        bool wanted = one == build->body->first;
        for (size_t i = 0; i < sizeof begin / sizeof *begin; i++)
            wanted = wanted || strcmp(one->key, begin[i]) == 0;
        if (wanted) {
            struct node *copy = arena_alloc(arena, sizeof *copy);
            *copy = *one;
            copy->next = NULL;
            struct mark mark = copy->key_mark;
            pktnode_put(body, one->key, copy)->key_mark = mark;
        }
    }
    pktnode_put(body, "start",
                pktnode_word(arena, build->event->mark, "call%d", ++making->started));
    return body;
}

static void add_call(struct pktmaking *making, const struct pkt_event *event)
{
    const struct pktstep_plan *plan = making->plan;
    struct pktbuild build = {.arena = plan->arena,
                             .script = plan->script,
                             .event = event,
                             .call = &event->call,
                             .actor = making->actor,
                             .peer = making->peer,
                             .family = plan->family,
                             .mapped = plan->mapped};
    end_call(making);
    if (!translate_call(&build))
        return;
    const struct node *fd = node_get(build.body, "fd");
    const struct node *as = node_get(build.body, "as");
    making->last_fd = as != NULL ? as->text : fd != NULL ? fd->text : making->last_fd;
    if (event->time.blocks) {
        add(making, event, making->actor, without_outcome(making, &build), false);
        making->open = build;
    } else {
        add(making, event, making->actor, build.body, false);
    }
}

static void add_packet(struct pktmaking *making, const struct pkt_event *event)
{
    struct arena *arena = making->plan->arena;
    struct node *body = pktnode_map(arena, event->mark);
    struct node *packet = pktnode_map(arena, event->mark);
    struct node *layer = pktnode_map(arena, event->mark);
    static const char *const layers[] = {[PKT_TCP] = "tcp", [PKT_UDP] = "udp", [PKT_ICMP] = "icmp"};
    pktnode_put(packet, layers[event->packet.protocol], layer);
    pktnode_put(body, "sees", packet);
    pktnode_put(
        body, "from",
        pktnode_word(arena, event->mark, "%s",
                     event->packet.direction == PKT_OUTBOUND ? making->actor : making->peer));
    add(making, event, "wire", body, false);
}

/* What a code speaks of is taken in place. */
static void add_code(struct pktmaking *making, const struct pkt_event *event)
{
    struct arena *arena = making->plan->arena;
    struct node *body = pktnode_map(arena, event->mark);
    if (making->last_fd == NULL) {
        pkt_lacks(making->plan->script, event->mark, 2, "a code before any socket");
        return;
    }
    struct node *in = pktnode_map(arena, event->mark);
    pktnode_put(in, "name", pktnode_word(arena, event->mark, "TCP_INFO"));
    pktnode_put(in, "len", pktnode_word(arena, event->mark, "%d", PKTINFO_ROOM));
    pktnode_put(body, "getsockopt", in);
    pktnode_put(body, "fd", pktnode_word(arena, event->mark, "%s", making->last_fd));
    add(making, event, making->actor, body, false);
}

static struct node *text_node(struct arena *arena, struct mark mark, const char *text)
{
    return pktnode_text(arena, mark, text, strlen(text));
}

static void add_command(struct pktmaking *making, const struct pkt_event *event)
{
    struct arena *arena = making->plan->arena;
    struct node *body = pktnode_map(arena, event->mark);
    struct node *words = pktnode_list(arena, event->mark);
    pktnode_put(words, NULL, text_node(arena, event->mark, "sh"));
    pktnode_put(words, NULL, text_node(arena, event->mark, "-c"));
    const char *folder = making->plan->folder; /* its words are the shell's, that name is not */
    pktnode_put(words, NULL, text_node(arena, event->mark, "cd \"$1\" && eval \"$2\""));
    pktnode_put(words, NULL, text_node(arena, event->mark, "sh"));
    pktnode_put(words, NULL, text_node(arena, event->mark, folder));
    pktnode_put(words, NULL, text_node(arena, event->mark, event->text.text));
    pktnode_put(body, "run", words);
    if (event->number ==
        0) { /* before all: a setting that the host's owner may not write is none */
        struct node *any = pktnode_map(arena, event->mark);
        pktnode_put(any, "at_least", pktnode_word(arena, event->mark, "0"));
        pktnode_put(body, "exit", any);
    }
    add(making, event, making->actor, body, false);
}

static void add_event(struct pktmaking *making, const struct pkt_event *event)
{
    switch (event->kind) {
    case PKT_EVENT_CALL:
        add_call(making, event);
        break;
    case PKT_EVENT_PACKET:
        add_packet(making, event);
        break;
    case PKT_EVENT_CODE:
        add_code(making, event);
        break;
    case PKT_EVENT_COMMAND:
        add_command(making, event);
        break;
    case PKT_EVENT_UNKNOWN:
        break;
    }
}

/* The command before all events, as one. */
static const struct pkt_event *before_all(const struct pktstep_plan *plan)
{
    const struct pkt_text *before = &plan->script->before;
    struct pkt_event *event = arena_alloc(plan->arena, sizeof *event);
    event->kind = PKT_EVENT_COMMAND;
    event->time.at.kind = PKT_TIME_RELATIVE;
    event->text = *before;
    event->mark = event->time.mark = before->mark;
    event->source = arena_printf(plan->arena, "`%s`", before->text);
    return event;
}

struct node *pktstep_nodes(const struct pktstep_plan *plan, struct pktstep **steps)
{
    struct pktmaking making = {.plan = plan,
                               .list = pktnode_list(plan->arena, (struct mark){1, 1}),
                               .end = steps,
                               .actor = pktstep_actor(plan->script)};
    making.peer = strcmp(making.actor, "server") == 0 ? "client" : "server";
    *steps = NULL;
    if (plan->script->before.text != NULL)
        add_command(&making, before_all(plan));
    for (const struct pkt_event *one = plan->script->events; one != NULL; one = one->next)
        add_event(&making, one);
    end_call(&making);
    return making.list;
}
