/* SPDX-License-Identifier: MIT */
/*
 * An inventory: what a host has that a case could have changed, kind by kind. Two of the same host
 * are equal when nothing of a kind was added, taken away or changed between them; what changes by
 * itself (counters, ages, what the kernel learned and forgets) is not in it.
 */
#ifndef SOCKPROOF_WIRE_INVENTORY_H
#define SOCKPROOF_WIRE_INVENTORY_H

#include <stdint.h>

/* The first ones are told by notifications when they change, but for exceptions; the others are
   only looked at after a case that could reach them. */
enum belonging {
    BELONGING_LINKS,
    BELONGING_ADDRESSES,
    BELONGING_RULES,
    BELONGING_ROUTES,
    BELONGING_EXCEPTIONS, /* to routes, by redirects and by packets that were too big */
    BELONGING_NEIGHBOURS,
    BELONGING_QDISCS,
    BELONGING_FAR, /* from here on */
    BELONGING_FILTER = BELONGING_FAR,
    BELONGING_TABLES, /* of the older iptables */
    BELONGING_POLICIES,
    BELONGING_METRICS,
    BELONGING_LISTENERS,
    BELONGING_LABELS, /* of addresses, by which IPv6 chooses one of its own */
    BELONGING_NEXTHOPS,
    BELONGING_FEATURES, /* of interfaces: what they do for the stack */
    BELONGING_GROUPS,   /* that interfaces listen to */
    BELONGING_COUNT
};

struct inventory {
    uint64_t sum[BELONGING_COUNT]; /* of a kind's things, in any order; 0: none */
};

/* Takes stock of the near kinds by a rtnetlink socket of the host, which nothing waits on. A kind
   that this kernel does not have is 0. 0, or -1 with errno: the socket is of no use. */
int inventory_near(struct inventory *inventory, int netlink);
/* Takes stock of the far kinds in the caller's network namespace. A kind that this kernel does not
   have is 0. 0, or -1 with errno: what there is of some kind is not known. */
int inventory_far(struct inventory *inventory);
/* The first kind from first on, below end, in which two differ; end: none. */
enum belonging inventory_difference(const struct inventory *a, const struct inventory *b,
                                    enum belonging first, enum belonging end);
/* What a kind is called in a sentence ("routes"). */
const char *inventory_name(enum belonging belonging);

#endif
