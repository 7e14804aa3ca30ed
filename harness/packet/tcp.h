/* SPDX-License-Identifier: MIT */
/*
 * TCP: RFC 9293.
 */
#ifndef SOCKPROOF_PACKET_TCP_H
#define SOCKPROOF_PACKET_TCP_H

#include "packet/layer.h"

extern const struct layer tcp_layer;

#endif
