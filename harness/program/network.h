/* SPDX-License-Identifier: MIT */
/*
 * A network: two hosts that belong to no case, with the wire between them, for programs that the
 * engine runs on them. Every packet of theirs is under the faults of one plan.
 *
 * One in a process, whose one thread calls all of this; it leaves for namespaces of its own and
 * cannot go back (wire/hosts.h). Nothing crosses but while network_carry is called.
 */
#ifndef SOCKPROOF_PROGRAM_NETWORK_H
#define SOCKPROOF_PROGRAM_NETWORK_H

#include "program/faultplan.h"
#include "program/firelog.h"
#include "wire/hosts.h"

#include <poll.h>

struct network;

/* Builds the hosts and arms the plan of control, whose counters then count; plan says what its
   faults of the wire look for. capture: the pcapng that gets the packets, FRAMES_MAX bytes of them,
   or NULL. All pointers are borrowed for the network's life. NULL, and a sentence in why. The
   caller closes. */
struct network *network_open(const struct profile *profile, struct control *control,
                             const struct faultplan *plan, const char *capture, char *why,
                             size_t size);
/* The namespace of a host, for setns(2); stays the network's. */
int network_host(const struct network *network, enum side side);
/* The address of a host as text, of AF_INET or AF_INET6. Static storage. */
const char *network_address(const struct network *network, enum side side, int family);
/* Carries packets until one of the descriptors (at most 4) is ready, or for so many seconds (below
   0: no end). How many are ready, as poll(2) says it. */
int network_carry(struct network *network, struct pollfd *more, nfds_t count, double seconds);
/* Carries packets until nothing has crossed for a while, at most so many seconds. */
void network_still(struct network *network, double seconds);
/* What fired so far, in order, the first CONTROL_RECORDS times; the network's. NULL: nothing. */
const struct wire_firing *network_firings(const struct network *network);
/* How often something fired besides. */
uint64_t network_unlisted(const struct network *network);
/* True when packets came behind the FRAMES_MAX bytes of them that a capture has. */
bool network_cut(const struct network *network);
/* Packets that were lost without a fault meaning it. */
unsigned network_lost(const struct network *network);
/* Ends the hosts. 0, or -1 with errno when not all of the capture reached its file. Accepts NULL.
 */
int network_close(struct network *network);

#endif
