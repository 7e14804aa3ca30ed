/* SPDX-License-Identifier: MIT */
/*
 * The shapes of a packet's fields, made from packet/field.def: as they are seen, with matchers, and
 * as they are made.
 */
#ifndef SOCKPROOF_CASE_FIELDSHAPE_H
#define SOCKPROOF_CASE_FIELDSHAPE_H

#include "case/shape.h"

extern const struct shape fieldshape_seen_ip, fieldshape_seen_tcp, fieldshape_seen_udp,
    fieldshape_seen_icmp, fieldshape_seen_sctp; /* mappings of a layer's fields */
extern const struct shape fieldshape_seen_host; /* where a packet goes to, or is from */
extern const struct shape fieldshape_made_ip, fieldshape_made_tcp, fieldshape_made_udp,
    fieldshape_made_icmp;
extern const struct shape fieldshape_sent_tcp; /* what the wire sends: numbers are of the flow */

#endif
