/* SPDX-License-Identifier: MIT */
#include "trial/unsupported.h"

#include "case/constant.h"
#include "include/sockproof/stack.h"
#include "stack/sctp.h"
#include "trial/setup.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* True when the stack does not have the member of its table that the verb calls. */
static bool lacks(const struct stack *stack, enum verb_id verb)
{
    enum table { OF_NOTHING, OF_STACK, OF_SCTP };
    struct place {
        enum table table;
        size_t offset;
    };
#define NO_MEMBER                                                                                  \
    {                                                                                              \
        OF_NOTHING, 0                                                                              \
    }
#define CALL(member)                                                                               \
    {                                                                                              \
        OF_STACK, offsetof(struct stack, member)                                                   \
    }
#define SCTP_CALL(member)                                                                          \
    {                                                                                              \
        OF_SCTP, offsetof(struct stack_sctp, member)                                               \
    }
#define VERB(name, family, side, traits, sleeps, member, ...) [VERB_##name] = member,
    static const struct place places[VERB_COUNT] = {
#include "verb/verb.def"
    };
#undef VERB
    const struct place *place = &places[verb];
    const void *table = place->table == OF_SCTP ? (const void *)stack->sctp : stack;
    void (*member)(void) = NULL;
    if (place->table == OF_NOTHING)
        return false;
    if (table != NULL)
        memcpy(&member, (const char *)table + place->offset, sizeof member);
    return member == NULL;
}

/* The calls that the set-up makes; ended by VERB_COUNT. */
static const enum verb_id *setup_verbs(const struct casefile *file)
{
    static const enum verb_id none[] = {VERB_COUNT};
    static const enum verb_id open[] = {VERB_socket, VERB_COUNT};
    static const enum verb_id bound[] = {VERB_socket, VERB_bind, VERB_COUNT};
    static const enum verb_id listening[] = {VERB_socket, VERB_bind, VERB_listen, VERB_COUNT};
    static const enum verb_id stream[] = {VERB_socket,  VERB_bind,   VERB_listen,
                                          VERB_connect, VERB_accept, VERB_COUNT};
    static const enum verb_id datagram[] = {VERB_socket, VERB_bind, VERB_connect, VERB_COUNT};
    bool streams = file->transport == TRANSPORT_TCP || file->transport == TRANSPORT_SCTP;
    const enum verb_id *verbs = none;
    switch (file->setup) {
    case SETUP_NONE:
    case SETUP_COUNT:
        break;
    case SETUP_OPEN:
        verbs = open;
        break;
    case SETUP_BOUND:
        verbs = bound;
        break;
    case SETUP_LISTENING:
        verbs = listening;
        break;
    case SETUP_CONNECTED:
        verbs = streams ? stream : datagram;
        break;
    }
    return verbs;
}

/* The first verb of the steps or the set-up that the stack cannot carry out, or NULL. */
static const char *strange_verb(const struct stack *stack, const struct variant *variant)
{
    const char *name = NULL;
    for (size_t i = 0; i < variant->step_count && name == NULL; i++)
        if (lacks(stack, variant->steps[i].verb->id))
            name = variant->steps[i].verb->name;
    for (const enum verb_id *one = setup_verbs(variant->file); *one != VERB_COUNT && name == NULL;
         one++)
        if (lacks(stack, *one))
            name = verb_get(*one)->name;
    return name;
}

static bool knows(const struct stack *stack, const struct node *name)
{
    bool found = stack->names == NULL || name == NULL;
    for (const char *const *one = stack->names; !found && *one != NULL; one++)
        found = node_is(name, *one);
    return found;
}

/* The first flag of a call that the stack does not know, or NULL. */
static const char *strange_flag(const struct stack *stack, const struct node *flags)
{
    const char *found = NULL;
    for (const struct node *one = flags->first; one != NULL && found == NULL; one = one->next)
        if (one->text != NULL && strncmp(one->text, "MSG_", 4) == 0 && !knows(stack, one))
            found = one->text;
    return found;
}

static bool has_control(const struct stack *stack)
{
    bool found = false;
    for (const char *const *one = stack->names; !found && *one != NULL; one++)
        found = strcmp(*one, SOCKPROOF_CONTROL) == 0;
    return found;
}

/* What of the control data of a message the stack does not know, or NULL. */
static const char *strange_control(const struct stack *stack, const struct node *control)
{
    const char *found = has_control(stack) ? NULL : SOCKPROOF_CONTROL;
    const struct node *first = control->kind == NODE_LIST ? control->first : NULL;
    for (const struct node *one = first; one != NULL && found == NULL; one = one->next) {
        const struct node *type = one->kind == NODE_MAP ? node_get(one, "type") : NULL;
        if (type != NULL && !knows(stack, type))
            found = type->text;
    }
    return found;
}

/* The first word or member in what a step gives that the stack's SCTP does not have, or NULL. */
static const char *strange_word(const struct sctp_dialect *dialect, const struct node *node)
{
    const char *found = NULL;
    bool word = node->kind == NODE_SCALAR && node->plain &&
                (strncmp(node->text, "SCTP_", 5) == 0 || strncmp(node->text, "SPP_", 4) == 0);
    if (word && sctp_constant_find(dialect, node->text) == NULL)
        found = node->text;
    for (const struct node *one = node->kind != NODE_SCALAR ? node->first : NULL;
         one != NULL && found == NULL; one = one->next)
        found = strange_word(dialect, one);
    return found;
}

static const char *strange_member(const struct sctp_layout *layout, const struct node *value)
{
    const char *found = NULL;
    for (const struct node *one = value->kind == NODE_MAP ? value->first : NULL;
         one != NULL && found == NULL; one = one->next)
        if (sctp_member_find(layout, one->key) == NULL)
            found = one->key;
    return found;
}

/* The option that a step is about, or NULL. */
static const struct option *option_of(const struct step *step)
{
    const struct node *name = step->param[0];
    bool option =
        step->verb->params[0].type == TYPE_OPTION_NAME && name != NULL && name->kind == NODE_SCALAR;
    return option ? option_find(name->text) : NULL;
}

/* What of SCTP a step names that the stack does not have, or NULL. */
static const char *strange_sctp(const struct stack *stack, const struct step *step)
{
    const struct verb *verb = step->verb;
    const struct option *option = option_of(step);
    const struct sctp_dialect *dialect = stack->sctp != NULL ? stack->sctp->dialect : NULL;
    bool sctp = option != NULL && option->type == OPTION_SCTP;
    const struct sctp_layout *layout =
        sctp && dialect != NULL ? sctp_layout_find(dialect->options, option->name) : NULL;
    const char *found = sctp && layout == NULL ? option->name : NULL;
    for (size_t i = 0; i < verb->param_count && found == NULL; i++) {
        enum param_type type = verb->params[i].type;
        bool value = layout != NULL && (type == TYPE_OPTION_VALUE || type == TYPE_OPTION_ASKED);
        bool words = dialect != NULL && (type == TYPE_SCTP_FLAGS || type == TYPE_SCTP_WORD);
        if (step->param[i] != NULL && value)
            found = strange_member(layout, step->param[i]);
        if (step->param[i] != NULL && found == NULL && (value || words))
            found = strange_word(dialect, step->param[i]);
    }
    return found;
}

static bool is_of(const struct node *node, const char *one, const char *other)
{
    return node != NULL && node->kind == NODE_SCALAR &&
           (node_is(node, one) || node_is(node, other));
}

/* A family of sockets that only a kernel has. */
static bool is_kernels(const struct node *domain)
{
    static const char *const families[] = {"AF_PACKET",  "PF_PACKET", "AF_UNIX", "AF_LOCAL",
                                           "AF_NETLINK", "AF_VSOCK",  "PF_UNIX"};
    bool found = false;
    for (size_t i = 0; i < sizeof families / sizeof *families && !found; i++)
        found = node_is(domain, families[i]);
    return found;
}

/* An option that the stack's dialect of SCTP answers for, not its names. */
static bool is_sctps(const struct stack *stack, const struct step *step)
{
    const struct option *option = option_of(step);
    return stack->sctp != NULL && option != NULL && option->type == OPTION_SCTP;
}

/* What a step names that the stack does not know, or NULL. */
static const char *strange(const struct stack *stack, const struct step *step)
{
    enum param_type first = step->verb->params[0].type;
    bool names = first == TYPE_OPTION_NAME || first == TYPE_FCNTL || first == TYPE_IOCTL;
    const char *found = NULL;
    if (names && !is_sctps(stack, step) && !knows(stack, step->param[0]))
        found = step->param[0]->text;
    if (stack->names != NULL && step->expect[EXPECT_control] != NULL && found == NULL)
        found = strange_control(stack, step->expect[EXPECT_control]);
    for (int i = 0; i < PARAM_MAX && stack->names != NULL && found == NULL; i++) {
        const char *name = step->param[i] != NULL ? step->verb->params[i].name : "";
        if (strcmp(name, "control") == 0)
            found = strange_control(stack, step->param[i]);
        else if (strcmp(name, "flags") == 0)
            found = strange_flag(stack, step->param[i]);
        else if (strcmp(name, "domain") == 0 && is_kernels(step->param[i]))
            found = step->param[i]->text;
    }
    return found != NULL ? found : strange_sctp(stack, step);
}

/* What the steps name that the stack does not know, or NULL. */
static const char *strange_name(const struct stack *stack, const struct variant *variant)
{
    const char *name = NULL;
    for (size_t i = 0; i < variant->step_count && name == NULL; i++)
        name = strange(stack, &variant->steps[i]);
    return name;
}

/* A family of sockets that the stack does not have, as the variant's or a step's, or NULL. */
static const char *strange_family(const struct stack *stack, const struct variant *variant)
{
    const char *found = NULL;
    if (stack->lacks_ipv4 && variant->family == AF_INET)
        found = "IPv4";
    if (stack->lacks_ipv6 && variant->family == AF_INET6)
        found = "IPv6";
    for (size_t i = 0; i < variant->step_count && found == NULL; i++) {
        const struct step *step = &variant->steps[i];
        for (int k = 0; k < PARAM_MAX && found == NULL; k++) {
            if (stack->lacks_ipv4 && is_of(step->param[k], "AF_INET", "PF_INET"))
                found = "IPv4";
            if (stack->lacks_ipv6 && is_of(step->param[k], "AF_INET6", "PF_INET6"))
                found = "IPv6";
        }
    }
    return found;
}

static bool names_raw(const struct node *type)
{
    bool found = type->kind == NODE_SCALAR && node_is(type, "SOCK_RAW");
    for (const struct node *one = type->kind == NODE_SCALAR ? NULL : type->first;
         one != NULL && !found; one = one->next)
        found = names_raw(one);
    return found;
}

static bool makes_raw(const struct step *step)
{
    bool found = false;
    for (size_t i = 0; i < step->verb->param_count && !found; i++)
        found = step->verb->params[i].type == TYPE_SOCKET_TYPE && step->param[i] != NULL &&
                names_raw(step->param[i]);
    return found;
}

/* Raw sockets, of whatever protocol, that the steps or the set-up make and the stack has not. */
static bool lacks_raw(const struct stack *stack, const struct variant *variant)
{
    bool raw = variant->file->setup != SETUP_NONE &&
               setup_socket_type(variant->file->transport) == SOCK_RAW;
    for (size_t i = 0; i < variant->step_count && !raw; i++)
        raw = makes_raw(&variant->steps[i]);
    return raw && !stack->speaks(stack, IPPROTO_RAW);
}

static bool runs_program(const struct variant *variant)
{
    bool runs = false;
    for (size_t i = 0; i < variant->step_count && !runs; i++)
        runs = verb_has(variant->steps[i].verb, VERB_PROGRAM);
    return runs;
}

/* A stack that has its host alone lives in one process of it. */
static bool fits(const struct stack *stack, const struct variant *variant)
{
    static const char *const alone[] = {"client", "server", "wire"};
    bool fits_all = true;
    for (size_t i = 0; i < variant->step_count && stack->alone && fits_all; i++) {
        fits_all = false;
        for (size_t known = 0; known < sizeof alone / sizeof *alone; known++)
            fits_all = fits_all || strcmp(variant->steps[i].actor, alone[known]) == 0;
    }
    return fits_all;
}

struct skip unsupported_skip(const struct stack *stack, const struct variant *variant, char *text,
                             size_t size)
{
    struct skip skip = {CODE_NONE, NULL};
    const char *family = strange_family(stack, variant);
    const char *verb = strange_verb(stack, variant);
    const char *name = strange_name(stack, variant);
    if ((stack->userspace || stack->command != NULL) && runs_program(variant)) {
        snprintf(text, size, "the stack %s is none that programs can use", stack->name);
        skip = (struct skip){CODE_STACK_PROGRAM, text};
    } else if (family != NULL) {
        snprintf(text, size, "the stack %s has no %s", stack->name, family);
        skip = (struct skip){CODE_STACK_FAMILY, text};
    } else if (lacks_raw(stack, variant)) {
        snprintf(text, size, "the stack %s has no raw sockets", stack->name);
        skip = (struct skip){CODE_STACK_PROTOCOL, text};
    } else if (verb != NULL) {
        snprintf(text, size, "the stack %s has no call %s", stack->name, verb);
        skip = (struct skip){CODE_STACK_CALL, text};
    } else if (name != NULL) {
        snprintf(text, size, "the stack %s has no %s", stack->name, name);
        skip = (struct skip){CODE_STACK_OPTION, text};
    } else if (!fits(stack, variant)) {
        snprintf(text, size, "the stack %s has one process to a host, and the case needs more",
                 stack->name);
        skip = (struct skip){CODE_STACK_ROOM, text};
    }
    return skip;
}

int unsupported_protocol(const struct variant *variant)
{
    static const int protocols[TRANSPORT_COUNT] = {[TRANSPORT_TCP] = IPPROTO_TCP,
                                                   [TRANSPORT_UDP] = IPPROTO_UDP,
                                                   [TRANSPORT_SCTP] = IPPROTO_SCTP,
                                                   [TRANSPORT_RAW] = IPPROTO_RAW,
                                                   [TRANSPORT_ICMP] = IPPROTO_ICMP};
    return protocols[variant->file->transport];
}
