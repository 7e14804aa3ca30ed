/* SPDX-License-Identifier: MIT */
/*
 * The hosts: two network namespaces joined by two veth pairs, whose other ends the wire holds
 * in a third.
 *
 * client w0 ---- pa (AF_PACKET) wire (AF_PACKET) pb ---- w0 server
 *
 * The calling process must be single-threaded. It leaves for a user namespace and network
 * namespaces of its own (user_namespaces(7), veth(4)); it cannot go back.
 */
#ifndef SOCKPROOF_WIRE_HOSTS_H
#define SOCKPROOF_WIRE_HOSTS_H

#include "packet/naming.h"
#include "wire/inspector.h"
#include "wire/lossy.h"
#include "wire/profile.h"

#define HOST_INDEX 2 /* of the device w0, on both hosts */
#define HOST_DEVICE "w0"
/* Its link address: number 1 the client's, 2 the server's. */
#define HOST_MAC(number)                                                                           \
    {                                                                                              \
        2, 0, 0, 0, 0, number                                                                      \
    }

struct hosts {
    int netns[SIDE_COUNT]; /* setns(2) targets of the two hosts */
    int wire_netns;
    int tap[SIDE_COUNT]; /* AF_PACKET sockets of the wire: what that side sends comes out here */
    int port_range[SIDE_COUNT];           /* net.ipv4.ip_local_port_range, kept open for writing */
    struct in_addr address4[SIDE_COUNT];  /* 10.0.0.1, 10.0.0.2 */
    struct in6_addr address6[SIDE_COUNT]; /* fd00::1, fd00::2 */
    struct in_addr second4[SIDE_COUNT];  /* 10.0.1.1, 10.0.1.2: theirs while hosts_second says so */
    struct in6_addr second6[SIDE_COUNT]; /* fd01::1, fd01::2 */
    uint8_t mac[SIDE_COUNT][6];
    struct naming naming;
    int netlink[SIDE_COUNT];                 /* rtnetlink sockets of the two hosts */
    struct lossy *lossy[SIDE_COUNT];         /* owned: what hosts_lossy sets, opened */
    struct inspector *inspector[SIDE_COUNT]; /* owned: what they are like once configured */
};

enum isolation {
    ISOLATION_DONE = 0,
    ISOLATION_REFUSED = -1, /* by the machine: the caller is where it was */
    ISOLATION_BROKEN = -2   /* the caller is in namespaces of its own that cannot be used */
};

/* Moves the process into a user namespace of its own (uid and gid mapped to themselves inside as
   0), and into others (flags of unshare(2), 0: none) that belong to it; as root without user
   namespaces into those others alone. Unless it is done, with errno and the failing call in *what
   (static storage). */
enum isolation hosts_isolate(int others, const char **what);
/* Builds the pair and applies the profile, every value read back. 0, or -1 with a sentence in
   why ("net.ipv4.tcp_sack is 1 after writing 0"). Ends in the wire's namespace. After a failure
   nothing is left open. The hosts have no addresses yet and say nothing. */
int hosts_open(struct hosts *hosts, const struct profile *profile, char *why, size_t size);
/* Sets the hosts' ends up and gives them addresses and routes; to be called when the wire looks, so
   that nothing of what they then say is missed. 0, or -1 and why. Ends in the wire's namespace. */
int hosts_configure(struct hosts *hosts, char *why, size_t size);
/* Closes all descriptors; the kernel takes the namespaces down. */
void hosts_close(struct hosts *hosts);
/* Sets (on) or puts back (off) the lossy part of the profile in both hosts. 0, or -1 and why. */
int hosts_lossy(struct hosts *hosts, const struct profile *profile, bool on, char *why,
                size_t size);
/* The MTU of both hosts' interfaces, and the most that hosts_mtu sets: segments over IPv6 as large
   as IPv4's have 20 bytes more of header. */
#define HOSTS_MTU 1500
#define HOSTS_MTU_MOST 1520
/* Sets the MTU of both hosts' interfaces. 0, or -1 with errno. */
int hosts_mtu(const struct hosts *hosts, unsigned mtu);
/* Connections between the hosts have that congestion control, whatever their settings say; NULL:
   what the settings say. 0, or -1 with errno: there is none of that name. */
int hosts_congestion(const struct hosts *hosts, const char *name);
/* Gives both hosts (on), or takes from them, a second address of each family. 0, or -1 with errno.
   The wire's namespace is the caller's again afterwards. */
int hosts_second(const struct hosts *hosts, bool on);
/* Calls act in the namespace of each host in turn, until it returns other than 0. What it returned,
   or -1 with errno. The wire's namespace is the caller's again afterwards. */
int hosts_visit(const struct hosts *hosts, int (*act)(const struct hosts *hosts, enum side side));
/* Makes [first, last] the ephemeral port range of both hosts. 0, or -1 with errno. */
int hosts_ports(struct hosts *hosts, unsigned first, unsigned last);
/* True when no packet waits in the kernel's per-CPU backlogs (/proc/net/softnet_stat), as far as
   this kernel says; bounded, never sleeps. */
bool hosts_backlog_empty(void);

#endif
