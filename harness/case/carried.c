#include "case/carried.h"

#include "case/program.h"

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

static const char *skip_step(struct arena *arena, const struct step *step)
{
    const char *reason = NULL;
    if (verb_has(step->verb, VERB_UNBUILT))
        reason =
            arena_printf(arena, "the verb '%s' is not carried out by this build", step->verb->name);
    return reason;
}

/* A program of the case that is not there, and how to get it. */
static const char *skip_programs(struct arena *arena, const struct casefile *file)
{
    const char *reason = NULL;
    for (const struct node *one = file->programs != NULL ? file->programs->first : NULL;
         one != NULL && reason == NULL; one = one->next)
        if (!program_find(one->text, NULL, 0))
            reason = arena_printf(arena,
                                  "%s is not installed: apt-get install %s, or ./sockproof run "
                                  "--with programs",
                                  one->text,
                                  program_package(one->text) != NULL ? program_package(one->text)
                                                                     : one->text);
    return reason;
}

static const char *skip_case(const struct casefile *file)
{
    const char *reason = NULL;
    if (file->peer_is_wire)
        reason = "'peer: wire' is not carried out by this build";
    return reason;
}

const char *carried_skip(struct arena *arena, const struct variant *variant)
{
    const char *reason = skip_case(variant->file);
    if (reason == NULL)
        reason = skip_programs(arena, variant->file);
    for (size_t i = 0; i < variant->step_count && reason == NULL; i++)
        reason = skip_step(arena, &variant->steps[i]);
    return reason;
}
