/* SPDX-License-Identifier: MIT */
#include "actor/actor.h"

#include "actor/gate.h"
#include "actor/order.h"
#include "actor/perform.h"
#include "actor/signals.h"
#include "base/lack.h"
#include "base/starved.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { DESCRIPTOR_GAP = 64 };

struct errand {
    struct actor *actor;
    int slot;
};

/* The control socket is of no use any more: where the stack lives in the process and has closed it,
   the worker sees that this one hung up and yet lives; else the machine lacked something. */
static _Noreturn void give_up(const struct actor *actor, const char *what)
{
    bool robbed = actor->stack->userspace && (errno == EBADF || errno == ENOTSOCK);
    if (!robbed)
        lack_end(what);
    for (;;)
        pause();
}

/* The count goes first: the worker looks at its socket when there is something to take. */
static void report(const struct actor *actor, int slot)
{
    atomic_fetch_add(&actor->shared->told[actor->index], 1);
    ssize_t sent = 0;
    do
        sent = send(actor->control, &slot, sizeof slot, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0 && errno != EPIPE && errno != ECONNRESET)
        give_up(actor, "the end of a call could not be told (send)");
}

/* A thread that has ended tells nothing any more of how long it waited for a processor. */
static void leave_starved(const struct actor *actor)
{
    struct starved own = starved_own();
    atomic_fetch_add(&actor->shared->waited_us[actor->index], own.waited_us);
    atomic_fetch_add(&actor->shared->ran_us[actor->index], own.ran_us);
}

static void *run_errand(void *argument)
{
    struct errand *errand = argument;
    perform(errand->actor, &errand->actor->shared->slot[errand->slot]);
    leave_starved(errand->actor);
    report(errand->actor, errand->slot);
    free(errand);
    return NULL;
}

/* A call that may stay open gets a thread; its end is reported like any other's. */
static void start_thread(struct actor *actor, int slot)
{
    struct errand *errand = malloc(sizeof *errand);
    struct call *call = &actor->shared->slot[slot];
    pthread_t thread;
    int error = ENOMEM;
    if (errand != NULL) {
        *errand = (struct errand){actor, slot};
        error = pthread_create(&thread, NULL, run_errand, errand);
    }
    if (error == 0) {
        pthread_detach(thread);
    } else {
        free(errand);
        call->result = -1;
        call->lacked = error;
        report(actor, slot);
    }
}

/* Which of count descriptors from first on are open. The kernel tells of all at once (poll(2):
   POLLNVAL); a stack in userspace is asked for each. */
static void find_open(const struct actor *actor, int first, int count, struct pollfd *found)
{
    for (int i = 0; i < count; i++)
        found[i] = (struct pollfd){.fd = first + i};
    if (actor->stack->userspace || poll(found, (nfds_t)count, 0) < 0)
        for (int i = 0; i < count; i++)
            found[i].revents = actor->stack->fcntl(first + i, F_GETFD, 0) >= 0 ? 0 : POLLNVAL;
}

/* Descriptors are given lowest first, so those of a case lie just above the control socket; a case
   that closed some in the middle leaves gaps no wider than the names that it may use. So far it is
   looked behind the last one. */
static void abort_all(const struct actor *actor)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    struct pollfd found[DESCRIPTOR_GAP];
    int count = 0, last = actor->control;
    for (int first = last + 1; first <= last + DESCRIPTOR_GAP; first += count) {
        count = last + DESCRIPTOR_GAP + 1 - first;
        find_open(actor, first, count, found);
        for (int i = 0; i < count; i++) {
            if ((found[i].revents & POLLNVAL) != 0)
                continue;
            last = found[i].fd;
            actor->stack->setsockopt(found[i].fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
            actor->stack->close(found[i].fd);
        }
    }
}

static void obey(struct actor *actor, int order)
{
    if (order == ORDER_ARM) {
        gate_begin(actor->stack);
        plan_arm(&actor->shared->plan);
    } else if (order == ORDER_DISARM) {
        plan_disarm();
    } else if (order == ORDER_CLEAN) {
        abort_all(actor);
        report(actor, order);
    } else if (actor->shared->slot[order].started) {
        start_thread(actor, order);
    } else {
        perform(actor, &actor->shared->slot[order]);
        report(actor, order);
    }
}

/* As many as an ordinary user may have: a server of thousands of clients needs them. */
static void allow_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void begin_stack(const struct actor *actor)
{
    char *why = actor->shared->why[actor->index];
    struct stack_world world = {.ticks = &actor->shared->ticks,
                                .done = &actor->shared->done[actor->index],
                                .due = &actor->shared->due[actor->index],
                                .seed = actor->seed,
                                .udp_port = actor->udp_port,
                                .own = {actor->own[0], actor->own[1]},
                                .peer = {actor->peer[0], actor->peer[1]}};
    if (actor->stack->begin != NULL &&
        !actor->stack->begin(actor->stack, &world, why, sizeof actor->shared->why[0]))
        _exit(STACK_NOT_BEGUN);
    if (actor->stack->busy != NULL && !idle_begin(&actor->shared->idle[actor->index], actor->stack))
        lack_end("the thread that asks its stack could not be started (pthread_create)");
}

_Noreturn void actor_serve(struct actor *actor)
{
    int order = 0;
    ssize_t got = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    allow_descriptors();
    signals_begin(actor->shared->signals[actor->index], SIGNAL_MAX);
    begin_stack(actor);
    do {
        got = recv(actor->control, &order, sizeof order, 0);
        if (got == sizeof order)
            obey(actor, order);
    } while (got == sizeof order || (got < 0 && errno == EINTR));
    if (got < 0 && errno != ECONNRESET)
        give_up(actor, "no more orders could be received (recv)");
    _exit(0);
}
