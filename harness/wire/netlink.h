/* SPDX-License-Identifier: MIT */
/*
 * Netlink: what the hosts need of rtnetlink(7), one request and its acknowledgement at a time.
 * Each function returns 0, or -1 with the errno that the kernel answered. A socket acts in the
 * network namespace that it was opened in, wherever the caller has gone since.
 */
#ifndef SOCKPROOF_WIRE_NETLINK_H
#define SOCKPROOF_WIRE_NETLINK_H

#include <netinet/in.h>
#include <stdint.h>

#define NETLINK_MAC 6

/* One end of a veth(4) pair. The index is asked for, not found out. */
struct netlink_end {
    const char *name;
    int index;
    uint8_t mac[NETLINK_MAC];
};

/* A rtnetlink socket of the caller's namespace. The caller closes; -1 with errno. */
int netlink_open(void);
/* A rtnetlink socket that hears what happens in the caller's namespace, of those groups (RTMGRP_*,
   rtnetlink(7)); netlink_await_local wants RTMGRP_IPV6_ROUTE. The caller closes; -1 with errno. */
int netlink_listen(uint32_t groups);
/* Waits until the IPv6 address, added since the socket listens, is one that the host answers to:
   the kernel makes its local route later, in a work queue, and until then refuses what comes for
   it. -1 with errno ETIMEDOUT after a minute. */
int netlink_await_local(int listener, const struct in6_addr *address);
/* Creates a veth pair: near in the socket's namespace, far in that of the descriptor far_netns. mtu
   in bytes, queue (txqlen) in packets. */
int netlink_veth(int netlink, const struct netlink_end *near, const struct netlink_end *far,
                 int far_netns, unsigned mtu, unsigned queue);
/* Sets an interface up. */
int netlink_up(int netlink, int index);
/* Sets an interface's MTU, in bytes. */
int netlink_mtu(int netlink, int index, unsigned mtu);
/* Adds an address; prefix in bits; IPv6 without duplicate address detection. address is a struct
   in_addr or in6_addr by family. */
int netlink_address(int netlink, int index, int family, const void *address, unsigned prefix);
/* Takes an address away again. */
int netlink_address_away(int netlink, int index, int family, const void *address, unsigned prefix);
/* Adds a permanent neighbour, so that none is ever asked for. */
int netlink_neighbour(int netlink, int index, int family, const void *address,
                      const uint8_t mac[NETLINK_MAC]);
/* Takes a neighbour away again. */
int netlink_neighbour_away(int netlink, int index, int family, const void *address);
/* Adds a default route by way of gateway. */
int netlink_default_route(int netlink, int index, int family, const void *gateway);
/* Replaces the route that came with an address (source, prefix bits) by one with a least
   retransmission time of rto_min_ms, locked (tcp-metrics of ip-route(8)); 0 takes it away again. */
int netlink_route_rto(int netlink, int index, int family, const void *source, unsigned prefix,
                      unsigned rto_min_ms);
/* The same with a congestion control (congctl of ip-route(8)), which needs no privilege outside,
   where the setting of a host does; NULL takes it away again. */
int netlink_route_congestion(int netlink, int index, int family, const void *source,
                             unsigned prefix, const char *name);

#endif
