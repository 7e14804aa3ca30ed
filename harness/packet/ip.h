/* SPDX-License-Identifier: MIT */
/*
 * IP, both versions: RFC 791 and RFC 8200.
 */
#ifndef SOCKPROOF_PACKET_IP_H
#define SOCKPROOF_PACKET_IP_H

#include "packet/layer.h"

extern const struct layer ip_layer;

#endif
