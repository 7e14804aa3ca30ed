/* SPDX-License-Identifier: MIT */
#include "guest/needs.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- a pair of interfaces, asked for and not made --------------------------------------------- */

struct link_request {
    struct nlmsghdr header;
    struct ifinfomsg link;
    char attributes[64];
};

static struct rtattr *add(struct link_request *request, int type, const void *data, size_t size)
{
    struct rtattr *attribute =
        (struct rtattr *)(void *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));
    attribute->rta_type = (unsigned short)type;
    attribute->rta_len = (unsigned short)RTA_LENGTH(size);
    if (size > 0)
        memcpy(RTA_DATA(attribute), data, size);
    request->header.nlmsg_len =
        NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(RTA_LENGTH(size));
    return attribute;
}

/* The answer to the request: its errno. */
static int answer(int fd, const struct link_request *request)
{
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char rest[256];
    } reply;
    if (send(fd, request, request->header.nlmsg_len, 0) < 0 ||
        recv(fd, &reply, sizeof reply, 0) < (ssize_t)sizeof reply.header ||
        reply.header.nlmsg_type != NLMSG_ERROR)
        return EIO;
    return -reply.error.error;
}

/* A kernel that has the kind makes one; it says EOPNOTSUPP where it has not. */
static bool has_veth(void)
{
    struct link_request request = {
        .header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
                   .nlmsg_type = RTM_NEWLINK,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL}};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    add(&request, IFLA_IFNAME, "needed", sizeof "needed");
    struct rtattr *info = add(&request, IFLA_LINKINFO, NULL, 0);
    add(&request, IFLA_INFO_KIND, "veth", strlen("veth"));
    info->rta_len =
        (unsigned short)((char *)&request + request.header.nlmsg_len - (char *)(void *)info);
    bool has = fd >= 0 && answer(fd, &request) == 0;
    struct link_request away = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
                                           .nlmsg_type = RTM_DELLINK,
                                           .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
                                .link = {.ifi_index = (int)if_nametoindex("needed")}};
    if (has)
        answer(fd, &away);
    if (fd >= 0)
        close(fd);
    return has;
}

/* --- the others ------------------------------------------------------------------------------- */

static bool opened(int fd)
{
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool has_socket(int domain, int type)
{
    return opened(socket(domain, type | SOCK_CLOEXEC, 0));
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static bool has_tmpfs(void)
{
    return opened(memfd_create("needed", MFD_CLOEXEC));
}

int needs_lacking(const char *stream, char *text, size_t size)
{
    bool port = stream != NULL && strstr(stream, "vport") != NULL;
    const struct {
        const char *option;
        bool there;
    } needs[] = {{"CONFIG_PROC_FS", is_there("/proc/self/stat")},
                 {"CONFIG_SYSFS", is_there("/sys/kernel")},
                 {"CONFIG_DEVTMPFS", is_there("/dev/null")},
                 {"CONFIG_TMPFS", has_tmpfs()},
                 {"CONFIG_EPOLL", opened(epoll_create1(EPOLL_CLOEXEC))},
                 {"CONFIG_UNIX", has_socket(AF_UNIX, SOCK_SEQPACKET)},
                 {"CONFIG_INET", has_socket(AF_INET, SOCK_STREAM)},
                 {"CONFIG_IPV6", has_socket(AF_INET6, SOCK_STREAM)},
                 {"CONFIG_PACKET", has_socket(AF_PACKET, SOCK_RAW)},
                 {"CONFIG_NET_NS", is_there("/proc/self/ns/net")},
                 {"CONFIG_USER_NS", is_there("/proc/self/ns/user")},
                 {"CONFIG_PID_NS", is_there("/proc/self/ns/pid")},
                 {"CONFIG_VETH", has_veth()},
                 {"CONFIG_VIRTIO_CONSOLE", !port || is_there(stream)}};
    int lacking = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        size_t used = strlen(text);
        if (!needs[i].there)
            snprintf(text + used, size - used, "%s%s", lacking++ > 0 ? " " : "", needs[i].option);
    }
    return lacking;
}
