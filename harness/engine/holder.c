/* SPDX-License-Identifier: MIT */
#include "engine/holder.h"

#include "base/demise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Until nobody says anything any more. */
static void hear(int seconds)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char said[256];
    ssize_t got = 1;
    while (got > 0) {
        int ready = poll(&input, 1, seconds * 1000);
        got = ready > 0 ? read(STDIN_FILENO, said, sizeof said) : ready;
        if (got < 0 && errno == EINTR)
            got = 1;
    }
}

static _Noreturn void hold(pid_t run, int seconds)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0); /* what ends the run's group is none of its business */
    close_range(STDERR_FILENO + 1, ~0U, 0);
    close(STDOUT_FILENO);
    if (getppid() == run)
        hear(seconds);
    if (getppid() == run && kill(run, SIGTERM) == 0 && !demise_within(run, HOLDER_KILLS_S * 1000))
        kill(run, SIGKILL);
    _exit(0);
}

bool holder_begin(int seconds)
{
    pid_t run = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        hold(run, seconds);
    return pid > 0;
}
