/* SPDX-License-Identifier: MIT */
/*
 * IPv4 addresses in IPv6's form, so that one type holds both (RFC 4291, 2.5.5.2).
 */
#ifndef SOCKPROOF_BASE_MAPPED_H
#define SOCKPROOF_BASE_MAPPED_H

#include <netinet/in.h>

/* The four bytes of an IPv4 address, in network order, as ::ffff:a.b.c.d. Any signal handler. */
struct in6_addr mapped_address(const void *four);

#endif
