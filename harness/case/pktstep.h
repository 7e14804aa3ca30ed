/* SPDX-License-Identifier: MIT */
/*
 * The events of a script as steps: which verb does what a call does.
 */
#ifndef SOCKPROOF_CASE_PKTSTEP_H
#define SOCKPROOF_CASE_PKTSTEP_H

#include "case/pktbuild.h"

/* What a variant's steps are made for. */
struct pktstep_plan {
    struct arena *arena;
    struct pkt_script *script;
    const char *folder; /* that commands run in */
    int family;
    bool mapped;
};

/* One step, and of which event it is. */
struct pktstep {
    const struct pkt_event *event;
    bool ends; /* it ends the call that the event began: its return is looked at here */
    struct pktstep *next;
};

/* The steps of the plan's script, a list of nodes as `steps:` holds them; *steps receives what each
   of them is of. What there is no step for is a lack of the script. */
struct node *pktstep_nodes(const struct pktstep_plan *plan, struct pktstep **steps);
/* The actor that makes the script's calls: client where it connects before it listens. */
const char *pktstep_actor(const struct pkt_script *script);

#endif
