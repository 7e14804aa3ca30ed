/* SPDX-License-Identifier: MIT */
#include "engine/candidate.h"

#include "base/arena.h"
#include "case/variant.h"
#include "liar/lies.h"
#include "liar/packet_lie.h"
#include "stack/plugin.h"
#include "stack/relayed.h"
#include "stack/stacks.h"
#include "trial/enquiry.h"
#include "trial/unsupported.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

enum { CROWD = 1000 };

/* The name of a guest kernel. */
static bool is_guest(const char *name)
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
        version = candidate->stack->version(candidate->stack);
    snprintf(candidate->version, sizeof candidate->version, "%s", version);
}

struct plugin *candidate_plugin(const char *name, const char *what)
{
    char why[512] = "there is a stack of that name in this build: choose another";
    struct plugin *plugin = NULL;
    if (stacks_find(name) == NULL)
        plugin = plugin_open(name, what, why, sizeof why);
    if (plugin == NULL)
        fprintf(stderr, "sockproof: --stack %s=%s: %s\n", name, what, why);
    return plugin;
}

struct relayed *candidate_relayed(const char *name, const char *command,
                                  const struct config *config, const struct profile *profile)
{
    char why[640] = "there is a stack of that name in this build: choose another";
    struct greeting greeting = {0};
    struct relayed *relayed = NULL;
    if (config->place == WHERE_LOOPBACK)
        snprintf(why, sizeof why,
                 "a command is only started on a host that sockproof made, and --place loopback "
                 "asks for none");
    else if (stacks_find(name) == NULL && enquiry(command, profile, &greeting, why, sizeof why))
        relayed = arena_must(calloc(1, sizeof *relayed));
    if (relayed != NULL)
        relayed_make(relayed, name, command,
                     &(struct relayed_about){greeting.kernel, greeting.sctp, greeting.alone});
    else
        fprintf(stderr, "sockproof: --stack %s=exec:%s: %s\n", name, command, why);
    return relayed;
}

bool candidate_far(const char *name, const char *far)
{
    bool good = stacks_find(name) == NULL;
    if (!good)
        fprintf(stderr,
                "sockproof: --stack %s=ssh:%s: there is a stack of that name in this build: choose "
                "another\n",
                name, far);
    return good;
}

/* Number i of the configuration, which is the user's own. */
static bool load_own(struct candidate *candidate, const struct config *config, int i)
{
    const char *name = config->stacks[i];
    if (config->plugin[i] != NULL) {
        candidate->plugin = candidate_plugin(name, config->plugin[i]);
        candidate->stack = candidate->plugin != NULL ? &candidate->plugin->stack : NULL;
    } else {
        candidate->relayed =
            candidate_relayed(name, config->command[i], config, &candidate->settings.profile);
        candidate->stack = candidate->relayed != NULL ? &candidate->relayed->stack : NULL;
    }
    return candidate->stack != NULL;
}

static bool load(struct candidate *candidate, const struct config *config, int i)
{
    const char *name = config->stacks[i];
    const char *known = config->baseline != NULL ? config->baseline : name;
    bool guest = is_guest(name) || config->far[i] != NULL;
    bool own = config->plugin[i] != NULL || config->command[i] != NULL;
    *candidate = (struct candidate){
        .name = name, .stack = guest ? NULL : stacks_find(name), .far = config->far[i]};
    snprintf(candidate->shown, sizeof candidate->shown, "%s", name);
    if (candidate->far != NULL && !candidate_far(name, candidate->far))
        return false;
    if (!own && !guest && candidate->stack == NULL) {
        complain_of_name(name);
        return false;
    }
    if (!settings_load(&candidate->settings, config->root, config->no_baseline ? NULL : known) ||
        (own && !load_own(candidate, config, i)))
        return false;
    if (!guest)
        find_version(candidate);
    return config->lie == NULL || tell_to_lie(candidate, config->lie);
}

/* SCTP of a kernel is found out by trying, once. */
static bool speaks(const struct stack *stack, int protocol)
{
    static const struct stack *known;
    static bool has_sctp;
    if (protocol != IPPROTO_SCTP)
        return stack->speaks(stack, protocol);
    if (known != stack)
        has_sctp = stack->speaks(stack, protocol);
    known = stack;
    return has_sctp;
}

/* A guest's engine finds out itself, but what it would be too slow for; programs are not taken to
   another machine. */
static struct skip guest_lacks(const struct candidate *candidate, const struct variant *variant,
                               char *text, size_t size)
{
    bool emulated = strncmp(candidate->name, "qemu:", 5) == 0;
    struct skip skip = {CODE_NONE, NULL};
    if (emulated && variant->file->clients >= CROWD)
        skip = (struct skip){CODE_TOO_SLOW, "needs thousands of clients at once, for which an "
                                            "emulated processor is too slow"};
    if (candidate->far != NULL && variant_runs_program(variant, NULL)) {
        snprintf(text, size, "programs run here, and the stack %s is another machine's",
                 candidate->name);
        skip = (struct skip){CODE_STACK_PROGRAM, text};
    }
    return skip;
}

struct skip candidate_lacks(const struct candidate *candidate, const struct variant *variant,
                            char *text, size_t size)
{
    const struct stack *stack = candidate->stack;
    if (stack == NULL)
        return guest_lacks(candidate, variant, text, size);
    if (speaks(stack, unsupported_protocol(variant)))
        return unsupported_skip(stack, variant, text, size);
    snprintf(text, size, "the stack %s has no %s here", stack->name,
             transport_name(variant->file->transport));
    return (struct skip){CODE_STACK_PROTOCOL, text};
}

/* Why a variant does not get a wire: the case or the user asks for loopback, or there is none. */
static struct skip no_wire(const struct variant *variant, const struct places *places)
{
    struct skip why = {CODE_NO_WIRE, places->no_wire};
    if (variant->file->place == PLACE_LOOPBACK)
        why = (struct skip){CODE_PLACE_LOOPBACK, "the case is for loopback"};
    else if (places->asked == WHERE_LOOPBACK)
        why = (struct skip){CODE_PLACE_LOOPBACK, "--place loopback was asked for"};
    return why;
}

/* A stack in an actor's process that has a link, or raw sockets, in a host of its own. One that a
   file holds and that uses the kernel's sockets is at home wherever those are. */
static bool needs_host(const struct stack *stack)
{
    return stack->userspace && (stack->plugin == NULL || stack->own_address);
}

/* Why the variant cannot run on loopback, where it would, or no reason. */
static struct skip misplaced(const struct candidate *candidate, const struct variant *variant,
                             const struct places *places, char *text, size_t size)
{
    struct skip why = no_wire(variant, places);
    if (variant->file->port != 0) {
        snprintf(text, size, "needs port %d, which only a host of its own is sure to have free: %s",
                 variant->file->port, why.reason);
        return (struct skip){CODE_NEEDS_PORT, text};
    }
    if (candidate->stack->command != NULL) {
        snprintf(text, size,
                 "the command of the stack is only started on a host that sockproof made: %s",
                 why.reason);
        return (struct skip){why.code, text};
    }
    if (variant->needs_wire || needs_host(candidate->stack)) {
        snprintf(text, size, "needs a wire between two hosts: %s", why.reason);
        return (struct skip){why.code, text};
    }
    if (places->asked == WHERE_WIRE) {
        snprintf(text, size, "--place wire was asked for: %s", why.reason);
        return (struct skip){why.code == CODE_NO_WIRE ? CODE_NO_WIRE : CODE_PLACE_WIRE, text};
    }
    return (struct skip){CODE_NONE, NULL};
}

struct skip candidate_placed(const struct candidate *candidate, const struct variant *variant,
                             const struct places *places, bool *on_wire, char *text, size_t size)
{
    struct skip skip = variant->skip;
    *on_wire =
        places->wire && variant->file->place != PLACE_LOOPBACK && places->asked != WHERE_LOOPBACK;
    if (skip.code == CODE_NONE)
        skip = candidate_lacks(candidate, variant, text, size);
    if (skip.code == CODE_NONE && !*on_wire)
        skip = misplaced(candidate, variant, places, text, size);
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
        good = load(&candidates[i], config, i);
    return good;
}

void candidates_clear(struct candidate *candidates, const struct config *config)
{
    for (int i = 0; i < config->stack_count; i++) {
        settings_free(&candidates[i].settings);
        plugin_close(candidates[i].plugin);
        free(candidates[i].relayed);
    }
}
