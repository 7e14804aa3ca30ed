/* SPDX-License-Identifier: MIT */
/* Edges that the kernel really tells of once more. */
#include "preload/rearm.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int epoll, pair[2];

static void setup(void)
{
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    epoll = epoll_create1(0);
    cr_assert_eq(write(pair[1], "x", 1), 1);
}

TestSuite(rearm, .init = setup, .timeout = 10);

/* How many events the epoll tells of now. */
static int events(void)
{
    struct epoll_event one[4];
    return epoll_wait(epoll, one, 4, 0);
}

static void watch(int on, uint32_t events_wanted)
{
    struct epoll_event event = {.events = events_wanted, .data.fd = pair[0]};
    cr_assert_eq(epoll_ctl(on, EPOLL_CTL_ADD, pair[0], &event), 0);
    rearm_note(on, EPOLL_CTL_ADD, pair[0], &event);
}

Test(rearm, an_edge_is_told_once_more)
{
    watch(epoll, EPOLLIN | EPOLLET);
    cr_assert_eq(events(), 1);
    cr_assert_eq(events(), 0, "an edge is told once");
    errno = EXDEV;
    rearm_edge(pair[0]);
    cr_assert_eq(errno, EXDEV);
    cr_assert_eq(events(), 1);
}

Test(rearm, in_each_of_two_epolls)
{
    int second = epoll_create1(0);
    struct epoll_event one;
    watch(epoll, EPOLLIN | EPOLLET);
    watch(second, EPOLLIN | EPOLLET);
    cr_assert_eq(events() + epoll_wait(second, &one, 1, 0), 2);
    rearm_edge(pair[0]);
    cr_assert_eq(events() + epoll_wait(second, &one, 1, 0), 2);
}

Test(rearm, what_tells_once_only_is_left_to_the_program)
{
    watch(epoll, EPOLLIN | EPOLLET | EPOLLONESHOT);
    cr_assert_eq(events(), 1);
    rearm_edge(pair[0]);
    cr_assert_eq(events(), 0);
}

Test(rearm, what_is_watched_no_more_is_not_set_anew)
{
    watch(epoll, EPOLLIN | EPOLLET);
    cr_assert_eq(events(), 1);
    cr_assert_eq(epoll_ctl(epoll, EPOLL_CTL_DEL, pair[0], NULL), 0);
    rearm_note(epoll, EPOLL_CTL_DEL, pair[0], NULL);
    rearm_edge(pair[0]);
    cr_assert_eq(events(), 0);
}

Test(rearm, a_number_that_is_closed_is_forgotten)
{
    watch(epoll, EPOLLIN | EPOLLET);
    cr_assert_eq(events(), 1);
    rearm_forget((unsigned)pair[0], (unsigned)pair[0]);
    rearm_edge(pair[0]);
    cr_assert_eq(events(), 0);
}

Test(rearm, an_epoll_is_known_by_what_it_watches)
{
    cr_assert_not(rearm_watches(epoll));
    watch(epoll, EPOLLIN);
    cr_assert(rearm_watches(epoll));
    rearm_forget((unsigned)epoll, (unsigned)epoll);
    cr_assert_not(rearm_watches(epoll));
    cr_assert_not(rearm_watches(-1));
    cr_assert_not(rearm_watches(DESCRIPTOR_LIMIT));
}

Test(rearm, numbers_beyond_the_table_are_let_be)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    rearm_note(epoll, EPOLL_CTL_ADD, DESCRIPTOR_LIMIT, &event);
    rearm_note(-1, EPOLL_CTL_ADD, 3, &event);
    rearm_edge(DESCRIPTOR_LIMIT);
    rearm_edge(-1);
    cr_assert_not(rearm_watches(epoll));
}
