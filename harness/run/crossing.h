/*
 * A crossing: two hosts that belong to no case, with the wire between them, for programs that the
 * engine runs on them. Every packet of theirs is under the faults of one plan.
 *
 * One in a process, whose one thread calls all of this; it leaves for namespaces of its own and
 * cannot go back (wire/hosts.h). Nothing crosses but while crossing_carry is called.
 */
#ifndef SOCKPROOF_RUN_CROSSING_H
#define SOCKPROOF_RUN_CROSSING_H

#include "program/faultplan.h"
#include "program/firelog.h"
#include "wire/hosts.h"

#include <poll.h>

struct crossing;

/* Builds the hosts and arms the plan of control, whose counters then count; plan says what its
   faults of the wire look for. capture: the pcapng that gets every packet, or NULL. All pointers
   are borrowed for the crossing's life. NULL, and a sentence in why. The caller closes. */
struct crossing *crossing_open(const struct profile *profile, struct control *control,
                               const struct faultplan *plan, const char *capture, char *why,
                               size_t size);
/* The namespace of a host, for setns(2); stays the crossing's. */
int crossing_host(const struct crossing *crossing, enum side side);
/* The address of a host as text, of AF_INET or AF_INET6. Static storage. */
const char *crossing_address(const struct crossing *crossing, enum side side, int family);
/* Carries packets until one of the descriptors (at most 4) is ready, or for so many seconds (below
   0: no end). How many are ready, as poll(2) says it. */
int crossing_carry(struct crossing *crossing, struct pollfd *more, nfds_t count, double seconds);
/* Carries packets until nothing has crossed for a while, at most so many seconds. */
void crossing_still(struct crossing *crossing, double seconds);
/* What fired so far, in order; the crossing's. NULL: nothing. */
const struct firing *crossing_firings(const struct crossing *crossing);
/* Packets that were lost without a fault meaning it. */
unsigned crossing_lost(const struct crossing *crossing);
/* Ends the hosts. 0, or -1 with errno when not all of the capture reached its file. Accepts NULL.
 */
int crossing_close(struct crossing *crossing);

#endif
