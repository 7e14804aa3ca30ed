/* SPDX-License-Identifier: MIT */
#include "trial/elsewhere.h"

#include "actor/asleep.h"
#include "actor/order.h"
#include "actor/tether.h"
#include "base/clock.h"
#include "trial/hearing.h"
#include "trial/pending.h"
#include "trial/pulse.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* For a relay to begin, more than its stand-in waits (tether.h), and to answer. */
enum { BEGIN_BOUND_US = TETHER_BEGIN_MS * 2000 + 10000000, ASK_BOUND_US = 2000000 };

/* The longest sleep: an actor may have died without an event. */
enum { EAR_MS = 20 };

/* Processor time after which what never slept never will. */
#define SPIN_NS 3000000000ULL

/* Asks the member's relay which of its calls sleep, and takes in what has changed there meanwhile.
   False when anything else was heard, or no answer within the time. */
static bool ask(struct trial *trial, struct member *member, uint64_t us)
{
    struct shared *shared = trial->stage->shared;
    int index = cast_index(&trial->stage->cast, member);
    uint32_t mine = atomic_fetch_add(&shared->asked[index], 1) + 1;
    uint64_t end = pulse_us(trial) + us;
    int others = 0;
    if (cast_send(member, ORDER_ASK) < 0)
        return false;
    while (atomic_load(&shared->answered[index]) != mine && member->pid > 0 &&
           !pulse_past(trial, end)) {
        struct pollfd one = {.fd = member->control, .events = POLLIN};
        pulse_rest(trial, EAR_MS * UINT64_C(1000)); /* a relay may take its time */
        poll(&one, 1, EAR_MS);
        others += hearing_one(trial, member, one.revents != 0);
    }
    while (member->pid > 0 && hearing_one(trial, member, false) > 0)
        others++;
    return member->pid > 0 && atomic_load(&shared->answered[index]) == mine && others <= 1;
}

bool elsewhere_slept(const struct trial *trial, const struct pending *pending)
{
    int index = cast_index(&trial->stage->cast, pending->member);
    return !pending->ended &&
           (atomic_load(&trial->stage->shared->asleep[index]) >> pending->slot & 1) != 0;
}

bool elsewhere_begun(struct trial *trial, struct member *member)
{
    bool begun = trial->stage->stack->command == NULL ||
                 ask(trial, member, (uint64_t)(BEGIN_BOUND_US * trial->stage->slow_factor));
    if (!begun && trial_good(trial))
        trial_broken(trial, CODE_STACK_NOT_BEGUN,
                     "the stack %s cannot begin: its relay does not "
                     "answer",
                     trial->stage->stack->name);
    return begun;
}

/* All that the command of a member has started sleeps, and so do its calls. */
static bool member_still(struct trial *trial, struct member *member)
{
    trial->calls.awake = asleep_tree(member->pid);
    bool still = trial->calls.awake == 0 && ask(trial, member, ASK_BOUND_US);
    for (int i = 0; i < OPEN_MAX && still; i++) {
        const struct pending *one = &trial->calls.open[i];
        still = one->slot < 0 || one->ended || one->member != member || elsewhere_slept(trial, one);
    }
    return still;
}

static uint64_t used_ns(pid_t pid)
{
    clockid_t clock = 0;
    return clock_getcpuclockid(pid, &clock) == 0 ? clock_ns(clock) : 0;
}

static void tell_spin(struct trial *trial, pid_t pid)
{
    char path[32], name[32] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    FILE *file = fopen(path, "re");
    if (file != NULL && fgets(name, sizeof name, file) != NULL)
        name[strcspn(name, "\n")] = '\0';
    if (file != NULL)
        fclose(file);
    trial_broken(trial, CODE_NEVER_SLEEPS,
                 "the hosts did not settle: of what the command of the stack %s has started, "
                 "process %d (%s) used a processor for %d s and never slept",
                 trial->stage->stack->name, (int)pid, name, (int)(SPIN_NS / 1000000000));
}

/* Others are awake for a moment, to answer: who is watched stays it until it sleeps or ends. */
static bool is_watched(const struct spin *spin)
{
    return spin->pid != 0 && used_ns(spin->pid) > 0 && !asleep_process(spin->pid);
}

bool elsewhere_spins(struct trial *trial, struct spin *spin)
{
    pid_t awake = trial->calls.awake;
    if (awake == 0)
        *spin = (struct spin){0, 0};
    else if (!is_watched(spin))
        *spin = (struct spin){awake, used_ns(awake)};
    bool spins = spin->pid != 0 && used_ns(spin->pid) >= spin->from_ns + SPIN_NS;
    if (spins)
        tell_spin(trial, spin->pid);
    return spins;
}

bool elsewhere_still(struct trial *trial)
{
    struct cast *cast = &trial->stage->cast;
    bool still = true;
    for (int i = 0; i < cast->count && still; i++)
        still = cast->member[i].pid <= 0 || member_still(trial, &cast->member[i]);
    return still;
}
