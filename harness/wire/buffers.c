/* SPDX-License-Identifier: MIT */
#include "wire/buffers.h"

#include "wire/dump.h"

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>

/* Of a sender that has gone nobody tells any more what its messages take, which is no more than its
   own buffer may have been (SO_SNDBUF of socket(7)); of datagrams the length of the first alone is
   told, and not whether their sender lives. */
enum { SNDBUF_USUAL = 212992 };

struct sum {
    uint64_t held;     /* in buffers */
    uint64_t sent;     /* of unix(7): charged to who sent */
    uint64_t received; /* and what waits for who receives */
    uint64_t most;     /* that a sender may have sent */
};

int buffers_open(void)
{
    return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
}

static uint64_t sndbuf_most(void)
{
    char line[32];
    uint64_t most = SNDBUF_USUAL;
    FILE *in = fopen("/proc/sys/net/core/wmem_max", "re");
    if (in != NULL && fgets(line, sizeof line, in) != NULL)
        most = strtoull(line, NULL, 10);
    if (in != NULL)
        fclose(in);
    return 2 * most;
}

/* SK_MEMINFO_* of linux/sock_diag.h; 0 where the kernel tells of fewer. */
static uint64_t meminfo(const struct dumped *one, int which)
{
    uint32_t value = 0;
    if (one->size >= ((size_t)which + 1) * sizeof value)
        memcpy(&value, (const uint8_t *)one->value + (size_t)which * sizeof value, sizeof value);
    return value;
}

static uint64_t all_meminfo(const struct dumped *one)
{
    return meminfo(one, SK_MEMINFO_RMEM_ALLOC) + meminfo(one, SK_MEMINFO_FWD_ALLOC) +
           meminfo(one, SK_MEMINFO_WMEM_QUEUED) + meminfo(one, SK_MEMINFO_BACKLOG);
}

static void take_unix(void *context, const struct nlmsghdr *message)
{
    struct sum *sum = context;
    struct dumped one;
    size_t at = 0;
    const struct unix_diag_msg *about = NLMSG_DATA(message);
    bool has_peer = false;
    uint32_t waits = 0;
    while (dump_attribute(message, sizeof(struct unix_diag_msg), &at, &one)) {
        if (one.type == UNIX_DIAG_MEMINFO)
            sum->sent += meminfo(&one, SK_MEMINFO_WMEM_ALLOC);
        else if (one.type == UNIX_DIAG_RQLEN && one.size >= sizeof waits)
            memcpy(&waits, one.value, sizeof waits);
        has_peer = has_peer || one.type == UNIX_DIAG_PEER;
    }
    bool all_told = has_peer && about->udiag_type != SOCK_DGRAM;
    sum->received += all_told || waits == 0 ? waits : MAX(waits, sum->most);
}

static void take_inet(void *context, const struct nlmsghdr *message)
{
    struct sum *sum = context;
    struct dumped one;
    size_t at = 0;
    while (dump_attribute(message, sizeof(struct inet_diag_msg), &at, &one))
        if (one.type == INET_DIAG_SKMEMINFO)
            sum->held += all_meminfo(&one);
}

uint64_t buffers_held(int netlink)
{
    static const uint8_t families[] = {AF_INET, AF_INET6}, protocols[] = {IPPROTO_TCP, IPPROTO_UDP};
    const struct unix_diag_req local = {.sdiag_family = AF_UNIX,
                                        .udiag_states = UINT32_MAX,
                                        .udiag_show = UDIAG_SHOW_MEMINFO | UDIAG_SHOW_RQLEN |
                                                      UDIAG_SHOW_PEER};
    const struct inquiry of_unix = {SOCK_DIAG_BY_FAMILY, true, &local, sizeof local};
    struct sum sum = {.most = sndbuf_most()};
    dump(netlink, &of_unix, take_unix, &sum);
    for (size_t i = 0; i < 4; i++) {
        const struct inet_diag_req_v2 asked = {.sdiag_family = families[i / 2],
                                               .sdiag_protocol = protocols[i % 2],
                                               .idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
                                               .idiag_states = UINT32_MAX};
        const struct inquiry of_inet = {SOCK_DIAG_BY_FAMILY, true, &asked, sizeof asked};
        dump(netlink, &of_inet, take_inet, &sum);
    }
    return sum.held + MAX(sum.sent, sum.received);
}
