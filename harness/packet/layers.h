/* SPDX-License-Identifier: MIT */
/*
 * All layers, in the order of the packet: a packet is read through them, one behind the other.
 */
#ifndef SOCKPROOF_PACKET_LAYERS_H
#define SOCKPROOF_PACKET_LAYERS_H

#include "packet/layer.h"

/* All but the chunks, which are parts of one; NULL terminated. */
extern const struct layer *const packet_layers[];

/* The layer of that name, or NULL. */
const struct layer *layers_find(const char *name);
/* The layer's header in the packet; false when the packet has none such. */
bool layers_header(const struct layer *layer, const struct packet *packet, struct header *header);

#endif
