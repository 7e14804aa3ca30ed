/* SPDX-License-Identifier: MIT */
#include "wire/buffers.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS = 20, PART = 65536 };

static int netlink;

/* Where there are no others. */
static void begin(void)
{
    if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
        cr_skip_test("namespaces are refused here");
    netlink = buffers_open();
    cr_assert_geq(netlink, 0);
}

TestSuite(buffers, .init = begin, .timeout = 60);

/* Writes until there is no more room. */
static size_t filled(int fd)
{
    static char bytes[PART];
    size_t sum = 0;
    ssize_t sent = 0;
    while ((sent = send(fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
        sum += (size_t)sent;
    return sum;
}

Test(buffers, none_hold_nothing)
{
    cr_expect_lt(buffers_held(netlink), 65536);
    cr_expect_lt(buffers_held(-1), 1, "nor does who is not told");
}

static size_t fill_pairs(int type, bool closes)
{
    int ends[PAIRS][2];
    size_t sum = 0;
    for (int i = 0; i < PAIRS; i++) {
        cr_assert_eq(socketpair(AF_UNIX, type, 0, ends[i]), 0);
        sum += filled(ends[i][0]);
        if (closes)
            close(ends[i][0]);
    }
    return sum;
}

Test(buffers, what_waits_in_unix_sockets_counts)
{
    size_t sum = fill_pairs(SOCK_STREAM, false);
    cr_expect_geq(buffers_held(netlink), sum);
    cr_expect_lt(buffers_held(netlink), 4 * sum);
}

Test(buffers, also_what_somebody_sent_who_has_gone)
{
    size_t sum = fill_pairs(SOCK_STREAM, true);
    cr_expect_geq(buffers_held(netlink), sum);
}

Test(buffers, and_datagrams)
{
    size_t sum = fill_pairs(SOCK_DGRAM, true);
    cr_expect_geq(buffers_held(netlink), sum);
}

static void pass_on(int to, int fd)
{
    char byte = 0, room[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec iov = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    cr_assert_eq(sendmsg(to, &message, MSG_DONTWAIT), 1);
    close(fd);
}

Test(buffers, what_waits_in_sockets_that_are_on_their_way_counts)
{
    int carrier[2];
    size_t sum = 0;
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, carrier), 0);
    for (int i = 0; i < PAIRS; i++) {
        int ends[2];
        cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        sum += filled(ends[0]);
        pass_on(carrier[0], ends[0]);
        pass_on(carrier[0], ends[1]);
    }
    cr_expect_geq(buffers_held(netlink), sum);
}

/* Two sockets of TCP or UDP over the loopback device, connected. */
static void inet_pair(int type, int ends[2])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int server = socket(AF_INET, type, 0);
    cr_assert_eq(bind(server, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(getsockname(server, (struct sockaddr *)&address, &size), 0);
    cr_assert(type != SOCK_STREAM || listen(server, 1) == 0);
    ends[0] = socket(AF_INET, type, 0);
    cr_assert_eq(connect(ends[0], (struct sockaddr *)&address, sizeof address), 0);
    ends[1] = type == SOCK_STREAM ? accept(server, NULL, NULL) : server;
}

static void loopback_up(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    cr_assert_eq(ioctl(fd, SIOCSIFFLAGS, &request), 0);
    close(fd);
}

Test(buffers, what_waits_for_a_receiver_of_udp_counts)
{
    enum { MESSAGES = 50, SIZE = 1000 };
    static const char bytes[SIZE];
    int ends[2];
    loopback_up();
    inet_pair(SOCK_DGRAM, ends);
    for (int i = 0; i < MESSAGES; i++)
        cr_assert_eq(send(ends[0], bytes, SIZE, 0), SIZE);
    cr_expect_geq(buffers_held(netlink), MESSAGES * SIZE);
}

Test(buffers, and_both_ends_of_tcp)
{
    int ends[2];
    loopback_up();
    inet_pair(SOCK_STREAM, ends);
    size_t sum = filled(ends[0]);
    cr_expect_geq(buffers_held(netlink), sum);
}

/* Who sends is charged for all that a message takes, who receives is told its length. */
Test(buffers, a_message_of_a_byte_takes_more)
{
    enum { MESSAGES = 200, LEAST = 200 };
    int ends[2];
    int sent = 0;
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    while (sent < MESSAGES && send(ends[0], "x", 1, MSG_DONTWAIT) == 1)
        sent++;
    cr_expect_geq(buffers_held(netlink), (uint64_t)sent * LEAST);
}
