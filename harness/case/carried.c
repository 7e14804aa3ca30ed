/* SPDX-License-Identifier: MIT */
#include "case/carried.h"

#include "case/program.h"
#include "case/remark.h"

#include <string.h>

bool carried_needs_wire(const struct variant *variant)
{
    const struct casefile *file = variant->file;
    bool needs = file->place == PLACE_WIRE || file->peer != NULL || file->port != 0 ||
                 variant->never != NULL || file->transport == TRANSPORT_RAW ||
                 file->transport == TRANSPORT_ICMP || file->transport == TRANSPORT_SCTP;
    for (size_t i = 0; i < variant->step_count && !needs; i++)
        needs = variant->steps[i].verb->side == SIDE_WIRE;
    for (size_t i = 0; i < variant->fault_count && !needs; i++)
        needs = variant->faults[i].wire != NULL;
    return needs;
}

/* The wire makes no chunks. */
static struct skip skip_peer(const struct casefile *file)
{
    bool chunks = file->peer != NULL && file->transport == TRANSPORT_SCTP;
    return chunks ? (struct skip){CODE_NOT_CARRIED,
                                  "'peer' with SCTP is not carried out by this build"}
                  : (struct skip){CODE_NONE, NULL};
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
    const struct skip skip = skip_peer(variant->file);
    if (skip.code != CODE_NONE)
        complain(remarks, peer->mark, remark_width(peer), skip.code,
                 "the case is skipped with this reason", "%s", skip.reason);
}

struct skip carried_skip(struct arena *arena, const struct variant *variant)
{
    struct skip skip = skip_programs(arena, variant->file);
    return skip.code != CODE_NONE ? skip : skip_peer(variant->file);
}
