/* SPDX-License-Identifier: MIT */
#include "engine/ending.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

int ending_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

const char *ending_reason(int signals)
{
    struct signalfd_siginfo said = {0};
    ssize_t got = read(signals, &said, sizeof said);
    return got == (ssize_t)sizeof said && said.ssi_signo == SIGUSR1
               ? "the run stopped at an earlier failure"
               : "the run was interrupted";
}
