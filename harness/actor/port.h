/* SPDX-License-Identifier: MIT */
/*
 * A port: whether a socket of a host waits on it, as the tables of /proc/net say (proc(5)).
 */
#ifndef SOCKPROOF_ACTOR_PORT_H
#define SOCKPROOF_ACTOR_PORT_H

#include <stdbool.h>

/* Whether a socket waits on the port (0: on any) of the host on which the process runs whose folder
   below /proc that is ("/proc/self"): listens, or, for datagrams, is bound and has no peer. Any
   thread. Of the own host ("/proc/self") the kernel is asked for just these sockets (sock_diag(7)):
   for a table of /proc it goes through all connections, which, looked at again and again by many
   cases, leaves the processors to nothing else. */
bool port_listens(const char *process, unsigned port, bool datagrams);

#endif
