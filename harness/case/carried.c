/* SPDX-License-Identifier: MIT */
#include "case/carried.h"

#include "case/program.h"
#include "case/remark.h"

#include <string.h>

bool carried_needs_wire(const struct variant *variant)
{
    const struct casefile *file = variant->file;
    bool needs = file->place == PLACE_WIRE || file->peer_is_wire || file->port != 0 ||
                 variant->never != NULL || file->transport == TRANSPORT_RAW ||
                 file->transport == TRANSPORT_ICMP || file->transport == TRANSPORT_SCTP;
    for (size_t i = 0; i < variant->step_count && !needs; i++)
        needs = variant->steps[i].verb->side == SIDE_WIRE;
    for (size_t i = 0; i < variant->fault_count && !needs; i++)
        needs = variant->faults[i].wire != NULL;
    return needs;
}

static struct skip skip_step(struct arena *arena, const struct step *step)
{
    if (!verb_has(step->verb, VERB_UNBUILT))
        return (struct skip){CODE_NONE, NULL};
    return (struct skip){
        CODE_NOT_CARRIED,
        arena_printf(arena, "the verb '%s' is not carried out by this build", step->verb->name)};
}

/* A program of the case that is not there, and how to get it. */
static struct skip skip_programs(struct arena *arena, const struct casefile *file)
{
    const struct node *one = file->programs != NULL ? file->programs->first : NULL;
    while (one != NULL && program_find(one->text, NULL, 0))
        one = one->next;
    if (one == NULL)
        return (struct skip){CODE_NONE, NULL};
    const char *package = program_package(one->text);
    return (struct skip){CODE_PROGRAM_MISSING,
                         arena_printf(arena,
                                      "%s is not installed: apt-get install %s, or ./sockproof run "
                                      "--with programs",
                                      one->text, package != NULL ? package : one->text)};
}

void carried_remark(struct complaints *remarks, const struct variant *variant)
{
    const struct node *peer = variant->file->peer;
    for (size_t i = 0; i < variant->step_count; i++) {
        const struct step *step = &variant->steps[i];
        const struct skip skip = skip_step(remarks->arena, step);
        if (skip.code != CODE_NONE)
            complain(remarks, step->verb_mark, (int)strlen(step->verb->name), skip.code,
                     "the case is skipped with this reason", "%s", skip.reason);
    }
    if (variant->file->peer_is_wire)
        complain(remarks, peer->mark, remark_width(peer), CODE_NOT_CARRIED,
                 "the case is skipped with this reason",
                 "'peer: wire' is not carried out by this build");
}

struct skip carried_skip(struct arena *arena, const struct variant *variant)
{
    struct skip skip = skip_programs(arena, variant->file);
    if (variant->file->peer_is_wire)
        skip = (struct skip){CODE_NOT_CARRIED, "'peer: wire' is not carried out by this build"};
    for (size_t i = 0; i < variant->step_count && skip.code == CODE_NONE; i++)
        skip = skip_step(arena, &variant->steps[i]);
    return skip;
}
