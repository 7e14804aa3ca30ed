/* SPDX-License-Identifier: MIT */
#include "wire/netlink.h"
#include "wire/testbed.h"

#include <netinet/tcp.h>

/* The retransmission time-out of a fresh connection in microseconds. */
static unsigned rto_us(int family)
{
    struct tcp_info info;
    socklen_t size = sizeof info;
    int client = -1;
    int server = -1;
    testbed_connected(family, &client, &server);
    CHECK(getsockopt(client, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
    close(client);
    close(server);
    testbed_pump();
    return info.tcpi_rto;
}

static void route(enum side side, unsigned ms)
{
    const struct hosts *hosts = &testbed.hosts;
    CHECK(netlink_route_rto(hosts->netlink[side], 2, AF_INET, &hosts->address4[side], 24, ms) == 0);
    CHECK(netlink_route_rto(hosts->netlink[side], 2, AF_INET6, &hosts->address6[side], 64, ms) ==
          0);
}

/* The way of kernels without tcp_rto_min_us, which works on the others too. */
static void by_route(void)
{
    CHECK(rto_us(AF_INET) >= 200000 && rto_us(AF_INET6) >= 200000);
    route(SIDE_CLIENT, 1);
    CHECK(rto_us(AF_INET) < 100000 && rto_us(AF_INET6) < 100000);
    route(SIDE_CLIENT, 0);
    CHECK(rto_us(AF_INET) >= 200000 && rto_us(AF_INET6) >= 200000);
}

Test(lossy, route_carries_the_least_timeout)
{
    testbed_run(by_route);
}

static void by_profile(void)
{
    char why[256];
    CHECK(hosts_lossy(&testbed.hosts, &testbed_profile, true, why, sizeof why) == 0);
    CHECK(rto_us(AF_INET) < 100000 && rto_us(AF_INET6) < 100000);
    CHECK(hosts_lossy(&testbed.hosts, &testbed_profile, false, why, sizeof why) == 0);
    CHECK(rto_us(AF_INET) >= 200000 && rto_us(AF_INET6) >= 200000);
}

Test(lossy, profile_shortens_the_timeout_while_on)
{
    testbed_run(by_profile);
}
