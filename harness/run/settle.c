#include "run/settle.h"

#include "run/asleep.h"
#include "run/opened.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>

/* Generous: a thousand clients on a loaded machine have much to carry; only a storm never ends. */
enum { PUMP_LIMIT = 4096, SETTLE_BOUND_US = 60000000 };

/* A packet that the kernel has just taken from a backlog shows nowhere until it has gone on; a
   second look follows. */
enum { QUIET_ROUNDS = 2 };

/* What ended an actor, as a person says it. */
static const char *cause(struct trial *trial, int status)
{
    return WIFSIGNALED(status) ? trial_text(trial, "SIG%s", sigabbrev_np(WTERMSIG(status)))
                               : trial_text(trial, "exit status %d", WEXITSTATUS(status));
}

static void lost_member(struct trial *trial, const struct member *member)
{
    const char *why = cause(trial, member->status);
    trial->member_died = true;
    for (int i = 0; i < OPEN_MAX; i++)
        if (trial->open[i].member == member)
            trial->open[i].slot = -1;
    trial_event(trial, "note", member->name, trial_text(trial, "the actor was ended by %s", why),
                NULL);
    if (trial->step != NULL)
        trial_broken(trial, "the actor '%s' was ended by %s during step %d: %s", member->name, why,
                     trial->step->number, trial->step->source);
    else
        trial_broken(trial, "the actor '%s' was ended by %s outside of any step", member->name,
                     why);
}

static void ended(struct trial *trial, int slot)
{
    for (int i = 0; i < OPEN_MAX; i++)
        if (trial->open[i].slot == slot)
            trial->open[i].ended = true;
}

static int take_in(struct trial *trial)
{
    struct cast *cast = &trial->stage->cast;
    int moved = 0;
    for (int i = 0; i < cast->count; i++) {
        struct member *member = &cast->member[i];
        int number = 0;
        int got = member->pid > 0 ? 1 : 0;
        while (got > 0) {
            got = cast_receive(member, &number);
            if (got > 0)
                ended(trial, number);
            else if (got < 0)
                lost_member(trial, member);
            moved += got != 0;
        }
    }
    return moved;
}

int settle_pump(struct trial *trial)
{
    int moved = trial->stage->wire != NULL ? wire_pump(trial->stage->wire, PUMP_LIMIT) : 0;
    return moved + take_in(trial);
}

bool settle_blocked(const struct trial *trial, const struct opened *opened)
{
    const struct call *call = opened_call(trial, opened);
    if (call->verb == VERB_run) /* a program is what it is: the wire says when all is still */
        return true;
    return asleep(opened->member->pid, atomic_load(&call->tid), call->verb, call->fd);
}

static bool all_still(const struct trial *trial)
{
    bool still = true;
    for (int i = 0; i < OPEN_MAX && still; i++)
        still = trial->open[i].slot < 0 || trial->open[i].ended ||
                settle_blocked(trial, &trial->open[i]);
    return still && hosts_backlog_empty();
}

/* Takes what ended into the account, so that the ledger is right before the next step. */
static void examine_ended(struct trial *trial)
{
    for (int i = 0; i < OPEN_MAX; i++)
        if (trial->open[i].slot >= 0 && trial->open[i].ended)
            opened_examine(trial, &trial->open[i]);
}

bool settle(struct trial *trial)
{
    uint64_t bound =
        log_now_us(&trial->log) + (uint64_t)(SETTLE_BOUND_US * trial->stage->slow_factor);
    int rounds = 0;
    while (rounds < QUIET_ROUNDS && !trial->member_died && log_now_us(&trial->log) < bound) {
        bool quiet = settle_pump(trial) == 0 && all_still(trial) && settle_pump(trial) == 0;
        if (quiet && trial->stage->wire != NULL)
            quiet = wire_flush_reordered(trial->stage->wire) == 0;
        rounds = quiet ? rounds + 1 : 0;
        if (!quiet)
            sched_yield();
    }
    bool still = rounds == QUIET_ROUNDS;
    examine_ended(trial);
    if (!still && !trial->member_died)
        trial_broken(trial, "the hosts did not settle: calls neither end nor sleep, or packets "
                            "keep coming");
    return still;
}

void settle_idle(struct trial *trial, uint64_t wait_us)
{
    struct epoll_event event;
    int ms = (int)((wait_us + 999) / 1000);
    epoll_wait(trial->stage->epoll, &event, 1, ms > 20 ? 20 : ms);
}

bool settle_wait(struct trial *trial, struct opened *opened, uint64_t deadline_us)
{
    uint64_t end = log_now_us(&trial->log) + deadline_us;
    uint64_t now = 0;
    while (!opened->ended && !trial->member_died && (now = log_now_us(&trial->log)) < end) {
        if (settle_pump(trial) == 0 && !opened->ended && !trial->member_died) {
            /* Nothing moves: packets kept for reorder have nobody to overtake them. */
            if (trial->stage->wire == NULL || !settle_blocked(trial, opened) ||
                wire_flush_reordered(trial->stage->wire) == 0)
                settle_idle(trial, end - now);
        }
    }
    return opened->ended;
}
