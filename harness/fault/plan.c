/* SPDX-License-Identifier: MIT */
#include "fault/plan.h"

#include "base/hash.h"

#include <fiu-control.h>
#include <fiu.h>
#include <string.h>

/*
 * Theory of operation. fiu_fail(name) calls our external callback with the enabled name only,
 * so what the callback must know about the call that asks stands in a thread-local pointer,
 * set just before, and so does what comes back: libfiu's failinfo belongs to the point, and threads
 * that ask at one point at once would read each other's.
 */
static struct plan *armed;
static _Thread_local struct question {
    const struct chance *chance;
    struct decision decision;
} * asking;

/* libfiu's return value says only that a fault fires. */
enum { FAILNUM = 1 };

static bool by_chance(const struct plan *plan, const struct fault *fault,
                      const struct chance *chance)
{
    uint64_t parts[2] = {chance->identity, chance->counter};
    uint64_t key = hash_bytes(plan->seed, fault->name, strlen(fault->name));
    uint64_t draw = hash_numbers(key, parts, 2);
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

/* One more that fires: what it adds to what is decided so far. False when another has decided what
   it would, and it has not fired. */
static bool join(struct decision *decision, const struct fault *fault)
{
    bool delays = fault->wire == WIRE_PASS && call_action_delays(fault->action);
    bool joins = delays || decision->outcome == NULL;
    if (delays)
        decision->delay_us += fault->argument;
    else if (joins)
        decision->outcome = fault;
    return joins;
}

/* libfiu's external callback: decides for the thread's own question. */
static int decide(const char *name, int *failnum, void **failinfo, unsigned int *flags)
{
    (void)name;
    (void)failnum;
    (void)failinfo;
    (void)flags;
    struct question *question = asking;
    /* Every fault counts every chance, also one that another fault takes: "the fourth packet" is
       the fourth whatever happened to the second. */
    for (size_t i = 0; question != NULL && i < armed->count; i++) {
        struct fault *fault = &armed->fault[i];
        if ((question->chance->applicable & 1U << i) != 0 &&
            triggers(armed, fault, question->chance) && join(&question->decision, fault)) {
            atomic_fetch_add(&fault->fired, 1);
            question->decision.fired |= 1U << i;
        }
    }
    return question != NULL && question->decision.fired != 0;
}

/* --- the names of points ------------------------------------------------------------------- */

static const char *const senders[] = {"sockproof/wire/client", "sockproof/wire/server"};
enum { SENDERS = sizeof senders / sizeof *senders };

static size_t append(char *out, size_t used, const char *text)
{
    size_t size = strnlen(text, FAULT_POINT - 1 - used);
    memcpy(out + used, text, size);
    out[used + size] = '\0';
    return used + size;
}

void plan_point(char out[FAULT_POINT], const char *actor, enum point point)
{
    size_t used = append(out, 0, "sockproof/call/");
    used = append(out, used, actor);
    used = append(out, used, "/");
    append(out, used, point_info(point)->name);
}

/* Does the same with the name of each point of the fault, until one gives other than 0. */
static int each_point(const struct fault *fault, int (*act)(const char *name))
{
    char name[FAULT_POINT];
    int status = 0;
    for (unsigned i = 0; i < POINT_COUNT && status == 0; i++)
        if ((fault->points & UINT64_C(1) << i) != 0) {
            plan_point(name, fault->by, (enum point)i);
            status = act(name);
        }
    for (unsigned i = 0; i < SENDERS && status == 0; i++)
        if ((fault->senders & 1U << i) != 0)
            status = act(senders[i]);
    return status;
}

/* --- arming -------------------------------------------------------------------------------- */

static int disable(const char *name)
{
    fiu_disable(name); /* fails for one that another fault shares, and that is off already */
    return 0;
}

static int enable(const char *name)
{
    /* Two faults may share a point; enabling it again replaces the same callback. */
    disable(name);
    return fiu_enable_external(name, FAILNUM, NULL, 0, decide);
}

int plan_arm(struct plan *plan)
{
    int status = fiu_init(0);
    plan_disarm();
    armed = plan;
    for (size_t i = 0; status == 0 && i < plan->count; i++)
        status = each_point(&plan->fault[i], enable);
    return status == 0 ? 0 : -1;
}

void plan_disarm(void)
{
    for (size_t i = 0; armed != NULL && i < armed->count; i++)
        each_point(&armed->fault[i], disable);
    armed = NULL;
}

bool plan_armed(void)
{
    return armed != NULL && armed->count > 0;
}

/* --- asking -------------------------------------------------------------------------------- */

unsigned plan_at_call(const struct plan *plan, const char *actor, enum point point)
{
    unsigned bits = 0;
    for (size_t i = 0; i < plan->count; i++)
        if ((plan->fault[i].points & UINT64_C(1) << point) != 0 &&
            strcmp(plan->fault[i].by, actor) == 0)
            bits |= 1U << i;
    return bits;
}

unsigned plan_on_wire(int sender)
{
    unsigned bits = 0;
    for (size_t i = 0; armed != NULL && i < armed->count; i++)
        if ((armed->fault[i].senders & 1U << sender) != 0)
            bits |= 1U << i;
    return bits;
}

static struct decision ask(const char *name, const struct chance *chance)
{
    struct question *outer = asking; /* a signal handler may ask amid a question */
    struct question question = {.chance = chance};
    asking = &question;
    if (plan_armed() && chance->applicable != 0)
        fiu_fail(name);
    asking = outer;
    return question.decision;
}

struct decision plan_ask_call(const char *actor, enum point point, const struct chance *chance)
{
    char name[FAULT_POINT];
    plan_point(name, actor, point);
    return ask(name, chance);
}

struct decision plan_ask_wire(int sender, const struct chance *chance)
{
    return ask(senders[sender], chance);
}
