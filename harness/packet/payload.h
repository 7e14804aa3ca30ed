/* SPDX-License-Identifier: MIT */
/*
 * What stands behind the transport's header.
 */
#ifndef SOCKPROOF_PACKET_PAYLOAD_H
#define SOCKPROOF_PACKET_PAYLOAD_H

#include "packet/layer.h"

extern const struct layer payload_layer;

#endif
