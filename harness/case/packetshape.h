/* SPDX-License-Identifier: MIT */
/*
 * The shapes of packets: one notation for what a case sends, expects to see and triggers on.
 */
#ifndef SOCKPROOF_CASE_PACKETSHAPE_H
#define SOCKPROOF_CASE_PACKETSHAPE_H

#include "case/shape.h"

extern const struct shape packetshape_made;      /* what is given is set, the rest is computed */
extern const struct shape packetshape_sent;      /* made, or a kind */
extern const struct shape packetshape_seen;      /* a kind, or fields with matchers */
extern const struct shape packetshape_traffic;   /* client, server, both, or a packet */
extern const struct shape packetshape_never;     /* a packet that may say which side it is from */
extern const struct shape packetshape_wire_when; /* a packet and a trigger */
extern const struct shape packetshape_call_when; /* a trigger alone */
extern const struct shape packetshape_program_when; /* a trigger, and which calls of a program */
extern const struct shape packetshape_direction;

#endif
