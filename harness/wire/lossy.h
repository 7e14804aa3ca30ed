/* SPDX-License-Identifier: MIT */
/*
 * The lossy part of a profile in one host: sysctls that hold only while a case that arms loss runs.
 * They stay open, so that setting them costs a write each and no change of namespace.
 */
#ifndef SOCKPROOF_WIRE_LOSSY_H
#define SOCKPROOF_WIRE_LOSSY_H

#include "wire/profile.h"

/* Where the host's own routes are, for kernels that set the least retransmission time there. */
struct lossy_route {
    int netlink; /* borrowed */
    int index;
    const void *address4, *address6; /* borrowed: struct in_addr, in6_addr of the host */
};

struct lossy;

/* Opens the lossy entries in the caller's network namespace and keeps what they say. The caller
   frees; NULL and why. profile must outlive it. */
struct lossy *lossy_open(const struct profile *profile, const struct lossy_route *route, char *why,
                         size_t size);
/* Closes and frees; NULL is fine. Does not put anything back. */
void lossy_free(struct lossy *lossy);
/* Sets the lossy values (on) or those from before (off), each read back. An optional
   tcp_rto_min_us that is missing (before Linux 6.11) becomes rto_min of the host's connected
   routes, in whole milliseconds. 0, or -1 and why. */
int lossy_set(struct lossy *lossy, bool on, char *why, size_t size);

#endif
