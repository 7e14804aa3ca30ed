/* SPDX-License-Identifier: MIT */
/*
 * The liar of the wire: hosts that send other packets than their stack made, in exactly one way.
 * It stands before all else that the wire does, so that a lie looks as if the host had sent the
 * packet like that, or, where it is about what arrives, behind all else; checksums are mended,
 * unless the lie is about them. Only packets of the case are lied about. A lie is the same in every
 * run.
 */
#ifndef SOCKPROOF_LIAR_PACKET_LIE_H
#define SOCKPROOF_LIAR_PACKET_LIE_H

#include "packet/packet.h"

struct packet_lie;

/* The names of all lies, "packet/…"; NULL terminated. Static storage. */
const char *const *packet_lie_names(void);
/* The lie of that name, or NULL. Static storage. */
const struct packet_lie *packet_lie_find(const char *name);
/* What the lie is, in a few words. Static storage. */
const char *packet_lie_says(const struct packet_lie *lie);
/* True for a lie about what arrives: what a host takes a packet for, not what it sent. It is told
   about a copy, just before the host gets it, and nobody else sees it. */
bool packet_lie_is_heard(const struct packet_lie *lie);
/* Changes the frame of *size bytes in place, which packet was parsed from, and parses it anew.
   Returns how often it is sent: 0, 1 or 2. The size never grows. */
int packet_lie_tell(const struct packet_lie *lie, struct packet *packet, uint8_t *frame,
                    size_t *size);

#endif
