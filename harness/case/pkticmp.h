/* SPDX-License-Identifier: MIT */
/*
 * ICMP messages as packetdrill scripts call them (RFC 792, RFC 1122 section 3.2.2.1, RFC 4443).
 */
#ifndef SOCKPROOF_CASE_PKTICMP_H
#define SOCKPROOF_CASE_PKTICMP_H

#include <stdbool.h>
#include <stddef.h>

/* The numbers of the message of that name over IPv6 (six) or IPv4; name NULL: it has no name of its
   own behind the type. False where no message is called so there. */
bool pkticmp_find(const char *type, const char *name, bool six, int *number, int *code);
/* True when some version of IP has a message that is called so. */
bool pkticmp_knows(const char *type, const char *name);

#endif
