/* SPDX-License-Identifier: MIT */
/*
 * Ticked: a stack that lives by the harness's clock and has no threads for that (tick,
 * sockproof/stack.h). A thread of the actor waits for the virtual clock to go on, has the stack do
 * what is due, and says in shared memory how far it has come and when the next thing is.
 */
#ifndef SOCKPROOF_STACK_TICKED_H
#define SOCKPROOF_STACK_TICKED_H

#include "stack/stack.h"

#include <stdbool.h>
#include <stdint.h>

/* When the next thing is due, counted as the clock's ticks: nobody has said so; nothing is. */
enum { TICKED_UNTOLD = 0 };
#define TICKED_NEVER UINT32_MAX

typedef uint64_t ticked_tick(uint64_t now_us);

/* In the actor, before the stack begins: its time is 0 where the clock stands now. */
void ticked_note(const struct stack_world *world);
/* Once it has begun: from now on tick is called, in a thread, whenever the clock has gone on. False
   with errno. */
bool ticked_begin(ticked_tick *tick);
/* In the worker: how many ticks there are from now until what is due then; 1 where that is over, or
   nobody has said it. */
uint32_t ticked_left(uint32_t due, uint32_t now);

#endif
