#include "engine/candidate.h"

#include "liar/lies.h"
#include "liar/packet_lie.h"
#include "stack/stacks.h"
#include "trial/unsupported.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

enum { CROWD = 1000 };

bool candidate_is_guest(const char *name)
{
    return strncmp(name, "uml:", 4) == 0 || strncmp(name, "qemu:", 5) == 0;
}

static void complain_of_name(const char *name)
{
    fprintf(stderr, "sockproof: there is no stack '%s' in this build; there is:", name);
    for (const char *const *known = stacks_names(); *known != NULL; known++)
        fprintf(stderr, " %s,", *known);
    fprintf(stderr,
            " and guest kernels as uml:VERSION and qemu:PACKAGE (./sockproof guest list)\n");
}

/* The lie of a configuration: told by one of the stacks, or by the wire. */
static bool know_lie(const char *name, const struct packet_lie **lie)
{
    *lie = packet_lie_find(name);
    bool known = lies_know(name);
    if (!known)
        fprintf(stderr,
                "sockproof: there is no lie '%s'; sockproof-engine lies shows what there is\n",
                name);
    return known;
}

/* Puts the liar in the place of the honest stack, if the lie is that stack's to tell; about the
   wire's lies every stack's results say that they were told. False, with a message, for a stack
   that never lies. */
static bool tell_to_lie(struct candidate *candidate, const char *lie)
{
    bool can = lies_can(candidate->name);
    const struct stack *liar = lies_stack(candidate->name, lie);
    if (!can)
        fprintf(stderr, "sockproof: a --lie is told by linux and usrsctp, not by %s\n",
                candidate->name);
    if (liar != NULL)
        candidate->stack = liar;
    if (liar != NULL || packet_lie_find(lie) != NULL)
        snprintf(candidate->shown, sizeof candidate->shown, "%s telling %s", candidate->name, lie);
    return can;
}

static void find_version(struct candidate *candidate)
{
    struct utsname system;
    const char *version = uname(&system) == 0 ? system.release : "";
    if (candidate->stack->version != NULL)
        version = candidate->stack->version();
    snprintf(candidate->version, sizeof candidate->version, "%s", version);
}

static bool load(struct candidate *candidate, const char *name, const struct config *config)
{
    bool guest = candidate_is_guest(name);
    *candidate = (struct candidate){.name = name, .stack = guest ? NULL : stacks_find(name)};
    snprintf(candidate->shown, sizeof candidate->shown, "%s", name);
    if (!guest && candidate->stack == NULL) {
        complain_of_name(name);
        return false;
    }
    if (!guest)
        find_version(candidate);
    return (config->lie == NULL || tell_to_lie(candidate, config->lie)) &&
           settings_load(&candidate->settings, config->root, name);
}

/* SCTP of a kernel is found out by trying, once. */
static bool speaks(const struct stack *stack, int protocol)
{
    static const struct stack *known;
    static bool has_sctp;
    if (protocol != IPPROTO_SCTP)
        return stack->speaks(protocol);
    if (known != stack)
        has_sctp = stack->speaks(protocol);
    known = stack;
    return has_sctp;
}

const char *candidate_lacks(const struct candidate *candidate, const struct variant *variant,
                            char *text, size_t size)
{
    const struct stack *stack = candidate->stack;
    const char *verb = stack != NULL ? unsupported_verb(stack, variant) : NULL;
    const char *why = text;
    if (stack == NULL && variant->file->clients >= CROWD &&
        strncmp(candidate->name, "qemu:", 5) == 0)
        why = "needs thousands of clients at once, for which an emulated processor is too slow";
    else if (stack == NULL)
        why = NULL; /* its engine finds out */
    else if (!speaks(stack, unsupported_protocol(variant)))
        snprintf(text, size, "the stack %s has no %s here", stack->name,
                 transport_name(variant->file->transport));
    else if (verb != NULL)
        snprintf(text, size, "the stack %s has no call %s", stack->name, verb);
    else if (unsupported_name(stack, variant) != NULL)
        snprintf(text, size, "the stack %s has no %s", stack->name,
                 unsupported_name(stack, variant));
    else if (unsupported_room(stack, variant) != NULL)
        snprintf(text, size, "the stack %s has %s", stack->name, unsupported_room(stack, variant));
    else
        why = NULL;
    return why;
}

const char *candidate_placed(const struct candidate *candidate, const struct variant *variant,
                             const struct places *places, bool *on_wire, char *text, size_t size)
{
    bool only_loopback = variant->file->place == PLACE_LOOPBACK;
    bool needs_wire = variant->needs_wire || candidate->stack->userspace;
    const char *elsewhere = only_loopback                     ? "the case is for loopback"
                            : places->asked == WHERE_LOOPBACK ? "--place loopback was asked for"
                                                              : places->no_wire;
    const char *skip = variant->skip;
    *on_wire = places->wire && !only_loopback && places->asked != WHERE_LOOPBACK;
    if (skip == NULL)
        skip = candidate_lacks(candidate, variant, text, size);
    if (skip == NULL && !*on_wire && variant->file->port != 0) {
        snprintf(text, size, "needs port %d, which only a host of its own is sure to have free: %s",
                 variant->file->port, elsewhere);
        skip = text;
    }
    if (skip == NULL && !*on_wire && (needs_wire || places->asked == WHERE_WIRE)) {
        snprintf(text, size, "%s: %s",
                 needs_wire ? "needs a wire between two hosts" : "--place wire was asked for",
                 elsewhere);
        skip = text;
    }
    return skip;
}

bool candidates_want(const struct candidate *candidates, const struct config *config, int which,
                     const struct variant *variant)
{
    int first = 0;
    int protocol = unsupported_protocol(variant);
    while (first < config->stack_count && !speaks(candidates[first].stack, protocol))
        first++;
    return which == (first < config->stack_count ? first : 0);
}

bool candidates_load(struct candidate *candidates, const struct config *config,
                     const struct packet_lie **lie)
{
    bool good = config->lie == NULL || know_lie(config->lie, lie);
    memset(candidates, 0, (size_t)config->stack_count * sizeof *candidates);
    for (int i = 0; i < config->stack_count && good; i++)
        good = load(&candidates[i], config->stacks[i], config);
    return good;
}

void candidates_clear(struct candidate *candidates, const struct config *config)
{
    for (int i = 0; i < config->stack_count; i++)
        settings_free(&candidates[i].settings);
}
