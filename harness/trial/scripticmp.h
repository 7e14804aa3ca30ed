/* SPDX-License-Identifier: MIT */
/*
 * ICMP messages of scripts, which speak of a packet that the host under test has sent.
 */
#ifndef SOCKPROOF_TRIAL_SCRIPTICMP_H
#define SOCKPROOF_TRIAL_SCRIPTICMP_H

#include "trial/scriptflow.h"

/* Writes the message, with the packet that it quotes, to out, 120 bytes at least; its checksum is
   the caller's. Returns its size; 0 where no message of the flow's version of IP is called so. */
size_t scripticmp_write(const struct scriptflow *flow, const struct pkt_packet *packet,
                        uint8_t *out);

#endif
