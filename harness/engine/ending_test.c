/* SPDX-License-Identifier: MIT */
#include "engine/ending.h"

#include "engine/config.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
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

Test(ending, with_its_caller_where_he_asks_for_it)
{
    char text[32];
    int number = 0;
    unsetenv(CALLER_VARIABLE);
    prctl(PR_SET_PDEATHSIG, 0);
    cr_expect(ending_with_caller(SIGTERM));
    prctl(PR_GET_PDEATHSIG, &number);
    cr_expect_eq(number, 0);
    snprintf(text, sizeof text, "%d", (int)getppid());
    setenv(CALLER_VARIABLE, text, 1);
    cr_expect(ending_with_caller(SIGTERM));
    prctl(PR_GET_PDEATHSIG, &number);
    cr_expect_eq(number, SIGTERM);
    cr_expect_null(getenv(CALLER_VARIABLE));
}

Test(ending, a_caller_that_has_gone_is_no_parent)
{
    setenv(CALLER_VARIABLE, "1073741824", 1); /* no process has that number */
    cr_expect_not(ending_with_caller(SIGTERM));
}

Test(ending, an_early_interrupt_says_so, .exit_code = STATUS_INTERRUPTED)
{
    ending_hold();
    raise(SIGINT); /* waits */
    ending_at_once();
    cr_assert_fail("it goes on");
}

Test(ending, what_is_made_meanwhile_ends_by_default, .signal = SIGINT)
{
    ending_at_once();
    ending_by_default();
    raise(SIGINT);
}
