/* SPDX-License-Identifier: MIT */
/*
 * A crafted packet: one that a step describes field by field, for a raw socket to send.
 */
#ifndef SOCKPROOF_TRIAL_CRAFTED_H
#define SOCKPROOF_TRIAL_CRAFTED_H

#include "case/limit.h"
#include "trial/state.h"

/* Writes the IP packet that node describes, sent from side and carrying payload, to out; what node
   does not give is computed. Returns its size; 0 with the trial broken when it does not fit or a
   field is none of its layer. */
size_t crafted_packet(struct trial *trial, const struct node *node, enum side side,
                      const void *payload, size_t payload_size, uint8_t out[PACKET_MAX]);

#endif
