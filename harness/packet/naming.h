/* SPDX-License-Identifier: MIT */
/*
 * Naming: the addresses that have a name in cases, and the names that events give them.
 */
#ifndef SOCKPROOF_PACKET_NAMING_H
#define SOCKPROOF_PACKET_NAMING_H

#include "packet/packet.h"

/* Addresses of the two hosts, so that a description can say "client" for 10.0.0.1. */
struct naming {
    struct in6_addr client[2], server[2]; /* IPv4-mapped and IPv6 */
    struct in6_addr second[2][2];         /* "client-second", "server-second"; zero: none */
};

/* The names that an address can have, but for its digits; ended by NULL. */
extern const char *const naming_names[];
/* The name of an address of that family, or its digits in out; naming may be NULL. */
const char *naming_name(const struct naming *naming, int family, const struct in6_addr *address,
                        char out[INET6_ADDRSTRLEN]);
/* The address of "any", "loopback" or "blackhole" in a family; IPv4 as mapped. False for another
   name. blackhole is an address for documentation, which nobody has (RFC 5737, RFC 3849). */
bool naming_special(const char *name, int family, struct in6_addr *address);

#endif
