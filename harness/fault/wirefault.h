/* SPDX-License-Identifier: MIT */
/*
 * A wire fault meets a packet: what a packet is to the faults of the armed plan, whatever ports and
 * pushes it has by chance, and which of them fires on it.
 *
 * One for each wire: it counts what crossed it. One thread.
 */
#ifndef SOCKPROOF_FAULT_WIREFAULT_H
#define SOCKPROOF_FAULT_WIREFAULT_H

#include "case/node.h"
#include "fault/plan.h"
#include "packet/flows.h"
#include "packet/naming.h"
#include "wire/wire.h"

struct wirefault;

/* What packets are looked at with; all pointers are borrowed until the next wirefault_begin. */
struct wirefault_scope {
    const struct flows *flows;
    const struct naming *naming;
    /* What each fault of the plan looks for, as under when; NULL: every packet. */
    const struct node *when[FAULT_MAX];
    size_t count;
    unsigned first_port, ports; /* those of the case */
    unsigned ordered; /* of these so many count by the order of their first packet, not by number:
                         the kernel picks ephemeral ports at random */
};

/* One that looks for nothing; NULL without memory. The caller frees; wirefault_free takes NULL. */
struct wirefault *wirefault_new(void);
void wirefault_free(struct wirefault *wirefault);
/* Forgets all packets; from now on they are looked at so. */
void wirefault_begin(struct wirefault *wirefault, const struct wirefault_scope *scope);
/* What the packet is to a plan; counts it among its like, so once for each packet. listed is the
   caller's. */
struct chance wirefault_chance(struct wirefault *wirefault, const struct packet *packet,
                               enum side from);
/* The fault of the armed plan that fires on the packet, or NULL. Once for each packet. */
const struct fault *wirefault_meet(struct wirefault *wirefault, const struct packet *packet,
                                   enum side from, const struct chance *chance);
/* A field that the fault of that number looks for and no packet had that it met, while one is what
   it looks for in all else: its name ("icmp.id") in out. False when there is none. */
bool wirefault_unanswered(const struct wirefault *wirefault, size_t number, char *out, size_t size);
/* What became of the packet, in a line for people: "client > server tcp SYN …: dropped by fault
   'x'"; fault may be NULL. */
void wirefault_text(const struct wirefault *wirefault, const struct packet *packet, enum fate fate,
                    const char *fault, char *out, size_t size);

#endif
