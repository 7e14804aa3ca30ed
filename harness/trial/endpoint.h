/* SPDX-License-Identifier: MIT */
/*
 * An endpoint: an address and a port, as cases name them and as packets and calls show them.
 */
#ifndef SOCKPROOF_TRIAL_ENDPOINT_H
#define SOCKPROOF_TRIAL_ENDPOINT_H

#include "trial/state.h"

/* The socket address that node names (an actor, or {host, port, family, form, size}) in the
   variant's family unless it names another, into *out. Returns its size, or 0 when the node makes
   no address (the checker has seen to that). */
socklen_t endpoint_resolve(struct trial *trial, const struct node *node,
                           struct sockaddr_storage *out);
/* The address as observed: {"host":"client","address":"10.0.0.1","port":10001,
   "family":"AF_INET","form":"plain","is":["client"]}; "is" names the actors that it belongs to,
   "form" is mapped for an IPv4 address in IPv6's form (RFC 4291, 2.5.5.2). A device's has
   "family", "host", "ifindex", "pkttype" and "protocol". New reference; NULL when there is no
   address. */
json_t *endpoint_describe(const struct trial *trial, const struct sockaddr_storage *address,
                          socklen_t size);
/* The same of an address that a call told, with the length that it told. One that is not the length
   of its family's structure (POSIX, getsockname(): the actual one) is nobody's address:
   {"host":"none","family":"AF_INET","length":8,"is":[]}. */
json_t *endpoint_told(const struct trial *trial, const struct sockaddr_storage *address,
                      socklen_t size);
/* The address of family that text stands for: as it is written, an actor's, or a host's word (any,
   client-second). False when it is none. IPv4 as mapped. */
bool endpoint_host(const struct trial *trial, const char *text, int family, struct in6_addr *out);
/* The direction from one endpoint to the other as a stream's name; 0 when one is not known. */
uint64_t endpoint_stream(const struct sockaddr_storage *from, const struct sockaddr_storage *to);
/* The port, in host order; 0 when it has none. */
unsigned endpoint_port(const struct sockaddr_storage *address);
/* The address as IPv6, IPv4 mapped; of AF_UNIX the first bytes of its name. */
struct in6_addr endpoint_address(const struct sockaddr_storage *address);
/* A name for one of two sockets that are each other's peers, of AF_UNIX: they have none. socket:
   its number in the case. */
struct sockaddr_storage endpoint_of_pair(unsigned socket);

#endif
