/* SPDX-License-Identifier: MIT */
#include "engine/ending.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

static void ends(int number, const char *reason)
{
    int signals = ending_open();
    struct pollfd one = {.fd = signals, .events = POLLIN};
    cr_assert_geq(signals, 0);
    cr_assert_eq(poll(&one, 1, 0), 0);
    cr_assert_eq(kill(getpid(), number), 0); /* blocked: the test goes on */
    cr_assert_eq(poll(&one, 1, 0), 1);
    cr_assert_str_eq(ending_reason(signals), reason);
    cr_assert_eq(poll(&one, 1, 0), 0);
    close(signals);
}

Test(ending, an_interrupt_interrupts)
{
    ends(SIGINT, "the run was interrupted");
    ends(SIGTERM, "the run was interrupted");
}

Test(ending, enough_may_be_known)
{
    ends(SIGUSR1, "the run stopped at an earlier failure");
}
