/* SPDX-License-Identifier: MIT */
#include "base/claim.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REFUSED = 77 };

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

/* Runs body in a child, on a network where nobody else claims any. */
static void alone(void (*body)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
        _exit(REFUSED);
    if (child == 0) {
        body();
        _exit(0);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED)
        cr_skip_test("namespaces are refused here");
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%#x", status);
}

static void claim_one_after_the_other(void)
{
    int first = -1, second = -1;
    CHECK(claim_block(3, &first) == 3);
    CHECK(claim_block(3, &second) == 4);
    close(first);
    CHECK(claim_block(3, &first) == 3);
}

Test(claim, a_block_has_one_holder)
{
    alone(claim_one_after_the_other);
}

static void claim_all(void)
{
    int held = -1;
    for (int i = 0; i < CLAIM_BLOCKS; i++)
        CHECK(claim_block(7, &held) == (7 + i) % CLAIM_BLOCKS);
    CHECK(claim_block(7, &held) == -1 && held == -1);
}

Test(claim, there_are_so_many)
{
    alone(claim_all);
}

static void claim_what_was_a_dead_ones(void)
{
    int told[2], fd = -1;
    char byte = 0;
    CHECK(pipe(told) == 0);
    pid_t child = fork();
    if (child == 0) {
        CHECK(claim_block(0, &fd) == 0 && write(told[1], "x", 1) == 1);
        pause();
    }
    CHECK(read(told[0], &byte, 1) == 1);
    CHECK(claim_block(0, &fd) == 1);
    close(fd);
    kill(child, SIGKILL);
    CHECK(waitpid(child, NULL, 0) == child);
    CHECK(claim_block(0, &fd) == 0);
}

Test(claim, the_death_of_its_holder_frees_it)
{
    alone(claim_what_was_a_dead_ones);
}

static void claim_a_name(void)
{
    int one = claim_name("port", 3), other = claim_name("port", 4),
        kind = claim_name("loopback", 3);
    CHECK(one >= 0 && other >= 0 && kind >= 0);
    CHECK(claim_name("port", 3) == -1);
    close(one);
    CHECK(claim_name("port", 3) >= 0);
}

Test(claim, a_name_is_of_its_kind_and_number)
{
    alone(claim_a_name);
}
