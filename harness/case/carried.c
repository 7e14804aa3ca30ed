#include "case/carried.h"

#include <string.h>

bool carried_needs_wire(const struct variant *variant)
{
    const struct casefile *file = variant->file;
    bool needs = file->place == PLACE_WIRE || file->peer_is_wire || variant->never != NULL ||
                 file->transport == TRANSPORT_RAW || file->transport == TRANSPORT_ICMP ||
                 file->transport == TRANSPORT_SCTP;
    for (size_t i = 0; i < variant->step_count && !needs; i++)
        needs = variant->steps[i].verb->side == SIDE_WIRE;
    for (size_t i = 0; i < variant->fault_count && !needs; i++)
        needs = variant->faults[i].wire != NULL;
    return needs;
}

static const char *skip_step(struct arena *arena, const struct step *step)
{
    const char *reason = NULL;
    if (!step->verb->runs)
        reason =
            arena_printf(arena, "the verb '%s' is not carried out by this build", step->verb->name);
    return reason;
}

static const char *skip_case(const struct casefile *file)
{
    const char *reason = NULL;
    if (file->subject == SUBJECT_PROGRAM || file->programs != NULL)
        reason = "programs are not carried out by this build";
    else if (file->peer_is_wire)
        reason = "'peer: wire' is not carried out by this build";
    return reason;
}

const char *carried_skip(struct arena *arena, const struct variant *variant)
{
    const char *reason = skip_case(variant->file);
    for (size_t i = 0; i < variant->step_count && reason == NULL; i++)
        reason = skip_step(arena, &variant->steps[i]);
    return reason;
}
