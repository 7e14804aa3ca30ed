/* SPDX-License-Identifier: MIT */
/*
 * Checking a packet as a whole: fields that are good each by itself and that no packet has
 * together.
 */
#ifndef SOCKPROOF_CASE_PACKETCHECK_H
#define SOCKPROOF_CASE_PACKETCHECK_H

#include "case/complaint.h"

/* False, with a complaint unless list is NULL, when no packet has all the fields that a mapping
   expects: of two transports, of kinds that exclude each other, a kind that its transport has not.
 */
bool packetcheck_seen(struct complaints *list, const struct node *node);
/* The same of a packet that is made. */
bool packetcheck_made(struct complaints *list, const struct node *node);
/* False, with a complaint, when a packet of that family cannot be made with these fields: one of
   the other family, or a number that its field does not hold. */
bool packetcheck_makeable(struct complaints *list, const struct node *node, int family);
/* The same of a packet that the wire sends, whose numbers may be given by its flow. */
bool packetcheck_sendable(struct complaints *list, const struct node *node, int family);
/* False, with a complaint, when a raw IPv6 socket gives no such packet: it gives no header (RFC
   3542 section 3). */
bool packetcheck_headless(struct complaints *list, const struct node *node);

#endif
