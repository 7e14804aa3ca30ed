/* SPDX-License-Identifier: MIT */
/*
 * Inspecting: whether the hosts are still what they were made, by their inspectors.
 */
#ifndef SOCKPROOF_WIRE_INSPECT_H
#define SOCKPROOF_WIRE_INSPECT_H

#include "wire/hosts.h"

/* Before the first case that could change what only INSPECT_ALL looks at. 0, or -1 with errno. The
   wire's namespace is the caller's again afterwards. */
int inspect_prepare(const struct hosts *hosts);
/* True when a host is no more what it was made; what, of size bytes, then says which and in what
   ("the client's routes"). INSPECT_ALL only after inspect_prepare. The wire's namespace is the
   caller's again afterwards. */
bool inspect(const struct hosts *hosts, enum inspection how, char *what, size_t size);
/* True when a host keeps fragments of a datagram that is not whole, or it cannot be told: for 30 s
   it waits for the others, and then it sends an ICMP error (net.ipv4.ipfrag_time), into whatever
   case there is. what, of size bytes, says which host. The wire's namespace is the caller's again
   afterwards. */
bool inspect_fragments(const struct hosts *hosts, char *what, size_t size);

#endif
