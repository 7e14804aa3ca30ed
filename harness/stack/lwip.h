/* SPDX-License-Identifier: MIT */
/*
 * The lwip stack: TCP, UDP and raw IP of lwIP, in the actor's own process, by the public table. It
 * stands on a packet socket on the host's interface, with addresses of its own there, which the
 * kernel of the host does not take for its own and does not answer for; the other host is reached
 * by its link address, without ARP or neighbour discovery. The library is the one that Debian
 * ships, untouched, and its timers run in real time.
 *
 * There is one process of it to a host: two would both answer for its addresses.
 */
#ifndef SOCKPROOF_STACK_LWIP_H
#define SOCKPROOF_STACK_LWIP_H

#include "stack/stack.h"

/* Lives for ever. From a process without threads, the first time. */
const struct stack *lwip_stack(void);

#endif
