/* SPDX-License-Identifier: MIT */
#include "engine/guardian.h"

#include "engine/ending.h"
#include "program/keeper.h"
#include "trial/leftover.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

struct ward {
    int (*work)(const void *context);
    const void *context;
    int go[2]; /* a pipe: the work begins with a byte, once the keeper has left the group */
};

/* In its own process. Whoever is killed of those above, the other one ends it; when the first is
   killed before it says go, the keeper ends it while it waits. */
static void become(const void *context, pid_t parent)
{
    const struct ward *ward = context;
    char byte = 0;
    (void)parent;
    while (read(ward->go[0], &byte, 1) < 0 && errno == EINTR)
        continue;
    close(ward->go[0]);
    close(ward->go[1]);
    exit(ward->work(ward->context));
}

static bool keeps_nobody(const void *context, pid_t pid)
{
    (void)context;
    (void)pid;
    return false;
}

/* What the keeper would have ended, had it lived. */
static void end_left(void)
{
    char name[64];
    const struct leftover leftover = {.stays = keeps_nobody};
    leftover_end(&leftover, name, sizeof name);
}

/* The process that does the work, which may begin; 0 when there is none. */
static pid_t started(struct keeper *keeper, int go)
{
    struct news news = {.pid = 0};
    bool heard = keeper_hear(keeper, &news) && news.kind == NEWS_STARTED && news.pid > 0;
    if (heard) /* a signal for the group of the first is none for the keeper */
        setpgid(keeper->pid, keeper->pid);
    if (heard && write(go, "", 1) != 1)
        heard = false;
    return heard ? news.pid : 0;
}

static void hand_on(int signals, pid_t pid)
{
    struct signalfd_siginfo said;
    if (read(signals, &said, sizeof said) == (ssize_t)sizeof said)
        kill(pid, (int)said.ssi_signo);
}

/* How it ended, as waitpid(2) tells it. */
static int await(struct keeper *keeper, int signals, pid_t pid)
{
    struct pollfd both[] = {{.fd = keeper->hear, .events = POLLIN},
                            {.fd = signals, .events = POLLIN}};
    struct news news = {.kind = NEWS_STARTED, .status = SIGKILL};
    bool heard = true;
    while (heard && news.kind != NEWS_ENDED) {
        if (poll(both, 2, -1) < 0)
            continue;
        if (both[1].revents != 0)
            hand_on(signals, pid);
        if (both[0].revents != 0)
            heard = keeper_hear(keeper, &news);
    }
    return heard ? news.status : SIGKILL;
}

static _Noreturn void end_so(int status)
{
    if (WIFSIGNALED(status)) {
        prctl(PR_SET_DUMPABLE, 0); /* there is a core of the other one, if any */
        signal(WTERMSIG(status), SIG_DFL);
        kill(getpid(), WTERMSIG(status));
    }
    _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

_Noreturn void guardian_hold(int (*work)(const void *context), const void *context)
{
    struct keeper keeper;
    struct ward ward = {.work = work, .context = context};
    fflush(NULL);
    leftover_begin();
    int signals = ending_open();
    pid_t pid = 0;
    if (pipe2(ward.go, O_CLOEXEC) == 0 && keeper_start(&keeper, become, &ward, -1) == 0)
        pid = started(&keeper, ward.go[1]);
    if (pid == 0) {
        int status = work(context);
        fflush(NULL);
        _exit(status);
    }
    int status = await(&keeper, signals, pid);
    keeper_close(&keeper);
    end_left();
    end_so(status);
}
