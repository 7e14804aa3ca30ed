/* SPDX-License-Identifier: MIT */
/*
 * IP, both versions: RFC 791 and RFC 8200.
 */
#ifndef SOCKPROOF_PACKET_IP_H
#define SOCKPROOF_PACKET_IP_H

#include "packet/layer.h"

extern const struct layer ip_layer;
/* What the two bits of ECN say, from 0 on (RFC 3168 section 5); NULL terminated. */
extern const char *const ip_ecn_words[];

#endif
