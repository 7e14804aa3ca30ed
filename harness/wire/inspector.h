/* SPDX-License-Identifier: MIT */
/*
 * The inspector of a host: knows what the host was like when it was made, and says whether a case
 * has left it otherwise.
 *
 * Theory of operation. A case is run in some hundred microseconds, and a look at all that a host
 * has takes longer than that. So the inspector listens: the kernel notifies of every change of
 * links, addresses, rules, routes, neighbours and queue disciplines, whoever made it, and one
 * system call says that there was none. Three things come without a notice: exceptions to routes,
 * which only a packet of ICMP can make (the carrier, and cases of raw sockets, say that there was
 * one), what only a program or a netlink socket can change (sysctls, rules of filters, …), and
 * what TCP remembers of a peer. Whoever runs a case knows whether it could do those, and asks for
 * them.
 */
#ifndef SOCKPROOF_WIRE_INSPECTOR_H
#define SOCKPROOF_WIRE_INSPECTOR_H

#include <stdbool.h>
#include <stddef.h>

struct inspector;

/* How closely to look. */
enum inspection { INSPECT_NOTICES, INSPECT_NEAR, INSPECT_ALL };

/* An inspector of the caller's network namespace, which is as it is to be: later ones are held
   against that. The caller frees; NULL with errno. */
struct inspector *inspector_new(void);
/* NULL is fine. */
void inspector_free(struct inspector *inspector);
/* Remembers, unless it does, what only INSPECT_ALL looks at; to be called in the host's namespace
   before anything changed it. 0, or -1 with errno. */
int inspector_prepare(struct inspector *inspector);
/* True when the host is no more what it was: what then says what differs ("routes", or a sysctl and
   its values), in size bytes. Looks closer than asked when there were notices. INSPECT_ALL: to be
   called in the host's namespace, after inspector_prepare. A look that fails is a difference. */
bool inspector_finds(struct inspector *inspector, enum inspection how, char *what, size_t size);

#endif
