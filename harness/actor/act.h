/* SPDX-License-Identifier: MIT */
/*
 * An act: one call being carried out in the actor's process, and what a verb takes out of it.
 */
#ifndef SOCKPROOF_ACTOR_ACT_H
#define SOCKPROOF_ACTOR_ACT_H

#include "actor/shared.h"
#include "stack/stack.h"

/* Who acts: one actor in a process. */
struct actor {
    const char *name; /* as in case files; part of the fault points */
    int index;        /* below ACTOR_MAX: its row of signal counters */
    int control;      /* SOCK_SEQPACKET to the worker: slot numbers, both ways */
    struct shared *shared;
    const struct stack *stack;
    uint16_t udp_port;                 /* of SCTP in UDP, or 0 */
    uint64_t seed;                     /* of what its stack leaves to chance */
    const struct in6_addr *own, *peer; /* of this host and the other, IPv4 (mapped) and IPv6 */
};

/* One call being carried out; local to a thread. */
struct act {
    struct actor *actor;
    struct call *call;
    const struct stack *stack;
};

/* The memory of an argument; NULL when it has none. */
void *act_bytes(const struct act *act, const struct argument *argument);
/* The buffers of a gathered send, in the list's order: *count of them, and at least one to look at.
   The caller ends them with act_free. */
struct iovec *act_gather(const struct act *act, const struct argument *list, size_t *count);
/* The buffers of a scattered receive, laid end to end in the call's room for data by its sizes;
   as act_gather. */
struct iovec *act_scatter(const struct act *act, size_t *count);
/* Notes where fd is bound, for the worker's account of flows; errno stays. */
void act_note_local(struct act *act, int fd);
/* A send to an address that may have made a connection (MSG_FASTOPEN): notes both its ends. */
void act_opened(struct act *act, struct piece to, int flags);
/* free(3) that leaves errno as it is. */
void act_free(void *memory);

#endif
