/* SPDX-License-Identifier: MIT */
#include "engine/ending.h"

#include "engine/config.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* The signals that end a run. */
static sigset_t ending_set(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    return set;
}

static void leave(int number)
{
    static const char sentence[] = "sockproof: interrupted\n";
    (void)number;
    if (write(STDERR_FILENO, sentence, sizeof sentence - 1) < 0)
        _exit(STATUS_BROKEN);
    _exit(STATUS_INTERRUPTED);
}

void ending_at_once(void)
{
    struct sigaction before, says = {.sa_handler = leave};
    sigset_t set;
    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGINT, &says, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void ending_by_default(void)
{
    struct sigaction before;
    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler == leave)
        signal(SIGINT, SIG_DFL);
}

void ending_hold(void)
{
    sigset_t set = ending_set();
    sigprocmask(SIG_BLOCK, &set, NULL);
}

int ending_open(void)
{
    sigset_t set = ending_set();
    ending_hold();
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
