/* SPDX-License-Identifier: MIT */
/*
 * A worker: a process with a stage of its own (hosts, wire, actors) that runs one variant
 * after the other for the supervisor.
 */
#ifndef SOCKPROOF_TRIAL_WORKER_H
#define SOCKPROOF_TRIAL_WORKER_H

#include "trial/state.h"

/* What the supervisor asks for; the answer is the trial's result as JSON text. */
struct order {
    int variant; /* index into the table */
    int repeat;
};

struct worker {
    int number;        /* from 0 */
    int control;       /* SOCK_SEQPACKET to the supervisor */
    const char *unfit; /* why it can do nothing, or NULL */
    bool apart;        /* in a user namespace of its own already */
    bool on_wire;
    bool machine; /* on loopback: the network of the machine, not one of its own */
    const struct stack *stack;
    const struct packet_lie *lie; /* of the wire, or NULL */
    const struct profile *profile;
    const struct catalogue *catalogue;
    const struct baseline *baseline; /* what is known of the stack */
    const char *version;             /* and which of its versions this is */
    const struct variant *const *variants;
    struct report *report;
    uint64_t seed;
    double slow_factor;
    bool capture;
    bool recording; /* fault points that are reached are events */
    const char *report_folder;
    const char *root; /* the folder that holds fixtures/ */
};

/* Builds the stage and serves orders until the control socket closes. The caller has forked; does
   not return. A stage that cannot be built is answered to the first order as a broken result. */
_Noreturn void worker_serve(const struct worker *worker);
/* Tries to build two hosts in a child process, in another one when that is killed. True when it can
   be done here; otherwise why, of size bytes, says in a sentence what the machine refuses. */
bool worker_try_hosts(const struct profile *profile, char *why, size_t size);

#endif
