/* SPDX-License-Identifier: MIT */
/*
 * The connection of a packetdrill script: which packets are its own, and what the script's numbers
 * are on the wire.
 *
 * Sequence numbers are counted from the first of their sender (its SYN's), but those of a SYN stand
 * as they are: the host under test chooses its own, and the script names it in its first SYN; the
 * remote host's is what the script says. A time stamp that the host under test sends has a value of
 * its own, which stands for the script's from then on.
 */
#ifndef SOCKPROOF_TRIAL_SCRIPTFLOW_H
#define SOCKPROOF_TRIAL_SCRIPTFLOW_H

#include "case/pkt.h"
#include "packet/packet.h"

enum { SCRIPTFLOW_STAMPS = 256 };

struct scriptflow_stamp {
    uint32_t script, live;
};

struct scriptflow {
    enum side tested;
    int family;                /* on the wire */
    struct in6_addr own, peer; /* IPv4 as mapped */
    uint16_t own_port, peer_port;
    bool local_known;
    uint32_t local_script, local_live;                /* first numbers of the host under test */
    uint32_t remote;                                  /* of the remote host */
    struct scriptflow_stamp stamp[SCRIPTFLOW_STAMPS]; /* a ring */
    size_t stamps;
};

/* What is added to a number of the host under test, or of the remote host, to have it as it is on
   the wire; syn: it stands in a SYN. */
uint32_t scriptflow_local(const struct scriptflow *flow, bool syn);
uint32_t scriptflow_remote(const struct scriptflow *flow, bool syn);
/* The remote host begins a connection: its SYN has that number. */
void scriptflow_remote_begins(struct scriptflow *flow, uint32_t number);
/* The host under test has sent its SYN: the script calls its number that. */
void scriptflow_local_begins(struct scriptflow *flow, uint32_t script, uint32_t live);
/* The host under test has sent a time stamp, which the script calls that. */
void scriptflow_stamped(struct scriptflow *flow, uint32_t script, uint32_t live);
/* The stamp that the script means by an echo; what was never sent stands for itself. */
uint32_t scriptflow_echo(const struct scriptflow *flow, uint32_t script);
/* True for a packet between the ends of the flow, sent by the host under test. */
bool scriptflow_is_own(const struct scriptflow *flow, const struct packet *packet);

#endif
