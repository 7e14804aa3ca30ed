/* SPDX-License-Identifier: MIT */
#include "preload/guard.h"

#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/wrapper.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static int control, object;

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void setup(void)
{
    control = handover_lend(STDIN_FILENO, fcntl);
    object = handover_lend(STDIN_FILENO, fcntl);
    const struct handover both = {.control = control, .object = object, .path = "/x"};
    guard_open(&both);
}

TestSuite(guard, .init = setup, .timeout = 10);

Test(guard, a_close_of_ours_is_one_of_nothing)
{
    int own = dup(STDIN_FILENO);
    cr_assert_eq(REAL(close)(control), -1);
    cr_assert_eq(errno, EBADF);
    cr_assert_eq(REAL(__close)(object), -1);
    cr_assert(is_open(control) && is_open(object));
    cr_assert_eq(REAL(close)(own), 0);
    cr_assert_not(is_open(own));
}

/* The numbers around ours, opened; closed by the function; ours alone are left. */
static void closes_all_but_ours(void (*close_all)(void))
{
    int around[] = {control - 1, control + 2, control + 9, object + 3};
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(dup2(STDIN_FILENO, around[i]), around[i]);
    close_all();
    for (size_t i = 0; i < 4; i++)
        cr_assert_not(is_open(around[i]), "%d", around[i]);
    cr_assert(is_open(control) && is_open(object));
}

static void by_range(void)
{
    cr_assert_eq(REAL(close_range)((unsigned)control - 5, ~0U, 0), 0);
}

static void by_two_ranges(void)
{
    cr_assert_eq(REAL(close_range)((unsigned)control - 5, (unsigned)control, 0), 0);
    cr_assert_eq(REAL(close_range)((unsigned)control, (unsigned)control + 20, 0), 0);
}

static void by_closefrom(void)
{
    REAL(closefrom)(control - 5);
}

Test(guard, what_closes_all_leaves_ours)
{
    closes_all_but_ours(by_range);
    closes_all_but_ours(by_two_ranges);
    closes_all_but_ours(by_closefrom);
}

Test(guard, a_range_is_as_wrong_as_it_was)
{
    cr_assert_eq(REAL(close_range)(9, 8, 0), -1);
    cr_assert_eq(errno, EINVAL);
}

Test(guard, ours_makes_room_for_one_of_the_program)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(REAL(dup2)(ends[0], control), control);
    int moved = guard_handover()->control;
    cr_assert_neq(moved, control);
    cr_assert(is_open(moved));
    cr_assert_eq(REAL(close)(control), 0, "it is the program's now");
    cr_assert_eq(REAL(dup3)(ends[0], object, 0), object);
    cr_assert(is_open(guard_handover()->object));
}

static struct control told;
static int moved; /* as the child sees it */
static bool stays_open;

static void nothing(void)
{
}

/* It has our memory, and descriptors of its own. */
Test(guard, room_that_the_child_of_a_vfork_makes_is_its_own)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    lineage_open(&told, nothing);
    pid_t child = vfork();
    if (child == 0) {
        REAL(dup2)(ends[0], control);
        moved = guard_handover()->control;
        stays_open = REAL(close)(moved) == -1 && is_open(moved) && REAL(close)(control) == 0;
        _exit(0);
    }
    cr_assert_eq(waitpid(child, NULL, 0), child);
    cr_assert_neq(moved, control);
    cr_assert(stays_open);
    cr_assert_eq(guard_handover()->control, control);
    cr_assert_eq(REAL(close)(control), -1);
    cr_assert(is_open(control));
}

Test(guard, an_exec_leaves_ours_open)
{
    cr_assert_eq(fcntl(control, F_SETFD, FD_CLOEXEC), 0);
    cr_assert_eq(guard_handover()->control, control);
    cr_assert_eq(fcntl(control, F_GETFD), 0);
}
