/* SPDX-License-Identifier: MIT */
/*
 * The lies about packets, a list for each layer. No business of anybody outside of this folder.
 */
#ifndef SOCKPROOF_LIAR_LAYERS_H
#define SOCKPROOF_LIAR_LAYERS_H

#include "liar/telling.h"

/* Each ends with a NULL name. */
extern const struct packet_lie packet_lies_ip[];
extern const struct packet_lie packet_lies_tcp[];
extern const struct packet_lie packet_lies_option[]; /* of TCP */
extern const struct packet_lie packet_lies_reset[];  /* of TCP, about what arrives */
extern const struct packet_lie packet_lies_udp[];
extern const struct packet_lie packet_lies_sctp[];
extern const struct packet_lie packet_lies_icmp[];
extern const struct packet_lie packet_lies_raw[];   /* about what is none of these */
extern const struct packet_lie packet_lies_heard[]; /* about what arrives, of all layers */

#endif
