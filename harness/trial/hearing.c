/* SPDX-License-Identifier: MIT */
#include "trial/hearing.h"

#include "base/legible.h"
#include "trial/found.h"
#include "verb/verb.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* What ended an actor, as a person says it, with what a stack in it said last. */
static const char *cause(struct trial *trial, const struct member *member)
{
    int status = member->status;
    const char *how = WIFSIGNALED(status)
                          ? trial_text(trial, "SIG%s", sigabbrev_np(WTERMSIG(status)))
                          : trial_text(trial, "exit status %d", WEXITSTATUS(status));
    if (member->hung_up)
        how = "closing descriptors that are not its own";
    if (member->said[0] != '\0')
        how = trial_text(trial, "%s, with the last words: %s", how, member->said);
    return how;
}

/* Whether the case itself has signals sent, by now. */
static bool sends_signals(const struct trial *trial)
{
    const struct variant *variant = trial->variant;
    int now = trial->judgement.reached;
    bool sends = false;
    for (size_t i = 0; i < variant->step_count && !sends; i++)
        sends = variant->steps[i].number <= now && variant->steps[i].verb->id == VERB_kill;
    return sends;
}

/* A stack that lives in the actor's process has ended it, by a signal or as exit does: the actor
   itself ends so when its worker is gone, and nobody else has signals for it but the case. SIGKILL
   is what a machine ends processes by that lacks memory. */
static bool stack_crashed(const struct trial *trial, const struct member *member)
{
    int status = member->status;
    bool by_signal = WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL;
    bool crash = member->hung_up || by_signal || WIFEXITED(status);
    return crash && !sends_signals(trial) && trial->stage->stack->userspace;
}

static void blame_stack(struct trial *trial, const struct member *member, const char *why)
{
    trial_event(trial, "found", member->name, trial_text(trial, "its stack ended it by %s", why),
                json_pack("{s:s}", "crashed", why));
    found_crashed(&trial->judgement, member->name, why);
}

/* It had to give up, or the worker could not hear it any more. */
static bool lacked(struct trial *trial, const struct member *member)
{
    if (cast_lack(member)[0] == '\0')
        return false;
    judgement_pardon(&trial->judgement);
    trial_broken(trial, CODE_SHORTAGE, "the actor '%s' had to end: %s", member->name,
                 cast_lack(member));
    return true;
}

/* What stood in for an actor elsewhere has lost it. */
static bool relay_lost(struct trial *trial, const struct member *member, const char *reason)
{
    bool lost =
        WIFEXITED(member->status) && WEXITSTATUS(member->status) == STACK_LOST && reason[0] != '\0';
    const char *sign = member->said[0] != '\0' ? ", with the last words: " : "";
    if (lost)
        trial_broken(trial, CODE_RELAY_LOST, "the stack %s is lost: %s%s%s",
                     trial->stage->stack->name, reason, sign, member->said);
    return lost;
}

/* Of calls of the member nobody will hear. */
static void forget(struct trial *trial, const struct member *member)
{
    trial->calls.member_died = true;
    for (int i = 0; i < OPEN_MAX; i++)
        if (trial->calls.open[i].member == member)
            trial->calls.open[i].slot = -1;
}

/* A stack that stands still by a signal says nothing any more: no time is waited for it. */
static bool stopped_itself(struct trial *trial, struct member *member)
{
    bool asked = trial->stage->stack->userspace && !sends_signals(trial);
    int by = asked ? cast_halted(&trial->stage->cast, member) : 0;
    if (by == 0)
        return false;
    forget(trial, member);
    cast_kill(member);
    blame_stack(trial, member, trial_text(trial, "SIG%s, which stops it", sigabbrev_np(by)));
    return true;
}

/* A stack has written over what its host shares with the worker: nothing that stands there means
   anything, of any actor, and the next ones have it as it was in the beginning. */
static bool overwrote(struct trial *trial, const struct member *member)
{
    struct cast *cast = &trial->stage->cast;
    if (!trial->stage->stack->userspace || shared_whole(cast->shared))
        return false;
    for (int i = 0; i < cast->count; i++) {
        forget(trial, &cast->member[i]);
        cast_kill(&cast->member[i]);
    }
    shared_mend(cast->shared);
    blame_stack(trial, member, "writing over memory that is not its own");
    return true;
}

static void lost_member(struct trial *trial, const struct member *member)
{
    const char *why = cause(trial, member);
    const struct cast *cast = &trial->stage->cast;
    char not_begun[WHY_ROOM];
    legible_copy(not_begun, sizeof not_begun, cast->shared->why[cast_index(cast, member)],
                 WHY_ROOM);
    forget(trial, member);
    trial_event(trial, "note", member->name, trial_text(trial, "the actor was ended by %s", why),
                NULL);
    if (lacked(trial, member))
        return;
    if (WIFEXITED(member->status) && WEXITSTATUS(member->status) == STACK_NOT_BEGUN &&
        not_begun[0] != '\0')
        trial_broken(trial, CODE_STACK_NOT_BEGUN, "the stack %s cannot begin: %s%s%s",
                     trial->stage->stack->name, not_begun,
                     member->said[0] != '\0' ? ", with the last words: " : "", member->said);
    else if (relay_lost(trial, member, not_begun))
        return;
    else if (stack_crashed(trial, member))
        blame_stack(trial, member, why);
    else if (trial->judgement.step != NULL)
        trial_broken(trial, CODE_ACTOR_DIED, "the actor '%s' was ended by %s during step %d: %s",
                     member->name, why, trial->judgement.step->number,
                     trial->judgement.step->source);
    else
        trial_broken(trial, CODE_ACTOR_DIED, "the actor '%s' was ended by %s outside of any step",
                     member->name, why);
}

static void ended(struct trial *trial, int slot)
{
    for (int i = 0; i < OPEN_MAX; i++)
        if (trial->calls.open[i].slot == slot)
            trial->calls.open[i].ended = true;
}

/* Takes one message of a member: whether there was any, or the member's end. */
static bool heard(struct trial *trial, struct member *member)
{
    int number = 0;
    int got = cast_receive(member, &number);
    if (got != 0 && overwrote(trial, member))
        return true;
    if (got > 0)
        ended(trial, number);
    else if (got < 0)
        lost_member(trial, member);
    return got != 0;
}

/* What one member has to say. The shared count tells how much that is; only a look at its socket
   tells that it is dead. */
int hearing_one(struct trial *trial, struct member *member, bool look)
{
    const struct cast *cast = &trial->stage->cast;
    int moved = 0;
    while (cast_tells(cast, member) && heard(trial, member))
        moved++;
    if (look && moved == 0 && member->pid > 0)
        moved += heard(trial, member) || stopped_itself(trial, member);
    return moved;
}

int hearing_all(struct trial *trial)
{
    struct cast *cast = &trial->stage->cast;
    bool look = trial->stage->stack->virtual_time || trial->calls.look;
    int moved = 0;
    trial->calls.look = false;
    for (int i = 0; i < cast->count; i++)
        moved += hearing_one(trial, &cast->member[i], look);
    return moved;
}
