/* SPDX-License-Identifier: MIT */
#include "actor/port.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* States of a socket in these tables (include/net/tcp_states.h). */
enum { LISTENS = 0x0a, UNCONNECTED = 0x07 };

static bool in_table(const char *process, const char *name, unsigned port, unsigned state)
{
    char line[512];
    bool found = false;
    snprintf(line, sizeof line, "%s/net/%s", process, name);
    FILE *table = fopen(line, "re");
    while (table != NULL && !found && fgets(line, sizeof line, table) != NULL) {
        char *rest = NULL;
        const char *local = strtok_r(line, " ", &rest) != NULL ? strtok_r(NULL, " ", &rest) : NULL;
        const char *remote = strtok_r(NULL, " ", &rest), *told = strtok_r(NULL, " ", &rest);
        const char *colon = local != NULL ? strrchr(local, ':') : NULL;
        found = colon != NULL && remote != NULL && told != NULL &&
                (port == 0 || strtoul(colon + 1, NULL, 16) == port) &&
                strtoul(told, NULL, 16) == state;
    }
    if (table != NULL)
        fclose(table);
    return found;
}

/* What one datagram of answers says: 1 when one of the sockets has the port, -1 when the kernel
   cannot tell, else 0. *more becomes false behind the last. */
static int read_answers(const void *bytes, size_t size, unsigned port, bool *more)
{
    int found = 0;
    const struct nlmsghdr *one = bytes;
    for (; NLMSG_OK(one, size) && *more; one = NLMSG_NEXT(one, size)) {
        const struct inet_diag_msg *told = NLMSG_DATA(one);
        *more = one->nlmsg_type == SOCK_DIAG_BY_FAMILY;
        if (*more && (port == 0 || ntohs(told->id.idiag_sport) == port))
            found = 1;
        else if (one->nlmsg_type == NLMSG_ERROR)
            found = -1;
    }
    return found;
}

/* The answers to a question: all are read. As read_answers. */
static int hear(int fd, unsigned port)
{
    char bytes[8192] __attribute__((aligned(NLMSG_ALIGNTO)));
    bool more = true;
    int found = 0;
    while (more) {
        ssize_t got = recv(fd, bytes, sizeof bytes, 0);
        int now = got > 0 ? read_answers(bytes, (size_t)got, port, &more) : -1;
        more = more && got > 0;
        found = now != 0 ? now : found;
    }
    return found;
}

/* Asks for the sockets of one family that wait (sock_diag(7)). As read_answers. */
static int ask_kernel(unsigned port, bool datagrams, int family)
{
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 body;
    } question = {{sizeof question, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 0, 0},
                  {.sdiag_family = (uint8_t)family,
                   .sdiag_protocol = datagrams ? IPPROTO_UDP : IPPROTO_TCP,
                   .idiag_states = 1U << (datagrams ? UNCONNECTED : LISTENS)}};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    int found = -1;
    if (fd >= 0 && send(fd, &question, sizeof question, 0) == (ssize_t)sizeof question)
        found = hear(fd, port);
    if (fd >= 0)
        close(fd);
    return found;
}

bool port_listens(const char *process, unsigned port, bool datagrams)
{
    bool own = strcmp(process, "/proc/self") == 0;
    int four = own ? ask_kernel(port, datagrams, AF_INET) : -1;
    int six = own ? ask_kernel(port, datagrams, AF_INET6) : -1;
    if (four >= 0 && six >= 0)
        return four > 0 || six > 0;
    return datagrams ? in_table(process, "udp", port, UNCONNECTED) ||
                           in_table(process, "udp6", port, UNCONNECTED)
                     : in_table(process, "tcp", port, LISTENS) ||
                           in_table(process, "tcp6", port, LISTENS);
}
