/* SPDX-License-Identifier: MIT */
/*
 * The actions of the wire: what each does to a packet, one function an action.
 */
#ifndef SOCKPROOF_WIRE_ACTION_H
#define SOCKPROOF_WIRE_ACTION_H

#include "wire/carrier.h"

/* True for an action that is done as soon as it has been decided: the packet never was on the line,
   so that a hold does not keep it. All others are done when the packet leaves. */
bool action_is_at_once(enum wire_action action);
/* Does it to a packet, and tells the witness; on a line that is cut the packet is lost instead. A
   packet that has left takes those with it that it was to overtake. fault may be NULL; it must
   last as long as the carrier may keep the packet. */
void action_enact(struct carrier *carrier, enum wire_action action, const struct packet *packet,
                  enum side from, const char *fault);

#endif
