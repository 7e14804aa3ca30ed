/* SPDX-License-Identifier: MIT */
/*
 * Loopback: a network namespace with nothing but lo, set as the machine is. Who is in it reaches
 * itself alone, and shares no port with anybody.
 */
#ifndef SOCKPROOF_WIRE_LOOPBACK_H
#define SOCKPROOF_WIRE_LOOPBACK_H

#include "wire/hosts.h"

#include <stdbool.h>
#include <stddef.h>

/* Moves the caller, which is single-threaded, into one, and into a user namespace of its own unless
   it is apart in one already. Refused, the caller stays on the machine's network with all that it
   may do there. Unless it is done, why, of size bytes, says what failed. */
enum isolation loopback_isolate(bool apart, char *why, size_t size);

#endif
