/* SPDX-License-Identifier: MIT */
#include "base/footprint.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const size_t MIB = 1 << 20, HELD = (size_t)64 << 20;

/* Touches memory, says so, and stays until it is killed. */
static _Noreturn void hold(int said)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    void *held = mmap(NULL, HELD, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (held == MAP_FAILED)
        _exit(1);
    memset(held, 1, HELD);
    if (write(said, "x", 1) != 1)
        _exit(1);
    while (1)
        pause();
}

/* A child in a group of its own, or the child of one in ours. */
static pid_t held(bool deep)
{
    int ends[2];
    char byte = 0;
    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0 && !deep) {
        setpgid(0, 0);
        hold(ends[1]);
    }
    if (child == 0 && fork() == 0)
        hold(ends[1]);
    if (child == 0)
        while (1)
            pause();
    cr_assert_eq(read(ends[0], &byte, 1), 1);
    return child;
}

static void end(pid_t child)
{
    kill(child, SIGKILL);
    cr_assert_eq(waitpid(child, NULL, 0), child);
}

static uint64_t bytes_below(pid_t pid, pid_t group)
{
    struct footprint all = footprint_below(pid, group);
    return all.own + all.shared;
}

Test(footprint, what_children_hold_is_told_and_what_they_set_aside_is_not)
{
    uint64_t before = bytes_below(getpid(), 0);
    pid_t child = held(false);
    uint64_t now = bytes_below(getpid(), 0);
    cr_expect_geq(now, before + HELD);
    cr_expect_lt(now, before + HELD + 32 * MIB);
    cr_expect_lt(bytes_below(getpid(), child), before + MIB);
    end(child);
    cr_expect_lt(bytes_below(getpid(), 0), before + MIB);
}

Test(footprint, children_of_children_count)
{
    pid_t child = held(true);
    uint64_t all = bytes_below(getpid(), 0), less = bytes_below(getpid(), getpgrp());
    cr_expect_geq(less, HELD);
    cr_expect_gt(all, less);
    cr_expect_geq(bytes_below(child, 0), HELD);
    end(child);
}

Test(footprint, nobody_holds_nothing)
{
    cr_expect_eq(bytes_below(0x3fffffff, 0), 0);
}

/* Two children have the same memory, which neither has mapped. */
Test(footprint, memory_behind_descriptors_counts_once_and_is_nobodys_own)
{
    static char zeros[1 << 20];
    struct footprint before = footprint_below(getpid(), 0);
    int memory = memfd_create("held", MFD_CLOEXEC);
    for (size_t i = 0; i < HELD / MIB; i++)
        cr_assert_eq(write(memory, zeros, sizeof zeros), (ssize_t)sizeof zeros);
    pid_t first = held(true);
    struct footprint now = footprint_below(getpid(), 0);
    cr_expect_eq(now.held, before.held + HELD);
    cr_expect_lt(now.own + now.shared, before.own + before.shared + HELD + 32 * MIB);
    end(first);
}

Test(footprint, pipes_and_descriptors_on_their_way_are_counted)
{
    int pair[2], pipes[2];
    char byte = 0, room[CMSG_SPACE(sizeof pipes)] = {0};
    struct iovec iov = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    pid_t first = held(false);
    uint64_t before = footprint_below(getpid(), 0).pipes;
    end(first);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    cr_assert_eq(pipe(pipes), 0);
    pid_t second = held(false);
    cr_expect_geq(footprint_below(getpid(), 0).pipes, before + 2);
    cr_expect_eq(footprint_on_their_way(getpid(), 0), 0);
    end(second);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof pipes);
    memcpy(CMSG_DATA(header), pipes, sizeof pipes);
    cr_assert_eq(sendmsg(pair[0], &message, 0), 1);
    pid_t third = held(false);
    cr_expect_eq(footprint_on_their_way(getpid(), 0), 2);
    end(third);
}

static void count_network(void *context, int netns)
{
    int *count = context;
    cr_expect_geq(fcntl(netns, F_GETFD), 0);
    ++*count;
}

/* A child that has a network of its own, and tells that it has; 0 where it may not. */
static pid_t with_a_network(void)
{
    int ends[2];
    bool has = false;
    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        has = unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
        if (write(ends[1], &has, 1) == 1)
            pause();
        _exit(0);
    }
    cr_assert_eq(read(ends[0], &has, 1), 1);
    if (!has)
        end(child);
    return has ? child : 0;
}

Test(footprint, each_network_is_visited_once)
{
    int few = 0, more = 0;
    pid_t first = held(false), second = held(false);
    footprint_networks(getpid(), 0, count_network, &few);
    cr_expect_eq(few, 1);
    pid_t third = with_a_network();
    if (third == 0)
        cr_skip_test("namespaces are refused here");
    footprint_networks(getpid(), 0, count_network, &more);
    cr_expect_eq(more, 2);
    end(first);
    end(second);
    end(third);
}
