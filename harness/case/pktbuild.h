/* SPDX-License-Identifier: MIT */
/*
 * A call of a script on its way to a step: what those who translate calls share.
 */
#ifndef SOCKPROOF_CASE_PKTBUILD_H
#define SOCKPROOF_CASE_PKTBUILD_H

#include "case/constant.h"
#include "case/pkt.h"
#include "case/pktnode.h"

#include <netinet/in.h>

struct pktbuild {
    struct arena *arena;
    struct pkt_script *script;
    const struct pkt_event *event;
    const struct pkt_call *call;
    const char *actor, *peer; /* who makes the calls, and who is absent */
    int family;
    bool mapped;       /* IPv4 through sockets of IPv6 */
    struct node *body; /* of the step: the verb and what stands beside it */
    bool failed;       /* a lack is noted */
};

/* Notes that the script is skipped for that value, or for the call where value is NULL. */
void pktbuild_lacks(struct pktbuild *build, const struct pkt_value *value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The argument of that index; a lack and a value of no meaning when it is missing. Never NULL. */
const struct pkt_value *pktbuild_argument(struct pktbuild *build, size_t index);
/* The number that value stands for, names looked up in the group and or'ed together; otherwise a
   lack, and 0. */
int64_t pktbuild_number(struct pktbuild *build, const struct pkt_value *value,
                        enum constant_group group);
/* A plain scalar of the number of that argument. */
struct node *pktbuild_count(struct pktbuild *build, size_t index);
/* The list of names that value or's together, all of which the group must have; 0 gives none. */
struct node *pktbuild_flags(struct pktbuild *build, const struct pkt_value *value,
                            enum constant_group group);
/* A plain scalar of a name that the group must have. */
struct node *pktbuild_name(struct pktbuild *build, const struct pkt_value *value,
                           enum constant_group group);
/* The name that the descriptor of that number has in steps: "fd3". A lack when it is none. */
const char *pktbuild_descriptor(struct pktbuild *build, const struct pkt_value *value);
/* Begins the step: NAME: in, made on the descriptor of the first argument. */
void pktbuild_verb(struct pktbuild *build, const char *name, struct node *in);
/* The same without a descriptor. */
void pktbuild_bare(struct pktbuild *build, const char *name, struct node *in);
/* The bytes that a call is given: text, or so many zeros. */
struct node *pktbuild_bytes(struct pktbuild *build, const struct pkt_value *value, int64_t size);
/* A value as the script has it must be ... here; otherwise a lack. */
void pktbuild_any(struct pktbuild *build, size_t index, const char *what);

#endif
