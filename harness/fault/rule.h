/* SPDX-License-Identifier: MIT */
/*
 * A rule: the action and the trigger of a fault as people write them, {do: …} and {when: …}, which
 * have been checked, into what a plan holds.
 */
#ifndef SOCKPROOF_FAULT_RULE_H
#define SOCKPROOF_FAULT_RULE_H

#include "case/node.h"
#include "fault/plan.h"

/* Fills in what a fault at calls does, where, and whose they are, from what stands under do and
   under call. No points, or FAULT_NONE, for a word that is none. */
void rule_call(struct fault *fault, const struct node *action, const struct node *call,
               const char *by);
/* Fills in the trigger from what stands under when; NULL: always. */
void rule_trigger(struct fault *fault, const struct node *when);
/* Fills in action and senders of a fault of the wire, from what stands under do, and under wire:
   client, server or both. WIRE_PASS for a word that is none. */
void rule_wire(struct fault *fault, const struct node *action, const struct node *wire);

#endif
