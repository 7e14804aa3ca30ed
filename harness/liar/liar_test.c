/* SPDX-License-Identifier: MIT */
#include "liar/liar.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

Test(liar, every_lie_has_a_name_of_its_own_and_a_whole_table)
{
    size_t count = 0;
    for (const char *const *one = liar_names(); *one != NULL; one++, count++) {
        const struct stack *stack = liar_stack(*one);
        cr_assert_not_null(stack, "%s", *one);
        cr_assert_not_null(liar_says(*one), "%s", *one);
        for (const char *const *other = one + 1; *other != NULL; other++)
            cr_assert_str_neq(*one, *other);
        void (*const *call)(void) = (void (*const *)(void))(const void *)&stack->socket;
        size_t calls = (sizeof *stack - offsetof(struct stack, socket)) / sizeof *call;
        for (size_t i = 0; i < calls; i++)
            cr_assert_not_null(call[i], "%s: call %zu is missing", *one, i);
    }
    cr_assert_gt(count, 200);
    cr_assert_null(liar_stack("recv/truth"));
    cr_assert_null(liar_says("recv/truth"));
}

/* A connected pair of local stream sockets, to lie about. */
static void pair(int ends[2])
{
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
}

Test(liar, an_errno_lie_touches_failures_of_its_call_only)
{
    int ends[2];
    char byte = 0;
    pair(ends);
    const struct stack *stack = liar_stack("recv/errno");
    cr_assert_eq(stack->recv(ends[0], &byte, 1, MSG_DONTWAIT), -1);
    cr_assert_eq(errno, ENOBUFS);
    cr_assert_eq(stack->recvfrom(ends[0], &byte, 1, MSG_DONTWAIT, NULL, NULL), -1);
    cr_assert_eq(errno, EAGAIN);
    cr_assert_eq(stack->send(ends[1], "x", 1, 0), 1);
    cr_assert_eq(stack->recv(ends[0], &byte, 1, 0), 1);
    cr_assert_eq(byte, 'x');
}

static void sends(const char *lie, const char *data, ssize_t told, const char *arrives)
{
    int ends[2];
    char room[64] = "";
    pair(ends);
    cr_assert_eq(liar_stack(lie)->send(ends[0], data, strlen(data), 0), told, "%s", lie);
    ssize_t got = recv(ends[1], room, sizeof room - 1, MSG_DONTWAIT);
    cr_assert_eq(got, arrives[0] == '\0' ? -1 : (ssize_t)strlen(arrives), "%s", lie);
    cr_assert_str_eq(room, arrives, "%s", lie);
    close(ends[0]);
    close(ends[1]);
}

Test(liar, what_is_sent_is_lost_doubled_swapped_damaged)
{
    sends("send/lose", "abcd", 4, "");
    sends("send/lose-last", "abcd", 4, "abc");
    sends("send/double", "abcd", 4, "abcdabcd");
    sends("send/swap", "abcd", 4, "bacd");
    sends("send/damage", "abcd", 4, "abbd");
    sends("send/partial", "abcd", 2, "ab");
    sends("send/off-by-one", "abcd", 5, "abcd");
    sends("send/short-by-one", "abcd", 3, "abcd");
    sends("recv/damage", "abcd", 4, "abcd");
}

static void receives(const char *lie, ssize_t told, const char *stored)
{
    int ends[2];
    char room[64] = "";
    pair(ends);
    cr_assert_eq(send(ends[0], "abcd", 4, 0), 4);
    cr_assert_eq(liar_stack(lie)->recv(ends[1], room, sizeof room - 1, 0), told, "%s", lie);
    cr_assert_eq(strncmp(room, stored, strlen(stored)), 0, "%s stored %s", lie, room);
    close(ends[0]);
    close(ends[1]);
}

Test(liar, what_is_received_is_lost_swapped_damaged_miscounted)
{
    receives("recv/lose", 3, "bcd");
    receives("recv/swap", 4, "bacd");
    receives("recv/damage", 4, "abbd");
    receives("recv/off-by-one", 5, "abcd");
    receives("recv/short-by-one", 3, "abcd");
    receives("read/damage", 4, "abcd");
}

Test(liar, addresses_are_hidden_or_wrong)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in told;
    socklen_t size = sizeof here;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&here, sizeof here), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&here, &size), 0);
    cr_assert_eq(
        liar_stack("getsockname/wrong-port")->getsockname(fd, (struct sockaddr *)&told, &size), 0);
    cr_assert_eq(ntohs(told.sin_port), ntohs(here.sin_port) + 1);
    cr_assert_eq(
        liar_stack("getsockname/no-address")->getsockname(fd, (struct sockaddr *)&told, &size), 0);
    cr_assert_eq(size, 0);
}

Test(liar, readiness_is_wrongly_told)
{
    int ends[2];
    struct pollfd one = {.events = POLLIN};
    pair(ends);
    one.fd = ends[0];
    cr_assert_eq(liar_stack("poll/always-ready")->poll(&one, 1, -1), 1);
    cr_assert_eq(one.revents, POLLIN);
    cr_assert_eq(send(ends[1], "x", 1, 0), 1);
    cr_assert_eq(liar_stack("poll/never-ready")->poll(&one, 1, 0), 0);
    cr_assert_eq(one.revents, 0);
    cr_assert_eq(liar_stack("poll/off-by-one")->poll(&one, 1, 0), 2);
}

Test(liar, one_option_is_ignored_and_no_other)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    int value = 0;
    socklen_t size = sizeof value;
    const struct stack *stack = liar_stack("setsockopt/ignore-SO_KEEPALIVE");
    cr_assert_eq(stack->setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on), 0);
    cr_assert_eq(stack->setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    cr_assert_eq(stack->getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &size), 0);
    cr_assert_eq(value, 0);
    cr_assert_eq(stack->getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, &size), 0);
    cr_assert_eq(value, 1);
}

Test(liar, a_close_that_leaks_frees_the_number_and_keeps_the_socket)
{
    int ends[2];
    char byte = 0;
    pair(ends);
    cr_assert_eq(liar_stack("close/leak")->close(ends[0]), 0);
    cr_assert_eq(send(ends[0], "x", 1, 0), -1);
    cr_assert_eq(errno, EBADF);
    cr_assert_eq(recv(ends[1], &byte, 1, MSG_DONTWAIT), -1);
    cr_assert_eq(errno, EAGAIN);
}
