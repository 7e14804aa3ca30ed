/* SPDX-License-Identifier: MIT */
#include "trial/enquiry.h"

#include "actor/standin.h"
#include "actor/tether.h"
#include "base/lastwords.h"
#include "wire/hosts.h"
#include "wire/inside.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the process that asks leaves behind, in shared memory. */
struct reply {
    bool good;
    struct greeting greeting;
    char why[400];
};

/* On the client's host. */
static bool stand_on_host(struct hosts *hosts, const struct profile *profile, char *why,
                          size_t size)
{
    const char *what = "";
    char reason[256] = "";
    bool good = false;
    if (hosts_isolate(0, &what) < 0)
        snprintf(reason, sizeof reason, "%s: %s", what, strerror(errno));
    else if (hosts_open(hosts, profile, reason, sizeof reason) == 0 &&
             hosts_configure(hosts, reason, sizeof reason) == 0) {
        good = setns(hosts->netns[SIDE_CLIENT], CLONE_NEWNET) == 0;
        snprintf(reason, sizeof reason, "setns: %s", strerror(errno));
        good = good && inside_host(reason, sizeof reason);
    }
    if (!good)
        snprintf(why, size,
                 "a command is only started on a host that sockproof made, and none can be made "
                 "here: %s",
                 reason);
    return good;
}

static _Noreturn void ask(const char *command, const struct profile *profile, struct reply *answer,
                          int words)
{
    struct hosts hosts;
    struct tether tether = {.to = -1, .from = -1};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    lastwords_to(words);
    if (stand_on_host(&hosts, profile, answer->why, sizeof answer->why)) {
        standin_tell_command("client");
        answer->good =
            tether_begin(&tether, command, TETHER_BEGIN_MS, answer->why, sizeof answer->why);
        answer->greeting = tether.greeting;
        tether_end(&tether);
    }
    _exit(0);
}

bool enquiry(const char *command, const struct profile *profile, struct greeting *greeting,
             char *why, size_t size)
{
    int ends[2];
    struct reply *answer =
        mmap(NULL, sizeof *answer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (answer == MAP_FAILED || !lastwords_pipe(ends)) {
        snprintf(why, size, "%s", strerror(errno));
        return false;
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        ask(command, profile, answer, ends[1]);
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    if (pid > 0)
        kill(-pid, SIGKILL); /* what the command has left behind */
    char said[128];
    lastwords_take(ends[0], said, sizeof said);
    bool good = pid > 0 && answer->good;
    *greeting = answer->greeting;
    if (!good)
        snprintf(why, size, "%s%s%s", pid < 0 ? "no process could be made" : answer->why,
                 said[0] != '\0' ? ", with the last words: " : "", said);
    close(ends[0]);
    close(ends[1]);
    munmap(answer, sizeof *answer);
    return good;
}
