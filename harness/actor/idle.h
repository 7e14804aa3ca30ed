/* SPDX-License-Identifier: MIT */
/*
 * Idle: whether a stack that can tell by itself (stack.h, busy) says that nothing moves in it. A
 * thread of the actor waits for the question in shared memory, asks the stack, and answers there;
 * it answers whatever the other threads do.
 */
#ifndef SOCKPROOF_ACTOR_IDLE_H
#define SOCKPROOF_ACTOR_IDLE_H

#include "stack/stack.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Of one actor, in shared memory. */
struct idle {
    _Atomic uint32_t asked, answered; /* how often; futex(2) */
    _Atomic int busy;                 /* the last answer */
};

/* No question is open: before the actor's process is made. */
void idle_clear(struct idle *idle);
/* In the actor, once its stack has begun: answers from now on. False with errno. */
bool idle_begin(struct idle *idle, const struct stack *stack);
/* In the worker: asks, and waits a moment for the answer. True when it is that nothing moves. One
   that is still open is waited for, not asked again. */
bool idle_ask(struct idle *idle);

#endif
