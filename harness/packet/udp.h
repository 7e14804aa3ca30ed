/* SPDX-License-Identifier: MIT */
/*
 * UDP: RFC 768.
 */
#ifndef SOCKPROOF_PACKET_UDP_H
#define SOCKPROOF_PACKET_UDP_H

#include "packet/layer.h"

extern const struct layer udp_layer;

#endif
