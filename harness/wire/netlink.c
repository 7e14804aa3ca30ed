/* SPDX-License-Identifier: MIT */
#include "wire/netlink.h"

#include "base/clock.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define AWAIT_MS 60000

/* One message being built. Attributes are few and short, so that 1 KiB never fills. */
struct request {
    struct nlmsghdr header;
    uint8_t body[1024 - sizeof(struct nlmsghdr)];
};

static void *tail(struct request *request)
{
    return (uint8_t *)request + NLMSG_ALIGN(request->header.nlmsg_len);
}

static void append(struct request *request, const void *bytes, size_t size)
{
    memcpy(tail(request), bytes, size);
    request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + (uint32_t)size;
}

static void begin(struct request *request, uint16_t type, uint16_t flags, const void *body,
                  size_t size)
{
    memset(request, 0, sizeof *request);
    request->header.nlmsg_len = NLMSG_LENGTH(0);
    request->header.nlmsg_type = type;
    request->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
    append(request, body, size);
}

static void attribute(struct request *request, uint16_t type, const void *value, size_t size)
{
    struct rtattr header = {.rta_len = (uint16_t)RTA_LENGTH(size), .rta_type = type};
    append(request, &header, sizeof header);
    append(request, value, size);
}

static void number(struct request *request, uint16_t type, uint32_t value)
{
    attribute(request, type, &value, sizeof value);
}

/* Opens a nest and returns its header's offset; close_nest fills in how long it became. */
static size_t open_nest(struct request *request, uint16_t type)
{
    size_t at = NLMSG_ALIGN(request->header.nlmsg_len);
    struct rtattr header = {.rta_len = RTA_LENGTH(0), .rta_type = type};
    append(request, &header, sizeof header);
    return at;
}

static void close_nest(struct request *request, size_t at)
{
    struct rtattr header;
    memcpy(&header, (uint8_t *)request + at, sizeof header);
    header.rta_len = (uint16_t)(request->header.nlmsg_len - at);
    memcpy((uint8_t *)request + at, &header, sizeof header);
}

static int transact(int netlink, const struct request *request)
{
    union {
        struct nlmsghdr header;
        uint8_t bytes[4096];
    } answer;
    struct nlmsgerr error = {.error = -EPROTO};
    ssize_t got = -1;
    if (send(netlink, request, request->header.nlmsg_len, 0) >= 0)
        got = recv(netlink, &answer, sizeof answer, 0);
    if (got < 0)
        return -1;
    if (got >= (ssize_t)NLMSG_LENGTH(sizeof error) && answer.header.nlmsg_type == NLMSG_ERROR)
        memcpy(&error, NLMSG_DATA(&answer.header), sizeof error);
    if (error.error != 0)
        errno = -error.error;
    return error.error == 0 ? 0 : -1;
}

int netlink_open(void)
{
    return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

int netlink_listen(uint32_t groups)
{
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
    int fd = netlink_open();
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
        int error = errno;
        close(fd);
        errno = error;
        fd = -1;
    }
    return fd;
}

/* Whether one notification tells of the local route to address. */
static bool tells_local(const struct nlmsghdr *message, const struct in6_addr *address)
{
    const struct rtmsg *route = NLMSG_DATA(message);
    size_t left = RTM_PAYLOAD(message);
    bool found = false;
    if (message->nlmsg_type != RTM_NEWROUTE || route->rtm_type != RTN_LOCAL)
        return false;
    for (const struct rtattr *one = RTM_RTA(route); RTA_OK(one, left) && !found;
         one = RTA_NEXT(one, left))
        found = one->rta_type == RTA_DST && RTA_PAYLOAD(one) == sizeof *address &&
                memcmp(RTA_DATA(one), address, sizeof *address) == 0;
    return found;
}

int netlink_await_local(int listener, const struct in6_addr *address)
{
    _Alignas(struct nlmsghdr) uint8_t bytes[8192];
    struct pollfd wait = {.fd = listener, .events = POLLIN};
    int64_t end = clock_now_ms() + AWAIT_MS;
    bool found = false;
    for (int64_t left_ms = AWAIT_MS; left_ms > 0 && !found; left_ms = end - clock_now_ms()) {
        ssize_t got = poll(&wait, 1, (int)left_ms) > 0 ? recv(listener, bytes, sizeof bytes, 0) : 0;
        size_t left = got > 0 ? (size_t)got : 0;
        for (const struct nlmsghdr *one = (const struct nlmsghdr *)bytes;
             NLMSG_OK(one, left) && !found; one = NLMSG_NEXT(one, left))
            found = tells_local(one, address);
    }
    if (!found)
        errno = ETIMEDOUT;
    return found ? 0 : -1;
}

static void describe_end(struct request *request, const struct netlink_end *end, unsigned mtu,
                         unsigned queue)
{
    attribute(request, IFLA_IFNAME, end->name, strlen(end->name) + 1);
    attribute(request, IFLA_ADDRESS, end->mac, NETLINK_MAC);
    number(request, IFLA_MTU, mtu);
    number(request, IFLA_TXQLEN, queue);
}

int netlink_veth(int netlink, const struct netlink_end *near, const struct netlink_end *far,
                 int far_netns, unsigned mtu, unsigned queue)
{
    struct request request;
    struct ifinfomsg link = {.ifi_family = AF_UNSPEC, .ifi_index = near->index};
    struct ifinfomsg peer = {.ifi_family = AF_UNSPEC, .ifi_index = far->index};
    begin(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
    describe_end(&request, near, mtu, queue);
    size_t info = open_nest(&request, IFLA_LINKINFO);
    attribute(&request, IFLA_INFO_KIND, "veth", 4);
    size_t data = open_nest(&request, IFLA_INFO_DATA);
    size_t other = open_nest(&request, VETH_INFO_PEER);
    append(&request, &peer, sizeof peer);
    describe_end(&request, far, mtu, queue);
    number(&request, IFLA_NET_NS_FD, (uint32_t)far_netns);
    close_nest(&request, other);
    close_nest(&request, data);
    close_nest(&request, info);
    return transact(netlink, &request);
}

int netlink_up(int netlink, int index)
{
    struct request request;
    struct ifinfomsg link = {
        .ifi_family = AF_UNSPEC, .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    begin(&request, RTM_NEWLINK, 0, &link, sizeof link);
    return transact(netlink, &request);
}

int netlink_mtu(int netlink, int index, unsigned mtu)
{
    struct request request;
    struct ifinfomsg link = {.ifi_family = AF_UNSPEC, .ifi_index = index};
    begin(&request, RTM_NEWLINK, 0, &link, sizeof link);
    number(&request, IFLA_MTU, mtu);
    return transact(netlink, &request);
}

static size_t address_size(int family)
{
    return family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

static int change_address(int netlink, int index, int family, const void *address, unsigned prefix,
                          uint16_t type, uint16_t flags)
{
    struct request request;
    struct ifaddrmsg body = {.ifa_family = (uint8_t)family,
                             .ifa_prefixlen = (uint8_t)prefix,
                             .ifa_index = (unsigned)index};
    begin(&request, type, flags, &body, sizeof body);
    attribute(&request, IFA_LOCAL, address, address_size(family));
    attribute(&request, IFA_ADDRESS, address, address_size(family));
    if (family == AF_INET6)
        number(&request, IFA_FLAGS, IFA_F_NODAD);
    return transact(netlink, &request);
}

int netlink_address(int netlink, int index, int family, const void *address, unsigned prefix)
{
    return change_address(netlink, index, family, address, prefix, RTM_NEWADDR,
                          NLM_F_CREATE | NLM_F_EXCL);
}

int netlink_address_away(int netlink, int index, int family, const void *address, unsigned prefix)
{
    return change_address(netlink, index, family, address, prefix, RTM_DELADDR, 0);
}

int netlink_neighbour(int netlink, int index, int family, const void *address,
                      const uint8_t mac[NETLINK_MAC])
{
    struct request request;
    struct ndmsg body = {
        .ndm_family = (uint8_t)family, .ndm_ifindex = index, .ndm_state = NUD_PERMANENT};
    begin(&request, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, &body, sizeof body);
    attribute(&request, NDA_DST, address, address_size(family));
    attribute(&request, NDA_LLADDR, mac, NETLINK_MAC);
    return transact(netlink, &request);
}

int netlink_neighbour_away(int netlink, int index, int family, const void *address)
{
    struct request request;
    struct ndmsg body = {.ndm_family = (uint8_t)family, .ndm_ifindex = index};
    begin(&request, RTM_DELNEIGH, 0, &body, sizeof body);
    attribute(&request, NDA_DST, address, address_size(family));
    return transact(netlink, &request);
}

int netlink_default_route(int netlink, int index, int family, const void *gateway)
{
    struct request request;
    struct rtmsg body = {.rtm_family = (uint8_t)family,
                         .rtm_table = RT_TABLE_MAIN,
                         .rtm_protocol = RTPROT_STATIC,
                         .rtm_scope = RT_SCOPE_UNIVERSE,
                         .rtm_type = RTN_UNICAST};
    begin(&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body);
    attribute(&request, RTA_GATEWAY, gateway, address_size(family));
    number(&request, RTA_OIF, (uint32_t)index);
    return transact(netlink, &request);
}

/* The network of an address: its first prefix bits (whole bytes here), the rest 0. */
static void network_of(int family, const void *address, unsigned prefix, uint8_t out[16])
{
    memset(out, 0, 16);
    memcpy(out, address, prefix / 8 < address_size(family) ? prefix / 8 : address_size(family));
}

/* Begins the route that came with an address, to be made anew. */
static void begin_own_route(struct request *request, int index, int family, const void *source,
                            unsigned prefix)
{
    uint8_t network[16];
    bool six = family == AF_INET6;
    struct rtmsg body = {.rtm_family = (uint8_t)family,
                         .rtm_dst_len = (uint8_t)prefix,
                         .rtm_table = RT_TABLE_MAIN,
                         .rtm_protocol = RTPROT_KERNEL,
                         .rtm_scope = six ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
                         .rtm_type = RTN_UNICAST};
    network_of(family, source, prefix, network);
    begin(request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &body, sizeof body);
    attribute(request, RTA_DST, network, address_size(family));
    number(request, RTA_OIF, (uint32_t)index);
    if (six)
        number(request, RTA_PRIORITY, 256); /* the metric of addrconf's own routes */
    else
        attribute(request, RTA_PREFSRC, source, address_size(family));
}

int netlink_route_congestion(int netlink, int index, int family, const void *source,
                             unsigned prefix, const char *name)
{
    struct request request;
    begin_own_route(&request, index, family, source, prefix);
    if (name != NULL) {
        size_t metrics = open_nest(&request, RTA_METRICS);
        attribute(&request, RTAX_CC_ALGO, name, strlen(name) + 1);
        close_nest(&request, metrics);
    }
    return transact(netlink, &request);
}

int netlink_route_rto(int netlink, int index, int family, const void *source, unsigned prefix,
                      unsigned rto_min_ms)
{
    struct request request;
    begin_own_route(&request, index, family, source, prefix);
    if (rto_min_ms > 0) {
        size_t metrics = open_nest(&request, RTA_METRICS);
        number(&request, RTAX_LOCK, 1U << RTAX_RTO_MIN);
        number(&request, RTAX_RTO_MIN, rto_min_ms);
        close_nest(&request, metrics);
    }
    return transact(netlink, &request);
}
