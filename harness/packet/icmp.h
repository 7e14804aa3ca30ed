/* SPDX-License-Identifier: MIT */
/*
 * ICMP and ICMPv6: RFC 792 and RFC 4443.
 */
#ifndef SOCKPROOF_PACKET_ICMP_H
#define SOCKPROOF_PACKET_ICMP_H

#include "packet/layer.h"

extern const struct layer icmp_layer;

#endif
