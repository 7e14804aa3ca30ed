/* SPDX-License-Identifier: MIT */
#include "trial/unsupported.h"

#include "stack/sctp.h"

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

/* The first verb of the steps that the stack cannot carry out, or NULL. */
static const char *strange_verb(const struct stack *stack, const struct variant *variant)
{
    const char *name = NULL;
    for (size_t i = 0; i < variant->step_count && name == NULL; i++)
        if (lacks(stack, variant->steps[i].verb->id))
            name = variant->steps[i].verb->name;
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

/* What a step names that the stack does not know, or NULL. */
static const char *strange(const struct stack *stack, const struct step *step)
{
    enum param_type first = step->verb->params[0].type;
    bool names = first == TYPE_OPTION_NAME || first == TYPE_FCNTL || first == TYPE_IOCTL;
    const char *found = NULL;
    if (names && !knows(stack, step->param[0]))
        found = step->param[0]->text;
    for (int i = 0; i < PARAM_MAX && stack->names != NULL && found == NULL; i++) {
        const char *name = step->param[i] != NULL ? step->verb->params[i].name : "";
        if (strcmp(name, "control") == 0)
            found = "control data";
        else if (strcmp(name, "flags") == 0)
            found = strange_flag(stack, step->param[i]);
        else if (strcmp(name, "domain") == 0 && node_is(step->param[i], "AF_PACKET"))
            found = "AF_PACKET";
    }
    return found;
}

/* What the steps name that the stack does not know, or NULL. */
static const char *strange_name(const struct stack *stack, const struct variant *variant)
{
    const char *name = NULL;
    for (size_t i = 0; i < variant->step_count && name == NULL; i++)
        name = strange(stack, &variant->steps[i]);
    return name;
}

/* A stack with addresses of its own lives in one process of its host. */
static bool fits(const struct stack *stack, const struct variant *variant)
{
    static const char *const alone[] = {"client", "server", "wire"};
    bool fits_all = true;
    for (size_t i = 0; i < variant->step_count && stack->own_address && fits_all; i++) {
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
    const char *verb = strange_verb(stack, variant);
    const char *name = strange_name(stack, variant);
    if (verb != NULL) {
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
