/* SPDX-License-Identifier: MIT */
/*
 * What a step may save of a packet that it has seen.
 */
#ifndef SOCKPROOF_PACKET_SAVED_H
#define SOCKPROOF_PACKET_SAVED_H

#include "packet/packet.h"

#include <jansson.h>

/* True when name is what is saved of a packet ("ts.val", "tcp.seq", "vtag"), not of a call. */
bool saved_of_packet(const char *name);
/* That of this packet: a number, or bytes as hex digits, so that a later packet can be made with
   it; NULL when it has none. Of several options, or chunks, the first that has it. New reference.
 */
json_t *saved_value(const struct packet *packet, const char *name);

#endif
