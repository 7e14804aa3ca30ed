/* SPDX-License-Identifier: MIT */
#include "wire/hosts.h"

#include "wire/large.h"
#include "wire/netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOPBACK_INDEX 1
/* Not equal to HOST_INDEX: the kernel takes an interface whose own and peer's index are equal for
   one without a peer, and puts its carrier's news off for up to a second. */
#define TAP_INDEX 11
#define MTU HOSTS_MTU
#define QUEUE 20000
#define TAP_RECEIVE (32 << 20)
/* Small on purpose. What a tap has sent lies in the kernel's per-CPU backlog (1000 packets, both
   hosts together) until the host takes it, and a full backlog drops without a word. With no more
   than this in flight, which the kernel doubles, sending blocks before the backlog is full. */
#define TAP_SEND (128 << 10)
#define PREFIX4 24
#define PREFIX6 64

static const struct netlink_end tap_ends[SIDE_COUNT] = {{"pa", TAP_INDEX, {2, 0, 0, 0, 1, 1}},
                                                        {"pb", TAP_INDEX + 1, {2, 0, 0, 0, 1, 2}}};
static const struct netlink_end host_ends[SIDE_COUNT] = {{HOST_DEVICE, HOST_INDEX, HOST_MAC(1)},
                                                         {HOST_DEVICE, HOST_INDEX, HOST_MAC(2)}};

/* What new interfaces of a host start from: no duplicate address detection, no solicitation, no
   link-local address, and what it reports of its groups said at once, not seconds later. */
static const struct profile_entry quiet_host[] = {
    {"net.ipv6.conf.all.disable_ipv6", "0", false},
    {"net.ipv6.conf.default.disable_ipv6", "0", false},
    {"net.ipv6.conf.default.accept_dad", "0", false},
    {"net.ipv6.conf.default.dad_transmits", "0", false},
    {"net.ipv6.conf.default.router_solicitations", "0", false},
    {"net.ipv6.conf.default.accept_ra", "0", false},
    {"net.ipv6.conf.default.autoconf", "0", false},
    {"net.ipv6.conf.default.addr_gen_mode", "1", false},
    {"net.ipv6.conf.default.mldv1_unsolicited_report_interval", "0", false},
    {"net.ipv6.conf.default.mldv2_unsolicited_report_interval", "0", false}};
/* The wire's own ends have no addresses and say nothing. */
static const struct profile_entry quiet_wire[] = {
    {"net.ipv6.conf.all.disable_ipv6", "1", true},
    {"net.ipv6.conf.default.disable_ipv6", "1", true}};

/* Where hosts_open writes what failed. */
struct reason {
    char *why;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static int fail(const struct reason *reason,
                                                      const char *format, ...)
{
    va_list list;
    int error = errno;
    char what[96];
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    snprintf(reason->why, reason->size, "%s: %s", what, strerror(error));
    errno = error;
    return -1;
}

static int write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t written = write(fd, text, strlen(text));
    int error = errno;
    close(fd);
    errno = error;
    return written == (ssize_t)strlen(text) ? 0 : -1;
}

enum isolation hosts_isolate(int others, const char **what)
{
    char uid_map[32];
    char gid_map[32];
    snprintf(uid_map, sizeof uid_map, "0 %u 1", (unsigned)geteuid());
    snprintf(gid_map, sizeof gid_map, "0 %u 1", (unsigned)getegid());
    bool root = geteuid() == 0;
    *what = others != 0 ? "unshare(CLONE_NEWUSER and others)" : "unshare(CLONE_NEWUSER)";
    if (unshare(CLONE_NEWUSER | others) < 0) /* in one call: all of them or none */
        return root && unshare(others) == 0 ? ISOLATION_DONE : ISOLATION_REFUSED;
    /* user_namespaces(7): without privilege outside, setgroups must go before the gid map. */
    const char *const steps[][2] = {{"/proc/self/setgroups", "deny"},
                                    {"/proc/self/uid_map", uid_map},
                                    {"/proc/self/gid_map", gid_map}};
    int status = 0;
    for (size_t i = 0; i < sizeof steps / sizeof *steps && status == 0; i++) {
        *what = steps[i][0];
        status = write_file(steps[i][0], steps[i][1]);
    }
    return status == 0 ? ISOLATION_DONE : ISOLATION_BROKEN;
}

static int enter(int netns, const struct reason *reason)
{
    return setns(netns, CLONE_NEWNET) < 0 ? fail(reason, "setns to a host") : 0;
}

static int new_netns(int *netns, const struct reason *reason)
{
    if (unshare(CLONE_NEWNET) < 0)
        return fail(reason, "unshare(CLONE_NEWNET)");
    *netns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    return *netns < 0 ? fail(reason, "/proc/thread-self/ns/net") : 0;
}

/* A host's namespace, with everything that can be set before its interface is there. */
static int new_host(struct hosts *hosts, enum side side, const struct profile *profile,
                    const struct reason *reason)
{
    if (new_netns(&hosts->netns[side], reason) < 0)
        return -1;
    hosts->netlink[side] = netlink_open();
    if (hosts->netlink[side] < 0 || netlink_up(hosts->netlink[side], LOOPBACK_INDEX) < 0)
        return fail(reason, "setting lo up");
    hosts->port_range[side] = open("/proc/sys/net/ipv4/ip_local_port_range", O_RDWR | O_CLOEXEC);
    if (hosts->port_range[side] < 0)
        return fail(reason, "net.ipv4.ip_local_port_range");
    int status = profile_apply(quiet_host, sizeof quiet_host / sizeof *quiet_host, reason->why,
                               reason->size);
    if (status == 0)
        status = profile_apply(profile->entries, profile->count, reason->why, reason->size);
    struct lossy_route route = {hosts->netlink[side], HOST_INDEX, &hosts->address4[side],
                                &hosts->address6[side]};
    if (status == 0) {
        hosts->lossy[side] = lossy_open(profile, &route, reason->why, reason->size);
        status = hosts->lossy[side] != NULL ? 0 : -1;
    }
    return status;
}

/* Switches off what would let packets cross larger than the MTU or without their checksums. Only
   the transmit checksum must go; an interface without the others is fine. ethtool(8), SIOCETHTOOL
   of netdevice(7). */
static int offloads_off(const char *name, const struct reason *reason)
{
    static const uint32_t commands[] = {ETHTOOL_STXCSUM, ETHTOOL_SRXCSUM, ETHTOOL_STSO,
                                        ETHTOOL_SGSO, ETHTOOL_SGRO};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int status = fd < 0 ? fail(reason, "socket for ethtool") : 0;
    for (size_t i = 0; i < sizeof commands / sizeof *commands && status == 0; i++) {
        struct ethtool_value value = {.cmd = commands[i]};
        struct ifreq request = {.ifr_data = (void *)&value};
        snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
        if (ioctl(fd, SIOCETHTOOL, &request) < 0 &&
            (errno != EOPNOTSUPP || commands[i] == ETHTOOL_STXCSUM))
            status = fail(reason, "ethtool %#x on %s", commands[i], name);
    }
    if (fd >= 0)
        close(fd);
    return status;
}

static int set_buffers(int fd, const struct reason *reason)
{
    static const struct {
        int force, plain, size;
    } buffers[] = {{SO_RCVBUFFORCE, SO_RCVBUF, TAP_RECEIVE}, {SO_SNDBUFFORCE, SO_SNDBUF, TAP_SEND}};
    int status = 0;
    /* The forced ones need CAP_NET_ADMIN in the first user namespace (socket(7)). */
    for (size_t i = 0; i < 2 && status == 0; i++)
        if (setsockopt(fd, SOL_SOCKET, buffers[i].force, &buffers[i].size, sizeof(int)) < 0 &&
            setsockopt(fd, SOL_SOCKET, buffers[i].plain, &buffers[i].size, sizeof(int)) < 0)
            status = fail(reason, "buffers of a tap");
    return status;
}

/* A socket that gets what the host at the other end of an interface sends, and nothing else
   (packet(7)). Bound last, so that no other interface's packet is ever in it. */
static int open_tap(int *tap, const struct netlink_end *end, const struct reason *reason)
{
    static const int on = 1;
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = end->index};
    *tap = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*tap < 0)
        return fail(reason, "socket(AF_PACKET)");
    if (setsockopt(*tap, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0)
        return fail(reason, "PACKET_IGNORE_OUTGOING");
    if (setsockopt(*tap, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) < 0)
        return fail(reason, "PACKET_QDISC_BYPASS");
    if (set_buffers(*tap, reason) < 0)
        return -1;
    if (bind(*tap, (const struct sockaddr *)&address, sizeof address) < 0)
        return fail(reason, "bind of a tap to %s", end->name);
    return 0;
}

/* The wire's namespace with its ends up. They come up before the hosts' so that a host's interface
   has carrier, and with it a queue, from its first moment. */
static int new_wire(struct hosts *hosts, const struct reason *reason)
{
    if (new_netns(&hosts->wire_netns, reason) < 0 ||
        profile_apply(quiet_wire, sizeof quiet_wire / sizeof *quiet_wire, reason->why,
                      reason->size) < 0)
        return -1;
    int netlink = netlink_open();
    int status = netlink < 0 ? fail(reason, "netlink") : 0;
    for (int side = 0; side < SIDE_COUNT && status == 0; side++) {
        const struct netlink_end *near = &tap_ends[side];
        if (netlink_veth(netlink, near, &host_ends[side], hosts->netns[side], MTU, QUEUE) < 0)
            status = fail(reason, "creating veth %s", near->name);
        if (status == 0)
            status = offloads_off(near->name, reason);
        if (status == 0)
            large_prepare(near->name);
        if (status == 0 && netlink_mtu(netlink, near->index, HOSTS_MTU_MOST) < 0)
            status = fail(reason, "the MTU of %s", near->name);
        if (status == 0 && netlink_up(netlink, near->index) < 0)
            status = fail(reason, "setting %s up", near->name);
        if (status == 0)
            status = open_tap(&hosts->tap[side], near, reason);
    }
    if (netlink >= 0)
        close(netlink);
    return status;
}

/* One family of a host: its address, the other host as a neighbour that is never asked for, and as
   the way to everywhere else, so that packets to nowhere are seen on the wire. */
static int configure_family(const struct hosts *hosts, enum side side, int family)
{
    enum side other = side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
    bool six = family == AF_INET6;
    const void *own = six ? (const void *)&hosts->address6[side] : &hosts->address4[side];
    const void *peer = six ? (const void *)&hosts->address6[other] : &hosts->address4[other];
    int netlink = hosts->netlink[side];
    int status = netlink_address(netlink, HOST_INDEX, family, own, six ? PREFIX6 : PREFIX4);
    if (status == 0)
        status = netlink_neighbour(netlink, HOST_INDEX, family, peer, host_ends[other].mac);
    if (status == 0)
        status = netlink_default_route(netlink, HOST_INDEX, family, peer);
    return status;
}

/* IPv6 last, and waited for: nothing must be sent to an address that is not yet its host's. */
static int configure_ip6(struct hosts *hosts, enum side side)
{
    int listener = netlink_listen(RTMGRP_IPV6_ROUTE);
    int status = listener < 0 ? -1 : configure_family(hosts, side, AF_INET6);
    if (status == 0)
        status = netlink_await_local(listener, &hosts->address6[side]);
    int error = errno;
    if (listener >= 0)
        close(listener);
    errno = error;
    return status;
}

static int configure_host(struct hosts *hosts, enum side side, const struct reason *reason)
{
    if (enter(hosts->netns[side], reason) < 0 || offloads_off(host_ends[side].name, reason) < 0)
        return -1;
    if (netlink_up(hosts->netlink[side], HOST_INDEX) < 0)
        return fail(reason, "setting w0 of the %s up", side_name(side));
    if (configure_family(hosts, side, AF_INET) < 0)
        return fail(reason, "IPv4 addresses and routes of the %s", side_name(side));
    if (configure_ip6(hosts, side) < 0)
        return fail(reason, "IPv6 addresses and routes of the %s", side_name(side));
    hosts->inspector[side] = inspector_new();
    return hosts->inspector[side] != NULL ? 0 : fail(reason, "looking at the %s", side_name(side));
}

static void name_addresses(struct hosts *hosts)
{
    static const char *const four[SIDE_COUNT] = {"10.0.0.1", "10.0.0.2"};
    static const char *const six[SIDE_COUNT] = {"fd00::1", "fd00::2"};
    static const char *const more4[SIDE_COUNT] = {"10.0.1.1", "10.0.1.2"};
    static const char *const more6[SIDE_COUNT] = {"fd01::1", "fd01::2"};
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct in6_addr *names = side == SIDE_CLIENT ? hosts->naming.client : hosts->naming.server;
        inet_pton(AF_INET, more4[side], &hosts->second4[side]);
        inet_pton(AF_INET6, more6[side], &hosts->second6[side]);
        inet_pton(AF_INET, four[side], &hosts->address4[side]);
        inet_pton(AF_INET6, six[side], &hosts->address6[side]);
        names[0] = (struct in6_addr){.s6_addr = {[10] = 0xff, [11] = 0xff}};
        memcpy(names[0].s6_addr + 12, &hosts->address4[side], 4);
        names[1] = hosts->address6[side];
        memcpy(hosts->mac[side], host_ends[side].mac, sizeof hosts->mac[side]);
    }
}

int hosts_open(struct hosts *hosts, const struct profile *profile, char *why, size_t size)
{
    struct reason reason = {why, size};
    *hosts = (struct hosts){.netns = {-1, -1},
                            .wire_netns = -1,
                            .tap = {-1, -1},
                            .port_range = {-1, -1},
                            .netlink = {-1, -1}};
    name_addresses(hosts);
    int status = new_host(hosts, SIDE_CLIENT, profile, &reason);
    if (status == 0)
        status = new_host(hosts, SIDE_SERVER, profile, &reason);
    if (status == 0)
        status = new_wire(hosts, &reason);
    if (status == 0)
        status = enter(hosts->wire_netns, &reason);
    if (status < 0)
        hosts_close(hosts);
    return status;
}

int hosts_configure(struct hosts *hosts, char *why, size_t size)
{
    struct reason reason = {why, size};
    int status = 0;
    for (int side = 0; side < SIDE_COUNT && status == 0; side++)
        status = configure_host(hosts, (enum side)side, &reason);
    return enter(hosts->wire_netns, &reason) == 0 ? status : -1;
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void hosts_close(struct hosts *hosts)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        close_one(&hosts->tap[side]);
        close_one(&hosts->port_range[side]);
        close_one(&hosts->netlink[side]);
        close_one(&hosts->netns[side]);
        lossy_free(hosts->lossy[side]);
        hosts->lossy[side] = NULL;
        inspector_free(hosts->inspector[side]);
        hosts->inspector[side] = NULL;
    }
    close_one(&hosts->wire_netns);
}

int hosts_lossy(struct hosts *hosts, const struct profile *profile, bool on, char *why, size_t size)
{
    (void)profile; /* the same as at hosts_open, which opened its entries */
    int status = 0;
    for (int side = 0; side < SIDE_COUNT && status == 0; side++)
        status = lossy_set(hosts->lossy[side], on, why, size);
    return status;
}

/* One host's: the peer's second address is a neighbour that is never asked for, like the first. */
static int add_second(const struct hosts *hosts, enum side side)
{
    enum side other = side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
    int netlink = hosts->netlink[side];
    const uint8_t *mac = host_ends[other].mac;
    int listener = netlink_listen(RTMGRP_IPV6_ROUTE);
    int status = listener < 0 ? -1
                              : netlink_address(netlink, HOST_INDEX, AF_INET, &hosts->second4[side],
                                                PREFIX4);
    if (status == 0)
        status = netlink_neighbour(netlink, HOST_INDEX, AF_INET, &hosts->second4[other], mac);
    if (status == 0)
        status = netlink_address(netlink, HOST_INDEX, AF_INET6, &hosts->second6[side], PREFIX6);
    if (status == 0)
        status = netlink_neighbour(netlink, HOST_INDEX, AF_INET6, &hosts->second6[other], mac);
    if (status == 0)
        status = netlink_await_local(listener, &hosts->second6[side]);
    int error = errno;
    if (listener >= 0)
        close(listener);
    errno = error;
    return status;
}

static int drop_second(const struct hosts *hosts, enum side side)
{
    enum side other = side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
    const void *own[] = {&hosts->second4[side], &hosts->second6[side]};
    const void *peer[] = {&hosts->second4[other], &hosts->second6[other]};
    int netlink = hosts->netlink[side];
    int status = 0;
    for (int six = 0; six < 2; six++) {
        int family = six ? AF_INET6 : AF_INET;
        if (netlink_neighbour_away(netlink, HOST_INDEX, family, peer[six]) < 0 ||
            netlink_address_away(netlink, HOST_INDEX, family, own[six], six ? PREFIX6 : PREFIX4) <
                0)
            status = -1;
    }
    return status;
}

int hosts_visit(const struct hosts *hosts, int (*act)(const struct hosts *hosts, enum side side))
{
    int status = 0;
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT && status == 0; side++) {
        status = setns(hosts->netns[side], CLONE_NEWNET);
        if (status == 0)
            status = act(hosts, side);
    }
    int error = errno;
    if (setns(hosts->wire_netns, CLONE_NEWNET) < 0)
        status = -1;
    else
        errno = error;
    return status;
}

int hosts_second(const struct hosts *hosts, bool on)
{
    return hosts_visit(hosts, on ? add_second : drop_second);
}

int hosts_mtu(const struct hosts *hosts, unsigned mtu)
{
    int status = 0;
    for (int side = 0; side < SIDE_COUNT && status == 0; side++)
        status = netlink_mtu(hosts->netlink[side], HOST_INDEX, mtu);
    return status;
}

int hosts_congestion(const struct hosts *hosts, const char *name)
{
    int status = 0;
    for (int side = 0; side < SIDE_COUNT && status == 0; side++) {
        int netlink = hosts->netlink[side];
        status = netlink_route_congestion(netlink, HOST_INDEX, AF_INET, &hosts->address4[side],
                                          PREFIX4, name);
        if (status == 0)
            status = netlink_route_congestion(netlink, HOST_INDEX, AF_INET6, &hosts->address6[side],
                                              PREFIX6, name);
    }
    return status;
}

int hosts_ports(struct hosts *hosts, unsigned first, unsigned last)
{
    char range[32];
    int length = snprintf(range, sizeof range, "%u %u", first, last);
    int status = 0;
    for (int side = 0; side < SIDE_COUNT && status == 0; side++)
        status = pwrite(hosts->port_range[side], range, (size_t)length, 0) < 0 ? -1 : 0;
    return status;
}

/* The twelfth word of a line (proc_pid_net(5), net-procfs.c) is the length of the CPU's backlog,
   from Linux 5.10 on; a kernel that gives fewer words tells nothing. One space is between two. */
static bool line_empty(const char *line, const char *end)
{
    const char *word = line;
    for (int number = 1; number < 12 && word != NULL; number++) {
        word = memchr(word, ' ', (size_t)(end - word));
        word = word != NULL ? word + 1 : NULL;
    }
    return word == NULL || word == end || strtoul(word, NULL, 16) == 0;
}

bool hosts_backlog_empty(void)
{
    static int fd = -1;
    char text[16384];
    if (fd < 0)
        fd = open("/proc/net/softnet_stat", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : pread(fd, text, sizeof text - 1, 0);
    bool empty = true;
    text[got > 0 ? got : 0] = '\0';
    for (const char *line = text; *line != '\0' && empty;) {
        const char *end = line + strcspn(line, "\n");
        empty = line_empty(line, end);
        line = *end == '\n' ? end + 1 : end;
    }
    return empty;
}
