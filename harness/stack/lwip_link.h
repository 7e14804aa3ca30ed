/* SPDX-License-Identifier: MIT */
/*
 * The link below lwIP: an interface of its own kind on a packet socket of the actor's host.
 */
#ifndef SOCKPROOF_STACK_LWIP_LINK_H
#define SOCKPROOF_STACK_LWIP_LINK_H

#include "include/sockproof/stack.h"

/* Starts lwIP in this process with the addresses of the world, on its link. -1 with the reason in
   why, of room bytes, when that cannot be done: without a link nothing could be judged. Once in a
   process. */
int lwip_link_begin(const struct sockproof_world *world, char *why, size_t room);

#endif
