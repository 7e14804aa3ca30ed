/* SPDX-License-Identifier: MIT */
/*
 * Buffers: the memory that lies in the buffers of sockets, as the kernel tells it (sock_diag(7)).
 * A socket that nobody has open, for its descriptor is on its way through another (SCM_RIGHTS of
 * unix(7)) or its peer has not taken all yet, is one of its namespace too.
 */
#ifndef SOCKPROOF_WIRE_BUFFERS_H
#define SOCKPROOF_WIRE_BUFFERS_H

#include <stdint.h>

/* A socket that asks about the caller's network namespace, wherever the caller goes. The caller
   closes; -1 with errno. */
int buffers_open(void);
/* Bytes in the buffers of all sockets of unix(7), tcp(7) and udp(7) there. A part of a kernel that
   does not tell has none. */
uint64_t buffers_held(int netlink);

#endif
