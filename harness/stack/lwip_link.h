/* SPDX-License-Identifier: MIT */
/*
 * The link below lwIP: an interface of its own kind on a packet socket of the actor's host.
 */
#ifndef SOCKPROOF_STACK_LWIP_LINK_H
#define SOCKPROOF_STACK_LWIP_LINK_H

#include "stack/stack.h"

/* Starts lwIP in this process with the addresses of the world, on the interface of the host that
   is not lo. False with the reason in why, of size bytes, when that cannot be done: without a link
   nothing could be judged. Once in a process. */
bool lwip_link_begin(const struct stack *stack, const struct stack_world *world, char *why,
                     size_t size);

#endif
