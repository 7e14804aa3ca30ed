/* SPDX-License-Identifier: MIT */
/*
 * An actor: a process that does what the steps of its side say, through the stack's table.
 * It stays from case to case. It knows no YAML: calls come as slots of the shared memory.
 */
#ifndef SOCKPROOF_ACTOR_ACTOR_H
#define SOCKPROOF_ACTOR_ACTOR_H

#include "actor/act.h"

/* Serves calls until the worker closes the control socket; does not return. The caller has
   forked; this process dies with its parent. */
_Noreturn void actor_serve(struct actor *actor);

#endif
