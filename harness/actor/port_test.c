/* SPDX-License-Identifier: MIT */
#include "actor/port.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* A bound socket of loopback; *port receives where. */
static int bound(int family, int type, unsigned *port)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    int fd = socket(family, type, 0);
    int result = family == AF_INET ? bind(fd, (struct sockaddr *)&four, sizeof four)
                                   : bind(fd, (struct sockaddr *)&six, sizeof six);
    cr_assert_eq(result, 0);
    getsockname(fd, (struct sockaddr *)&own, &size);
    *port = ntohs(((struct sockaddr_in *)&own)->sin_port);
    return fd;
}

/* As the kernel says it, and as the tables of /proc do. */
static void expect(unsigned port, bool datagrams, bool waits)
{
    char process[32];
    snprintf(process, sizeof process, "/proc/%d", getpid());
    cr_expect_eq(port_listens("/proc/self", port, datagrams), waits);
    cr_expect_eq(port_listens(process, port, datagrams), waits);
}

Test(port, a_stream_socket_waits_when_it_listens)
{
    unsigned port = 0;
    int fd = bound(AF_INET, SOCK_STREAM, &port);
    expect(port, false, false);
    cr_assert_eq(listen(fd, 1), 0);
    expect(port, false, true);
    expect(port, true, false);
    close(fd);
    expect(port, false, false);
}

Test(port, of_either_family)
{
    unsigned port = 0;
    int fd = bound(AF_INET6, SOCK_STREAM, &port);
    cr_assert_eq(listen(fd, 1), 0);
    expect(port, false, true);
    close(fd);
}

Test(port, a_datagram_socket_waits_until_it_has_a_peer)
{
    unsigned port = 0, other = 0;
    int fd = bound(AF_INET, SOCK_DGRAM, &port), peer = bound(AF_INET, SOCK_DGRAM, &other);
    expect(port, true, true);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)other),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    expect(port, true, false);
    close(fd);
    close(peer);
}
