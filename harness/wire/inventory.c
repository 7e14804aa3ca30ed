/* SPDX-License-Identifier: MIT */
#include "wire/inventory.h"

#include "base/hash.h"
#include "wire/dump.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/genetlink.h>
#include <linux/if_addr.h>
#include <linux/if_addrlabel.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/neighbour.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <linux/tcp_metrics.h>
#include <linux/xfrm.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER_MAX 128 /* of the families asked */
#define BIT(number) (UINT64_C(1) << (number))
/* States in which a neighbour's address is known. */
#define KNOWN (NUD_PERMANENT | NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE)

/* How the things of a kind are told apart from what changes by itself. */
struct kind {
    size_t header;   /* size of what stands before the attributes */
    uint64_t counts; /* attributes that count, by bit */
    /* What the thing is counted as, BELONGING_COUNT: not at all; puts into header, a copy of the
       message's, what is the same as long as nobody changes it. */
    enum belonging (*belongs)(void *header);
};

struct stock {
    const struct kind *kind;
    struct inventory *inventory;
};

static enum belonging link_belongs(void *header)
{
    struct ifinfomsg *link = header;
    link->ifi_flags &= ~(unsigned)(IFF_RUNNING | 1U << 16 | 1U << 17); /* the carrier's news */
    link->ifi_change = 0;
    return BELONGING_LINKS;
}

static enum belonging address_belongs(void *header)
{
    (void)header;
    return BELONGING_ADDRESSES;
}

static enum belonging rule_belongs(void *header)
{
    (void)header;
    return BELONGING_RULES;
}

static enum belonging route_belongs(void *header)
{
    const struct rtmsg *route = header;
    return (route->rtm_flags & RTM_F_CLONED) != 0 ? BELONGING_EXCEPTIONS : BELONGING_ROUTES;
}

static enum belonging neighbour_belongs(void *header)
{
    struct ndmsg *neighbour = header;
    bool known = (neighbour->ndm_state & KNOWN) != 0;
    neighbour->ndm_state &= NUD_PERMANENT;
    return known ? BELONGING_NEIGHBOURS : BELONGING_COUNT;
}

static enum belonging qdisc_belongs(void *header)
{
    ((struct tcmsg *)header)->tcm_info = 0; /* how many refer to it */
    return BELONGING_QDISCS;
}

static enum belonging filter_belongs(void *header)
{
    memset(header, 0, sizeof(struct nfgenmsg));
    return BELONGING_FILTER;
}

static enum belonging policy_belongs(void *header)
{
    (void)header;
    return BELONGING_POLICIES;
}

static enum belonging metrics_belongs(void *header)
{
    (void)header;
    return BELONGING_METRICS;
}

static enum belonging listener_belongs(void *header)
{
    struct inet_diag_msg *socket = header;
    struct inet_diag_sockid id = socket->id;
    memset(id.idiag_cookie, 0, sizeof id.idiag_cookie);
    *socket = (struct inet_diag_msg){.idiag_family = socket->idiag_family, .id = id};
    return BELONGING_LISTENERS;
}

static enum belonging label_belongs(void *header)
{
    ((struct ifaddrlblmsg *)header)->ifal_seq = 0; /* how often the table was changed */
    return BELONGING_LABELS;
}

static enum belonging nexthop_belongs(void *header)
{
    (void)header;
    return BELONGING_NEXTHOPS;
}

static const struct kind links = {
    sizeof(struct ifinfomsg),
    BIT(IFLA_ADDRESS) | BIT(IFLA_BROADCAST) | BIT(IFLA_IFNAME) | BIT(IFLA_MTU) | BIT(IFLA_QDISC) |
        BIT(IFLA_MASTER) | BIT(IFLA_TXQLEN) | BIT(IFLA_LINKMODE) | BIT(IFLA_IFALIAS) |
        BIT(IFLA_PROMISCUITY) | BIT(IFLA_XDP) | BIT(IFLA_GROUP) | BIT(IFLA_PROTO_DOWN) |
        BIT(IFLA_GSO_MAX_SEGS) | BIT(IFLA_GSO_MAX_SIZE) | BIT(IFLA_GRO_MAX_SIZE),
    link_belongs};
static const struct kind addresses = {sizeof(struct ifaddrmsg), ~BIT(IFA_CACHEINFO),
                                      address_belongs};
static const struct kind rules = {sizeof(struct rtmsg), ~UINT64_C(0), rule_belongs};
static const struct kind routes = {sizeof(struct rtmsg), ~BIT(RTA_CACHEINFO), route_belongs};
static const struct kind neighbours = {sizeof(struct ndmsg),
                                       ~(BIT(NDA_CACHEINFO) | BIT(NDA_PROBES)), neighbour_belongs};
static const struct kind qdiscs = {sizeof(struct tcmsg), BIT(TCA_KIND) | BIT(TCA_OPTIONS),
                                   qdisc_belongs};
static const struct kind filter = {sizeof(struct nfgenmsg), BIT(NFTA_GEN_ID), filter_belongs};
static const struct kind policies = {sizeof(uint32_t), ~UINT64_C(0), policy_belongs};
static const struct kind listeners = {sizeof(struct inet_diag_msg), 0, listener_belongs};
static const struct kind labels = {sizeof(struct ifaddrlblmsg), ~UINT64_C(0), label_belongs};
static const struct kind nexthops = {sizeof(struct nhmsg), ~UINT64_C(0), nexthop_belongs};
static const struct kind metrics = {
    sizeof(struct genlmsghdr), BIT(TCP_METRICS_ATTR_ADDR_IPV4) | BIT(TCP_METRICS_ATTR_ADDR_IPV6),
    metrics_belongs};

static void add(void *context, const struct nlmsghdr *message)
{
    struct stock *stock = context;
    const struct kind *kind = stock->kind;
    _Alignas(8) uint8_t header[HEADER_MAX] = {0};
    struct dumped one;
    size_t at = 0;
    if (message->nlmsg_len < NLMSG_LENGTH(kind->header))
        return;
    memcpy(header, NLMSG_DATA(message), kind->header);
    enum belonging belonging = kind->belongs(header);
    uint64_t sum = hash_bytes(1, header, kind->header);
    while (dump_attribute(message, kind->header, &at, &one))
        if (one.type < 64 && (kind->counts & BIT(one.type)) != 0)
            sum += hash_bytes(one.type, one.value, one.size);
    if (belonging != BELONGING_COUNT)
        stock->inventory->sum[belonging] += hash_bytes(2, &sum, sizeof sum);
}

/* 0 when a question failed for no more than that this kernel has no such family (netlink(7)). */
static int but_lacking(int status)
{
    bool lacks =
        errno == EOPNOTSUPP || errno == EINVAL || errno == ENOENT || errno == EPROTONOSUPPORT;
    return status < 0 && lacks ? 0 : status;
}

static int take(struct inventory *inventory, int netlink, const struct kind *kind, uint16_t type,
                const void *body, size_t size)
{
    struct inquiry inquiry = {type, true, body, size};
    struct stock stock = {kind, inventory};
    return but_lacking(dump(netlink, &inquiry, add, &stock));
}

static int ask_family(int family)
{
    return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, family);
}

/* Closes what was asked, -1: it could not be opened. What came of it. */
static int close_asked(int fd, int status)
{
    int error = errno;
    if (fd < 0)
        return but_lacking(-1);
    close(fd);
    errno = error;
    return status;
}

static int take_links(struct inventory *inventory, int netlink)
{
    struct {
        struct ifinfomsg link;
        struct nlattr attribute;
        uint32_t mask;
    } body = {.attribute = {.nla_len = sizeof body.attribute + sizeof body.mask,
                            .nla_type = IFLA_EXT_MASK},
              .mask = RTEXT_FILTER_SKIP_STATS};
    return take(inventory, netlink, &links, RTM_GETLINK, &body, sizeof body);
}

int inventory_near(struct inventory *inventory, int netlink)
{
    static const struct ifaddrmsg address = {.ifa_family = AF_UNSPEC};
    static const struct rtmsg route = {.rtm_family = AF_UNSPEC};
    static const struct ndmsg neighbour = {.ndm_family = AF_UNSPEC};
    static const struct tcmsg qdisc = {.tcm_family = AF_UNSPEC};
    const struct {
        const struct kind *kind;
        uint16_t type;
        const void *body;
        size_t size;
    } asked[] = {{&addresses, RTM_GETADDR, &address, sizeof address},
                 {&rules, RTM_GETRULE, &route, sizeof route},
                 {&routes, RTM_GETROUTE, &route, sizeof route},
                 {&neighbours, RTM_GETNEIGH, &neighbour, sizeof neighbour},
                 {&qdiscs, RTM_GETQDISC, &qdisc, sizeof qdisc}};
    memset(inventory->sum, 0, BELONGING_FAR * sizeof *inventory->sum);
    int status = take_links(inventory, netlink);
    for (size_t i = 0; i < sizeof asked / sizeof *asked && status == 0; i++)
        status =
            take(inventory, netlink, asked[i].kind, asked[i].type, asked[i].body, asked[i].size);
    return status;
}

/* The generation of the rules of nftables, which every change raises. */
static int take_filter(struct inventory *inventory)
{
    static const struct nfgenmsg body = {.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0};
    struct inquiry inquiry = {NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN, false, &body,
                              sizeof body};
    struct stock stock = {&filter, inventory};
    int netlink = ask_family(NETLINK_NETFILTER);
    int status = netlink >= 0 ? but_lacking(dump(netlink, &inquiry, add, &stock)) : -1;
    return close_asked(netlink, status);
}

static int take_policies(struct inventory *inventory)
{
    static const uint32_t body;
    int netlink = ask_family(NETLINK_XFRM);
    int status =
        netlink >= 0 ? take(inventory, netlink, &policies, XFRM_MSG_GETPOLICY, &body, 0) : -1;
    if (status == 0)
        status = take(inventory, netlink, &policies, XFRM_MSG_GETSA, &body, 0);
    return close_asked(netlink, status);
}

static void keep_family(void *context, const struct nlmsghdr *message)
{
    struct dumped one;
    size_t at = 0;
    while (dump_attribute(message, sizeof(struct genlmsghdr), &at, &one))
        if (one.type == CTRL_ATTR_FAMILY_ID && one.size == sizeof(uint16_t))
            memcpy(context, one.value, one.size);
}

/* What TCP remembers of its peers (ip-tcp_metrics(8)): a cookie of fast open, say. */
static int take_metrics(struct inventory *inventory)
{
    struct {
        struct genlmsghdr header;
        struct nlattr attribute;
        char name[sizeof TCP_METRICS_GENL_NAME];
    } body = {.header = {.cmd = CTRL_CMD_GETFAMILY},
              .attribute = {.nla_len = sizeof body.attribute + sizeof body.name,
                            .nla_type = CTRL_ATTR_FAMILY_NAME},
              .name = TCP_METRICS_GENL_NAME};
    static const struct genlmsghdr get = {.cmd = TCP_METRICS_CMD_GET,
                                          .version = TCP_METRICS_GENL_VERSION};
    struct inquiry inquiry = {GENL_ID_CTRL, false, &body, sizeof body};
    uint16_t family = 0;
    int netlink = ask_family(NETLINK_GENERIC);
    int status = netlink >= 0 ? but_lacking(dump(netlink, &inquiry, keep_family, &family)) : -1;
    if (status == 0 && family != 0)
        status = take(inventory, netlink, &metrics, family, &get, sizeof get);
    return close_asked(netlink, status);
}

/* A file that is not there tells of none. */
static int take_file(struct inventory *inventory, enum belonging belonging, const char *path)
{
    char text[4096];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = file >= 0 ? read(file, text, sizeof text) : -1;
    if (got > 0)
        inventory->sum[belonging] += hash_bytes(belonging, text, (size_t)got);
    return close_asked(file, got < 0 ? -1 : 0);
}

/* Sockets that wait for whoever comes: those of TCP that listen, all others. What stays of a
   connection that is over is none. A kernel without sock_diag(7) tells of none. */
static int take_listeners(struct inventory *inventory)
{
    static const uint8_t protocols[] = {IPPROTO_TCP, IPPROTO_UDP, IPPROTO_RAW};
    int netlink = ask_family(NETLINK_SOCK_DIAG);
    int status = netlink >= 0 ? 0 : -1;
    for (size_t i = 0; i < 2 * sizeof protocols && status == 0; i++) {
        uint8_t protocol = protocols[i / 2];
        struct inet_diag_req_v2 body = {.sdiag_family = i % 2 == 0 ? AF_INET : AF_INET6,
                                        .sdiag_protocol = protocol,
                                        .idiag_states =
                                            protocol == IPPROTO_TCP ? 1U << TCP_LISTEN : ~0U};
        status = take(inventory, netlink, &listeners, SOCK_DIAG_BY_FAMILY, &body, sizeof body);
    }
    return close_asked(netlink, status);
}

/* What belongs to routing, and is told by no notice that all kernels have. */
static int take_routing(struct inventory *inventory)
{
    static const struct ifaddrlblmsg label = {.ifal_family = AF_INET6};
    static const struct nhmsg nexthop = {.nh_family = AF_UNSPEC};
    int netlink = ask_family(NETLINK_ROUTE);
    int status = netlink >= 0
                     ? take(inventory, netlink, &labels, RTM_GETADDRLABEL, &label, sizeof label)
                     : -1;
    if (status == 0)
        status = take(inventory, netlink, &nexthops, RTM_GETNEXTHOP, &nexthop, sizeof nexthop);
    return close_asked(netlink, status);
}

/* An interface's features, as ethtool(8) -k shows them; nothing of one that has none. */
static uint64_t features_of(int fd, const char *name)
{
    enum { BLOCKS = 4 }; /* of 32 features; kernels have two */
    union {
        struct ethtool_gfeatures asked;
        char room[sizeof(struct ethtool_gfeatures) +
                  BLOCKS * sizeof(struct ethtool_get_features_block)];
    } features = {.room = {0}};
    struct ifreq request = {.ifr_data = features.room};
    features.asked.cmd = ETHTOOL_GFEATURES;
    features.asked.size = BLOCKS;
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    return ioctl(fd, SIOCETHTOOL, &request) == 0
               ? hash_bytes(3, features.room, sizeof features.room)
               : 0;
}

/* What an interface takes over from the stack decides how packets look on the wire. */
static int take_features(struct inventory *inventory)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct if_nameindex *all = fd >= 0 ? if_nameindex() : NULL;
    int status = all != NULL ? 0 : -1;
    for (const struct if_nameindex *one = all; status == 0 && one->if_index != 0; one++)
        inventory->sum[BELONGING_FEATURES] +=
            hash_bytes(one->if_index, one->if_name, strlen(one->if_name)) ^
            features_of(fd, one->if_name);
    if (all != NULL)
        if_freenameindex(all);
    return close_asked(fd, status);
}

static int take_groups(struct inventory *inventory)
{
    return take_file(inventory, BELONGING_GROUPS, "/proc/thread-self/net/dev_mcast");
}

static int take_tables(struct inventory *inventory)
{
    int status = take_file(inventory, BELONGING_TABLES, "/proc/thread-self/net/ip_tables_names");
    return status == 0
               ? take_file(inventory, BELONGING_TABLES, "/proc/thread-self/net/ip6_tables_names")
               : status;
}

int inventory_far(struct inventory *inventory)
{
    static int (*const kinds[])(struct inventory *) = {take_filter,   take_tables,    take_policies,
                                                       take_metrics,  take_listeners, take_routing,
                                                       take_features, take_groups};
    int status = 0;
    for (int i = BELONGING_FAR; i < BELONGING_COUNT; i++)
        inventory->sum[i] = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && status == 0; i++)
        status = kinds[i](inventory);
    return status;
}

enum belonging inventory_difference(const struct inventory *a, const struct inventory *b,
                                    enum belonging first, enum belonging end)
{
    enum belonging at = first;
    while (at < end && a->sum[at] == b->sum[at])
        at++;
    return at;
}

const char *inventory_name(enum belonging belonging)
{
    static const char *const names[] = {[BELONGING_LINKS] = "interfaces",
                                        [BELONGING_ADDRESSES] = "addresses",
                                        [BELONGING_RULES] = "rules of routing",
                                        [BELONGING_ROUTES] = "routes",
                                        [BELONGING_EXCEPTIONS] = "exceptions to routes",
                                        [BELONGING_NEIGHBOURS] = "neighbours",
                                        [BELONGING_QDISCS] = "queue disciplines",
                                        [BELONGING_FILTER] = "rules of nftables",
                                        [BELONGING_TABLES] = "tables of iptables",
                                        [BELONGING_POLICIES] = "policies of IPsec",
                                        [BELONGING_METRICS] = "TCP's memory of peers",
                                        [BELONGING_LISTENERS] = "sockets that listen",
                                        [BELONGING_LABELS] = "labels of addresses",
                                        [BELONGING_NEXTHOPS] = "next hops",
                                        [BELONGING_FEATURES] = "features of interfaces",
                                        [BELONGING_GROUPS] = "groups of interfaces"};
    return belonging < BELONGING_COUNT ? names[belonging] : "belongings";
}
