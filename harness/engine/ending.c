/* SPDX-License-Identifier: MIT */
#include "engine/ending.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
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

bool ending_with_caller(int number)
{
    const char *text = getenv(CALLER_VARIABLE);
    long caller = text != NULL ? strtol(text, NULL, 10) : 0;
    unsetenv(CALLER_VARIABLE); /* a program of ours has us for its caller */
    if (caller <= 0)
        return true;
    prctl(PR_SET_PDEATHSIG, number);
    return getppid() == (pid_t)caller; /* or it was gone before we asked */
}
