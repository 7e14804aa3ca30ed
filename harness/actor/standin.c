/* SPDX-License-Identifier: MIT */
#include "actor/standin.h"

#include "actor/coder.h"
#include "actor/counts.h"
#include "actor/order.h"
#include "actor/parcel.h"
#include "actor/tether.h"
#include "base/clock.h"
#include "wire/inside.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { NAME_ROOM = 32 };

struct standin {
    struct actor *actor;
    struct tether tether;
    struct counts counts;
    struct frame_out out;
    bool ready;
    int cleans, asks; /* orders that the relay has not answered */
    uint64_t open;    /* slots that the relay has, by bit */
    uint64_t sent_ns[SLOT_MAX];
};

/* Room for the sentence why it ends. */
static char *why_of(const struct standin *standin)
{
    return standin->actor->shared->why[standin->actor->index];
}

static _Noreturn void end(struct standin *standin, int status)
{
    tether_end(&standin->tether);
    _exit(status);
}

static _Noreturn void refuse(struct standin *standin, const char *what)
{
    snprintf(why_of(standin), WHY_ROOM, "%s", what);
    end(standin, STACK_LOST);
}

static void send_out(struct standin *standin)
{
    frame_end(&standin->out);
    tether_send(&standin->tether, &standin->out);
}

/* --- from the relay -----------------------------------------------------------------------------
 */

static void report(const struct standin *standin, int number)
{
    const struct actor *actor = standin->actor;
    atomic_fetch_add(&actor->shared->told[actor->index], 1);
    send(actor->control, &number, sizeof number, MSG_NOSIGNAL);
}

static void take_counts(struct standin *standin, struct opened *opened)
{
    counts_take(opened, &standin->counts, standin->actor->shared, standin->actor->index);
}

/* The relay's clock may be another one: only how long the call took is taken from it. */
static void set_time(struct standin *standin, int slot)
{
    struct call *call = &standin->actor->shared->slot[slot];
    uint64_t took = call->ended_ns > call->began_ns ? call->ended_ns - call->began_ns : 0;
    call->began_ns = standin->sent_ns[slot];
    call->ended_ns = call->began_ns + took;
}

static bool call_ended(struct standin *standin, struct opened *opened)
{
    take_counts(standin, opened);
    int slot = (int)opened_number(opened);
    if (!opened->good || slot < 0 || slot >= SLOT_MAX || (standin->open >> slot & 1) == 0 ||
        !parcel_answered(opened, standin->actor->shared, slot))
        return false;
    standin->open &= ~((uint64_t)1 << slot);
    set_time(standin, slot);
    report(standin, slot);
    return true;
}

static bool obeyed(struct standin *standin, struct opened *opened)
{
    take_counts(standin, opened);
    int order = (int)opened_number(opened);
    if (!opened->good || order != ORDER_CLEAN || standin->cleans == 0)
        return false;
    standin->cleans--;
    report(standin, order);
    return true;
}

static bool are_asleep(struct standin *standin, struct opened *opened)
{
    struct shared *shared = standin->actor->shared;
    int index = standin->actor->index;
    take_counts(standin, opened);
    uint32_t asked = (uint32_t)opened_number(opened);
    for (int i = 0; i < SLOT_MAX; i++) {
        int tid = (int)opened_number(opened);
        if (tid > 0 && (standin->open >> i & 1) != 0)
            atomic_store(&shared->slot[i].tid, tid);
    }
    uint64_t slots = opened_number(opened);
    if (!opened->good || standin->asks == 0)
        return false;
    standin->asks--;
    atomic_store(&shared->asleep[index], slots & standin->open);
    atomic_store(&shared->answered[index], asked);
    report(standin, ORDER_ASK);
    return true;
}

/* It ends as the actor did. */
static _Noreturn void die(struct standin *standin, struct opened *opened)
{
    int number = (int)coder_constant(&(struct coder){.opened = opened}, GROUP_SIGNAL, 0);
    int status = (int)opened_number(opened);
    tether_end(&standin->tether);
    if (number > 0) {
        signal(number, SIG_DFL);
        kill(getpid(), number);
    }
    _exit(status);
}

static bool hear(struct standin *standin, enum frame_kind kind, struct opened *opened)
{
    bool good = false;
    if (kind == FRAME_READY && !standin->ready) {
        atomic_store(&standin->actor->shared->pid[standin->actor->index],
                     (int)opened_number(opened));
        good = standin->ready = opened->good;
    } else if (kind == FRAME_ENDED) {
        good = call_ended(standin, opened);
    } else if (kind == FRAME_OBEYED) {
        good = obeyed(standin, opened);
    } else if (kind == FRAME_ASLEEP) {
        good = are_asleep(standin, opened);
    } else if (kind == FRAME_DEAD) {
        die(standin, opened);
    }
    return good;
}

static void from_relay(struct standin *standin)
{
    enum frame_kind kind = FRAME_KINDS;
    struct opened opened;
    int got = 0;
    while ((got = tether_receive(&standin->tether, &kind, &opened, why_of(standin), WHY_ROOM)) > 0)
        if (!hear(standin, kind, &opened))
            refuse(standin, "its relay said what answers nothing that it was asked");
    if (got < 0)
        end(standin, STACK_LOST);
}

/* --- from the worker ----------------------------------------------------------------------------
 */

static void send_call(struct standin *standin, int slot)
{
    frame_begin(&standin->out, FRAME_CALL);
    frame_number(&standin->out, (uint64_t)slot);
    parcel_ask(&standin->out, standin->actor->shared, slot);
    standin->open |= (uint64_t)1 << slot;
    standin->sent_ns[slot] = clock_now_ns();
    send_out(standin);
}

static void send_order(struct standin *standin, int order)
{
    const struct shared *shared = standin->actor->shared;
    if (order == ORDER_ARM) {
        counts_armed(&standin->counts);
        frame_begin(&standin->out, FRAME_PLAN);
        parcel_plan(&standin->out, &shared->plan);
        send_out(standin);
    }
    standin->cleans += order == ORDER_CLEAN;
    standin->asks += order == ORDER_ASK;
    frame_begin(&standin->out, order == ORDER_ASK ? FRAME_ASK : FRAME_ORDER);
    frame_number(&standin->out, order == ORDER_ASK
                                    ? atomic_load(&shared->asked[standin->actor->index])
                                    : (uint64_t)order);
    send_out(standin);
}

static void from_worker(struct standin *standin)
{
    int number = 0;
    ssize_t got = recv(standin->actor->control, &number, sizeof number, 0);
    if (got < 0 && errno == EINTR)
        return;
    if (got != sizeof number)
        end(standin, 0);
    if (number >= 0)
        send_call(standin, number);
    else
        send_order(standin, number);
}

/* --- its beginning ------------------------------------------------------------------------------
 */

/* What the command may ask who it is by. The engine's own folder is where it is looked for at last.
 */
void standin_tell_command(const char *name)
{
    char self[PATH_MAX], path[2 * PATH_MAX];
    const char *given = getenv("PATH");
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    setenv("SOCKPROOF_ACTOR", name, 1);
    if (length <= 0)
        return;
    self[length] = '\0';
    snprintf(path, sizeof path, "%s:%s", given != NULL ? given : "/usr/bin:/bin", dirname(self));
    setenv("PATH", path, 1);
}

static void greet(struct standin *standin)
{
    char name[NAME_ROOM] = "";
    snprintf(name, sizeof name, "%s", standin->actor->name);
    frame_begin(&standin->out, FRAME_HELLO);
    frame_bytes(&standin->out, name, sizeof name);
    frame_number(&standin->out, (uint64_t)standin->actor->index);
    send_out(standin);
}

/* The greeting alone is easily said: the relay has begun when it has an actor. */
static void await_ready(struct standin *standin)
{
    enum { LOOK_MS = 100 };
    uint64_t end_ns = clock_now_ns() + (uint64_t)TETHER_BEGIN_MS * 1000000U;
    while (!standin->ready && clock_now_ns() < end_ns) {
        from_relay(standin);
        if (!standin->ready)
            tether_serve(&standin->tether, -1, LOOK_MS);
    }
    if (standin->ready)
        return;
    snprintf(why_of(standin), WHY_ROOM, "its relay did not begin in %d s, but for a greeting",
             TETHER_BEGIN_MS / 1000);
    end(standin, STACK_NOT_BEGUN);
}

_Noreturn void standin_serve(struct actor *actor)
{
    struct standin standin = {.actor = actor, .tether = {.to = -1, .from = -1}};
    char where[WHY_ROOM / 2];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    if (!inside_host(where, sizeof where)) {
        snprintf(why_of(&standin), WHY_ROOM, "this is no host that sockproof made: %s", where);
        end(&standin, STACK_NOT_BEGUN);
    }
    standin_tell_command(actor->name);
    if (!tether_begin(&standin.tether, actor->stack->command, TETHER_BEGIN_MS, why_of(&standin),
                      WHY_ROOM))
        end(&standin, STACK_NOT_BEGUN);
    greet(&standin);
    await_ready(&standin);
    while (true) {
        from_relay(&standin);
        if (tether_serve(&standin.tether, actor->control, -1))
            from_worker(&standin);
    }
}
