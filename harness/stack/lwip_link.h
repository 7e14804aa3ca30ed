/* SPDX-License-Identifier: MIT */
/*
 * The link below lwIP: an interface of its own kind on a packet socket of the actor's host.
 */
#ifndef SOCKPROOF_STACK_LWIP_LINK_H
#define SOCKPROOF_STACK_LWIP_LINK_H

#include "stack/stack.h"

/* Starts lwIP in this process with the addresses of the world, on the interface of the host that
   is not lo. Ends the process with a message on stderr when that cannot be done: without a link
   nothing could be judged. Once in a process. */
void lwip_link_begin(const struct stack_world *world);

#endif
