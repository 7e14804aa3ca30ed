/* SPDX-License-Identifier: MIT */
#include "stack/ticked.h"

#include "stack/virtual_clock.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

/* What the thread needs; a process has one. */
static struct {
    ticked_tick *tick;
    _Atomic uint32_t *ticks, *done, *due;
    uint32_t first;
} followed;

void ticked_note(const struct stack_world *world)
{
    followed.ticks = world->ticks;
    followed.done = world->done;
    followed.due = world->due;
    followed.first = atomic_load(world->ticks);
    atomic_store(world->due, (uint32_t)TICKED_UNTOLD);
    atomic_store(world->done, followed.first);
}

/* A moment of the stack's time as the clock's tick at which it is over. */
static uint32_t due_tick(uint64_t due_us)
{
    uint64_t ticks = due_us / VIRTUAL_TICK_US + (due_us % VIRTUAL_TICK_US != 0);
    return ticks < TICKED_NEVER - followed.first ? followed.first + (uint32_t)ticks : TICKED_NEVER;
}

static void *follow(void *unused)
{
    (void)unused;
    for (uint32_t seen = followed.first;;) {
        virtual_clock_wait(followed.ticks, seen);
        seen = atomic_load(followed.ticks);
        uint64_t now_us = (uint64_t)(seen - followed.first) * VIRTUAL_TICK_US;
        atomic_store(followed.due, due_tick(followed.tick(now_us)));
        atomic_store(followed.done, seen);
    }
    return NULL;
}

bool ticked_begin(ticked_tick *tick)
{
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    followed.tick = tick;
    sigfillset(&all); /* a case's signals are for the threads of its calls */
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int error = pthread_create(&thread, NULL, follow, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0)
        pthread_detach(thread);
    errno = error;
    return error == 0;
}

uint32_t ticked_left(uint32_t due, uint32_t now)
{
    return due > now ? due - now : 1;
}
