/* SPDX-License-Identifier: MIT */
/*
 * The stage: what every trial of a worker shares.
 */
#ifndef SOCKPROOF_TRIAL_STAGE_H
#define SOCKPROOF_TRIAL_STAGE_H

#include "actor/cast.h"
#include "actor/shared.h"
#include "case/catalogue.h"
#include "observe/ledger.h"
#include "wire/wire.h"

struct baseline;
struct trial;
struct wirefault;

struct stage {
    const struct stack *stack;
    bool on_wire; /* place: wire, else loopback */
    bool apart;   /* in a user namespace of its own already */
    int worker;
    bool one_processor; /* the worker, its actors and what the kernel does for them share it */
    struct hosts hosts;
    struct profile profile;
    struct wire *wire;   /* NULL on loopback */
    struct trial *trial; /* that runs on it; NULL: none */
    struct cast cast;
    struct shared *shared;
    struct ledger *ledger;
    struct flows *flows;
    struct wirefault *wirefault;
    int epoll;
    int starved; /* starved.h, of the worker */
    unsigned next_port;
    unsigned first_port, last_port;
    const struct catalogue *catalogue;
    const struct baseline *baseline; /* what is known of the stack */
    const char *version;             /* and which of its versions this is */
    uint64_t seed;
    double slow_factor;
    bool capture;
    bool recording; /* every fault point that is reached is an event */
    const char *report_folder;
    const char *root;                       /* the folder that holds fixtures/ */
    struct in6_addr address[SIDE_COUNT][2]; /* by side, IPv4 mapped and IPv6 */
    json_t *addresses;                      /* all of them, as events tell them */
    struct in6_addr second[SIDE_COUNT][2];  /* the hosts have them in cases that speak of them */
};

#endif
