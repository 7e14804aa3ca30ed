/* SPDX-License-Identifier: MIT */
#include "actor/signals.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>

static _Atomic uint32_t counts[65];

Test(signals, what_sockets_raise_is_caught_and_counted)
{
    signals_begin(counts, 65);
    raise(SIGPIPE);
    raise(SIGPIPE);
    raise(SIGURG);
    cr_assert_eq(counts[SIGPIPE], 2);
    cr_assert_eq(counts[SIGURG], 1);
    cr_assert_eq(counts[SIGIO], 0);
    cr_assert_eq(counts[0], 3, "all of them");
}

Test(signals, another_is_caught_from_then_on_with_its_flags)
{
    struct sigaction now;
    signals_begin(counts, 65);
    cr_assert_eq(signals_catch(SIGUSR1, SA_RESETHAND), 0);
    sigaction(SIGUSR1, NULL, &now);
    cr_assert_eq(now.sa_flags & SA_RESETHAND, SA_RESETHAND);
    raise(SIGUSR1);
    cr_assert_eq(counts[SIGUSR1], 1);
    errno = 0;
    cr_assert_eq(signals_catch(SIGKILL, 0), -1);
    cr_assert_eq(errno, EINVAL);
}

Test(signals, a_number_that_has_no_counter_is_not_counted)
{
    static _Atomic uint32_t few[SIGUSR1 + 1];
    signals_begin(few, SIGUSR1);
    signals_catch(SIGUSR1, 0);
    raise(SIGUSR1);
    cr_assert_eq(few[SIGUSR1], 0);
    cr_assert_eq(few[0], 0);
}

static void (*handler_of(int number))(int)
{
    struct sigaction now;
    cr_assert_eq(sigaction(number, NULL, &now), 0);
    return now.sa_handler;
}

Test(signals, what_was_ignored_before_ends_a_process_again)
{
    signal(SIGHUP, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    signals_catch(SIGUSR1, 0);
    void (*caught)(int) = handler_of(SIGUSR1);
    signals_by_default();
    cr_assert(handler_of(SIGHUP) == SIG_DFL);
    cr_assert(handler_of(SIGXFSZ) == SIG_IGN, "the harness's own");
    cr_assert(handler_of(SIGUSR1) == caught);
}
