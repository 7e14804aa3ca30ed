/* SPDX-License-Identifier: MIT */
#include "actor/signals.h"

#include <signal.h>
#include <stddef.h>

static _Atomic uint32_t *counted; /* for the handler: one actor in a process */
static int limit;

static void catch_signal(int number)
{
    if (number > 0 && number < limit) {
        atomic_fetch_add(&counted[number], 1);
        atomic_fetch_add(&counted[0], 1);
    }
}

int signals_catch(int number, int flags)
{
    struct sigaction action = {.sa_handler = catch_signal, .sa_flags = flags};
    return sigaction(number, &action, NULL);
}

void signals_by_default(void)
{
    struct sigaction now;
    for (int number = 1; number < NSIG; number++)
        if (number != SIGXFSZ && sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN)
            signal(number, SIG_DFL);
}

void signals_begin(_Atomic uint32_t *counts, int most)
{
    static const int numbers[] = {SIGPIPE, SIGURG, SIGIO};
    counted = counts;
    limit = most;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        signals_catch(numbers[i], SA_RESTART);
}
