#include "fault/plan.h"

#include "base/hash.h"

#include <fiu-control.h>
#include <fiu.h>
#include <string.h>
#include <xxhash.h>

/*
 * Theory of operation. fiu_fail(name) calls our external callback with the enabled name only,
 * so what the callback must know about the call that asks stands in a thread-local pointer,
 * set just before, and the fault that fires comes back in another: libfiu's failinfo belongs to
 * the point, and threads that ask at one point at once would read each other's.
 */
static struct plan *armed;
static _Thread_local const struct chance *asking;
static _Thread_local const struct fault *firing;

/* libfiu's return value says only that a fault fires. */
enum { FAILNUM = 1 };

static bool by_chance(const struct plan *plan, const struct fault *fault,
                      const struct chance *chance)
{
    uint64_t parts[2] = {chance->identity, chance->counter};
    uint64_t key = hash_bytes(plan->seed, fault->name, strlen(fault->name));
    uint64_t draw = hash_bytes(key, parts, sizeof parts);
    return (double)(draw >> 11) * 0x1p-53 < fault->trigger.probability;
}

static bool triggers(const struct plan *plan, struct fault *fault, const struct chance *chance)
{
    uint64_t ordinal = atomic_fetch_add(&fault->chances, 1) + 1;
    uint64_t n = fault->trigger.n;
    bool fires = false;
    switch (fault->trigger.kind) {
    case TRIGGER_ALWAYS:
        fires = true;
        break;
    case TRIGGER_NTH:
        fires = ordinal == n;
        break;
    case TRIGGER_EVERY:
        fires = ordinal % n == 0;
        break;
    case TRIGGER_AFTER:
        fires = chance->moved >= n && atomic_load(&fault->fired) == 0;
        break;
    case TRIGGER_COVERS_BYTE:
        fires = n >= chance->first && n - chance->first < chance->size &&
                atomic_load(&fault->fired) == 0;
        break;
    case TRIGGER_PROBABILITY:
        fires = by_chance(plan, fault, chance);
        break;
    case TRIGGER_LISTED:
        fires = (chance->listed & 1U << (fault - plan->fault)) != 0;
        break;
    }
    return fires && !(fault->trigger.once && atomic_load(&fault->fired) > 0);
}

/* libfiu's external callback: decides for the thread's own question. */
static int decide(const char *name, int *failnum, void **failinfo, unsigned int *flags)
{
    (void)failnum;
    (void)failinfo;
    (void)flags;
    const struct chance *chance = asking;
    int fires = 0;
    /* Every fault counts every chance, also one that another fault takes: "the fourth packet" is
       the fourth whatever happened to the second. */
    for (size_t i = 0; chance != NULL && i < armed->count; i++) {
        struct fault *fault = &armed->fault[i];
        bool here = strcmp(fault->point[0], name) == 0 || strcmp(fault->point[1], name) == 0;
        if (!here || (chance->applicable & 1U << i) == 0 || !triggers(armed, fault, chance) ||
            fires)
            continue;
        atomic_fetch_add(&fault->fired, 1);
        firing = fault;
        fires = 1;
    }
    return fires;
}

static int enable(const char *point)
{
    /* Two faults may share a point; enabling it again replaces the same callback. */
    fiu_disable(point);
    return fiu_enable_external(point, FAILNUM, NULL, 0, decide);
}

int plan_arm(struct plan *plan)
{
    int status = fiu_init(0);
    plan_disarm();
    armed = plan;
    for (size_t i = 0; status == 0 && i < plan->count; i++) {
        status = enable(plan->fault[i].point[0]);
        if (status == 0 && plan->fault[i].point[1][0] != '\0')
            status = enable(plan->fault[i].point[1]);
    }
    return status == 0 ? 0 : -1;
}

void plan_disarm(void)
{
    for (size_t i = 0; armed != NULL && i < armed->count; i++) {
        fiu_disable(armed->fault[i].point[0]);
        if (armed->fault[i].point[1][0] != '\0')
            fiu_disable(armed->fault[i].point[1]);
    }
    armed = NULL;
}

bool plan_armed(void)
{
    return armed != NULL && armed->count > 0;
}

const struct fault *plan_ask(const char *point, const struct chance *chance)
{
    const struct chance *outer_asking = asking; /* a signal handler may ask amid a question */
    const struct fault *outer_firing = firing;
    const struct fault *fault = NULL;
    asking = chance;
    firing = NULL;
    if (plan_armed() && fiu_fail(point) != 0)
        fault = firing;
    asking = outer_asking;
    firing = outer_firing;
    return fault;
}
