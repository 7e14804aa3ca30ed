/* SPDX-License-Identifier: MIT */
/*
 * A crafted packet: one that a step describes field by field, for a raw socket to send.
 */
#ifndef SOCKPROOF_TRIAL_CRAFTED_H
#define SOCKPROOF_TRIAL_CRAFTED_H

#include "case/limit.h"
#include "packet/draft.h"
#include "trial/state.h"

/* The address that node names (an address of a case), or, where it is NULL or names none, that of
   side in the variant's family; IPv4 as mapped. */
struct in6_addr crafted_address(struct trial *trial, const struct node *node, enum side side);
/* True for a layer of a packet that a step makes which is a header, whose members are fields. */
bool crafted_is_header(const struct node *layer);
/* Sets the hosts of the packet that an ICMP error in node quotes: those that it gives, else those
   of the draft, the other way round. */
void crafted_quoted(struct trial *trial, const struct node *node, enum side side,
                    struct draft *draft);
/* Writes the IP packet that node describes, sent from side and carrying payload, to out; what node
   does not give is computed. Returns its size; 0 with the trial broken when it does not fit or a
   field is none of its layer. */
size_t crafted_packet(struct trial *trial, const struct node *node, enum side side,
                      const void *payload, size_t payload_size, uint8_t out[PACKET_MAX]);

#endif
