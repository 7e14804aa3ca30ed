/* SPDX-License-Identifier: MIT */
/*
 * The packet link of a host, for a stack that lives in an actor's process: one Ethernet frame to a
 * read or write.
 */
#ifndef SOCKPROOF_STACK_LINK_H
#define SOCKPROOF_STACK_LINK_H

#include <net/ethernet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link {
    int fd; /* packet(7), SOCK_RAW, blocking; what the host itself sends is not seen */
    uint32_t mtu;
    uint8_t own_mac[ETH_ALEN], peer_mac[ETH_ALEN];
};

/* Opens the link on the interface of this host that is not lo. False with the reason in why, of
   size bytes, when there is none. The caller closes fd. */
bool link_open(struct link *link, char *why, size_t size);

#endif
