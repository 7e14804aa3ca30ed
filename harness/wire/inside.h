/* SPDX-License-Identifier: MIT */
/*
 * Inside: whether a process is on a host that sockproof made. What may take over the interfaces
 * that it finds is started nowhere else.
 */
#ifndef SOCKPROOF_WIRE_INSIDE_H
#define SOCKPROOF_WIRE_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

/* True when the network namespace of the process has the two interfaces of a host (hosts.h), with
   the link address of one, and nothing else. Else what it has stands in why, of size bytes. */
bool inside_host(char *why, size_t size);

#endif
