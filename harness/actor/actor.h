/*
 * An actor: a process that does what the steps of its side say, through the stack's table.
 * It stays from case to case. It knows no YAML: calls come as slots of the shared memory.
 */
#ifndef SOCKPROOF_ACTOR_ACTOR_H
#define SOCKPROOF_ACTOR_ACTOR_H

#include "actor/shared.h"
#include "stack/stack.h"

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

/* Messages on the control socket that are no slot numbers. */
enum actor_order {
    ORDER_ARM = -1,
    ORDER_DISARM = -2,
    ORDER_CLEAN = -3 /* abort and close every descriptor but the control socket; answered */
};

/* Serves calls until the worker closes the control socket; does not return. The caller has
   forked; this process dies with its parent. */
_Noreturn void actor_serve(struct actor *actor);

#endif
