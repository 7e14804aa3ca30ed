/* SPDX-License-Identifier: MIT */
/*
 * A stand-in: the process in the place of an actor that is elsewhere. It has the actor's control
 * socket and the worker's shared memory, starts the command of the stack, and copies between the
 * slots and the relay behind it (relay.h): for the worker it is the actor.
 */
#ifndef SOCKPROOF_ACTOR_STANDIN_H
#define SOCKPROOF_ACTOR_STANDIN_H

#include "actor/act.h"

/* Tells the command that is started next in this process by its environment which actor it is for,
   and where the relay of this build is. */
void standin_tell_command(const char *name);
/* In the place of actor_serve, on a host that sockproof made; anywhere else it refuses. It ends as
   the actor does, with STACK_NOT_BEGUN when the relay does not begin and STACK_LOST when it goes:
   the reason stands in the shared memory then. It leads a process group of all that it starts. */
_Noreturn void standin_serve(struct actor *actor);

#endif
