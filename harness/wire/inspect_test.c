/* SPDX-License-Identifier: MIT */
#include "wire/inspect.h"

#include "wire/netlink.h"
#include "wire/testbed.h"

#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

static char what[300];

/* What an inspection finds, which looks no closer than that; "" when the hosts are as they were. */
static const char *found(enum inspection how)
{
    what[0] = '\0';
    bool any = inspect(&testbed.hosts, how, what, sizeof what);
    CHECK(any == (what[0] != '\0'));
    return what;
}

static void nothing(void)
{
    char why[256];
    int client = -1, server = -1;
    CHECK(inspect_prepare(&testbed.hosts) == 0);
    CHECK(strcmp(found(INSPECT_ALL), "") == 0);
    testbed_connected(AF_INET, &client, &server);
    close(client);
    close(server);
    testbed_pump();
    CHECK(hosts_second(&testbed.hosts, true) == 0 && hosts_second(&testbed.hosts, false) == 0);
    CHECK(hosts_lossy(&testbed.hosts, &testbed_profile, true, why, sizeof why) == 0);
    CHECK(hosts_lossy(&testbed.hosts, &testbed_profile, false, why, sizeof why) == 0);
    CHECK(hosts_ports(&testbed.hosts, 21000, 21003) == 0);
    CHECK(strcmp(found(INSPECT_ALL), "") == 0);
}

Test(inspect, hosts_that_were_only_used_are_as_they_were)
{
    testbed_run(nothing);
}

static void second(void)
{
    CHECK(hosts_second(&testbed.hosts, true) == 0);
    CHECK(strcmp(found(INSPECT_NOTICES), "the client's addresses") == 0);
}

Test(inspect, an_address_is_noticed)
{
    testbed_run(second);
}

static void neighbour(void)
{
    static const uint8_t mac[NETLINK_MAC] = {2, 0, 0, 0, 0, 9};
    struct in_addr address = {htonl(0x0a000009)};
    CHECK(netlink_neighbour(testbed.hosts.netlink[SIDE_SERVER], HOST_INDEX, AF_INET, &address,
                            mac) == 0);
    CHECK(strcmp(found(INSPECT_NOTICES), "the server's neighbours") == 0);
    CHECK(netlink_neighbour_away(testbed.hosts.netlink[SIDE_SERVER], HOST_INDEX, AF_INET,
                                 &address) == 0);
    CHECK(strcmp(found(INSPECT_NOTICES), "") == 0);
}

Test(inspect, a_neighbour_is_noticed)
{
    testbed_run(neighbour);
}

static void route(void)
{
    CHECK(netlink_route_rto(testbed.hosts.netlink[SIDE_CLIENT], HOST_INDEX, AF_INET,
                            &testbed.hosts.address4[SIDE_CLIENT], 24, 7) == 0);
    CHECK(strcmp(found(INSPECT_NOTICES), "the client's routes") == 0);
}

Test(inspect, a_route_that_has_a_metric_is_noticed)
{
    testbed_run(route);
}

static void smaller(void)
{
    struct ifreq request = {.ifr_name = "w0"};
    int fd = testbed_socket(SIDE_SERVER, AF_INET, SOCK_DGRAM);
    request.ifr_mtu = 1400;
    CHECK(ioctl(fd, SIOCSIFMTU, &request) == 0);
    CHECK(strcmp(found(INSPECT_NOTICES), "the server's interfaces") == 0);
}

Test(inspect, an_interface_is_noticed)
{
    testbed_run(smaller);
}

static void sysctl(void)
{
    CHECK(inspect_prepare(&testbed.hosts) == 0);
    CHECK(setns(testbed.hosts.netns[SIDE_CLIENT], CLONE_NEWNET) == 0);
    int fd = open("/proc/sys/net/ipv4/ip_default_ttl", O_WRONLY | O_CLOEXEC);
    CHECK(fd >= 0 && write(fd, "7", 1) == 1);
    close(fd);
    CHECK(setns(testbed.hosts.wire_netns, CLONE_NEWNET) == 0);
    CHECK(strcmp(found(INSPECT_NEAR), "") == 0);
    CHECK(strcmp(found(INSPECT_ALL), "the client's net.ipv4.ip_default_ttl is 7 where it was 64") ==
          0);
}

Test(inspect, a_sysctl_is_found_by_who_looks_at_all)
{
    testbed_run(sysctl);
}

/* What a checksum looks like on the wire depends on who makes it. */
static void feature(void)
{
    struct ethtool_value asked = {.cmd = ETHTOOL_STXCSUM, .data = 1};
    struct ifreq request = {.ifr_name = "w0", .ifr_data = (char *)&asked};
    CHECK(inspect_prepare(&testbed.hosts) == 0);
    int fd = testbed_socket(SIDE_CLIENT, AF_INET, SOCK_DGRAM);
    CHECK(ioctl(fd, SIOCETHTOOL, &request) == 0);
    CHECK(strcmp(found(INSPECT_ALL), "the client's features of interfaces") == 0);
    asked.data = 0;
    CHECK(ioctl(fd, SIOCETHTOOL, &request) == 0);
    CHECK(strcmp(found(INSPECT_ALL), "") == 0);
}

Test(inspect, a_feature_of_an_interface_is_found_by_who_looks_at_all)
{
    testbed_run(feature);
}

static void group(void)
{
    static const uint8_t address[] = {0x33, 0x33, 0, 0, 0, 0x99};
    struct ifreq request = {.ifr_name = "w0"};
    CHECK(inspect_prepare(&testbed.hosts) == 0);
    int fd = testbed_socket(SIDE_SERVER, AF_INET, SOCK_DGRAM);
    memcpy(request.ifr_hwaddr.sa_data, address, sizeof address);
    CHECK(ioctl(fd, SIOCADDMULTI, &request) == 0);
    CHECK(strcmp(found(INSPECT_ALL), "the server's groups of interfaces") == 0);
    CHECK(ioctl(fd, SIOCDELMULTI, &request) == 0);
    CHECK(strcmp(found(INSPECT_ALL), "") == 0);
}

Test(inspect, a_group_of_an_interface_is_found_by_who_looks_at_all)
{
    testbed_run(group);
}

static void listener(void)
{
    struct sockaddr_storage address;
    socklen_t size = testbed_address(SIDE_SERVER, AF_INET, &address);
    CHECK(inspect_prepare(&testbed.hosts) == 0);
    int fd = testbed_socket(SIDE_SERVER, AF_INET, SOCK_DGRAM);
    CHECK(bind(fd, (struct sockaddr *)&address, size) == 0);
    CHECK(strcmp(found(INSPECT_ALL), "the server's sockets that listen") == 0);
    close(fd);
    CHECK(strcmp(found(INSPECT_ALL), "") == 0);
}

Test(inspect, a_socket_that_listens_is_found_by_who_looks_at_all)
{
    testbed_run(listener);
}

/* With no descriptor left nothing of what was not open before can be asked. */
static void no_look(void)
{
    struct rlimit usual, none;
    CHECK(inspect_prepare(&testbed.hosts) == 0);
    CHECK(getrlimit(RLIMIT_NOFILE, &usual) == 0);
    none = (struct rlimit){0, usual.rlim_max};
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    CHECK(strcmp(found(INSPECT_NEAR), "") == 0);
    CHECK(strcmp(found(INSPECT_ALL), "the client's belongings, which it does not tell any more "
                                     "(Too many open files)") == 0);
    CHECK(setrlimit(RLIMIT_NOFILE, &usual) == 0);
    CHECK(strcmp(found(INSPECT_ALL), "") == 0);
}

Test(inspect, a_look_that_fails_is_a_difference)
{
    testbed_run(no_look);
}

/* An answer to the server's datagram that says it was too big: the client's host learns from it. */
static void too_big(void)
{
    int client = -1, server = -1;
    testbed_pair(AF_INET, SOCK_DGRAM, &client, &server);
    CHECK(!wire_taught(testbed.wire));
    testbed_fault(1, SIDE_CLIENT, WIRE_UNREACHABLE);
    CHECK(send(client, "x", 1, 0) == 1);
    testbed_pump();
    CHECK(wire_taught(testbed.wire));
    CHECK(!wire_taught(testbed.wire));
}

/* The second part of a datagram that is sent in two, and the first that is lost. */
static void fragments(void)
{
    static char block[2000];
    int client = -1, server = -1;
    testbed_pair(AF_INET, SOCK_DGRAM, &client, &server);
    CHECK(send(client, "whole", 5, 0) == 5);
    testbed_pump();
    CHECK(!wire_fragmented(testbed.wire));
    CHECK(!inspect_fragments(&testbed.hosts, what, sizeof what));
    testbed_fault(1, SIDE_CLIENT, WIRE_DROP);
    CHECK(send(client, block, sizeof block, 0) == sizeof block);
    testbed_pump();
    CHECK(wire_fragmented(testbed.wire) && !wire_fragmented(testbed.wire));
    CHECK(inspect_fragments(&testbed.hosts, what, sizeof what));
    CHECK(strcmp(what, "the server's fragments, which wait for others") == 0);
}

Test(inspect, fragments_that_wait_for_others_are_found)
{
    testbed_run(fragments);
}

Test(inspect, the_wire_tells_of_what_a_host_may_have_learned_from)
{
    testbed_run(too_big);
}
