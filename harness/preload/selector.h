/* SPDX-License-Identifier: MIT */
/*
 * A selector: which calls a fault is about, beyond their point: those to a peer, on a descriptor,
 * of a process, of a thread. Plain data, shared with the programs; safe in any thread and in a
 * signal handler.
 */
#ifndef SOCKPROOF_PRELOAD_SELECTOR_H
#define SOCKPROOF_PRELOAD_SELECTOR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define LINEAGE 24 /* the name of a process or thread (lineage.h), and its NUL */

struct selector {
    bool by_peer, by_fd;
    bool any_address;        /* the peer's port alone counts */
    struct in6_addr address; /* IPv4 as ::ffff:a.b.c.d */
    uint16_t port;           /* host order; 0: any */
    int fd;
    char process[LINEAGE], thread[LINEAGE]; /* empty: any */
};

/* Reads a peer as people write it: "10.0.0.2", "10.0.0.2:80", "fd00::2", "[fd00::2]:80", ":80".
   False when it is none, and the selector is as it was. */
bool selector_peer(struct selector *selector, const char *text);
/* True for what a process or a thread may be called: "0", "0.2", "0/1". */
bool selector_is_lineage(const char *text);
/* True when the address is that of the peer. */
bool selector_is_peer(const struct selector *selector, const struct sockaddr *address,
                      socklen_t size);

#endif
