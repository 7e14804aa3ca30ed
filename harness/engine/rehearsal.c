/* SPDX-License-Identifier: MIT */
#include "engine/rehearsal.h"

#include "base/expendable.h"
#include "engine/ending.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Somebody else kills, as nothing that is done here does; who is killed at one file again and again
   takes too much of something. */
enum { KILLED_MOST = 10 };

/* From now on so much processor time more; the limit counts all that the process has had. */
static void allow(unsigned seconds)
{
    struct rusage used;
    struct rlimit limit;
    getrusage(RUSAGE_SELF, &used);
    getrlimit(RLIMIT_CPU, &limit);
    limit.rlim_cur = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + seconds + 1;
    setrlimit(RLIMIT_CPU, &limit);
}

static _Noreturn void act_all(rehearsed *act, void *context, size_t count, char *const *paths,
                              unsigned seconds, _Atomic size_t *at)
{
    const struct rlimit no_core = {0, 0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    ending_by_default();
    setrlimit(RLIMIT_CORE, &no_core);
    for (; *at < count; ++*at) {
        allow(seconds);
        act(context, paths[*at]);
    }
    _exit(0);
}

/* One process, from *at on. 0 when it came to the end, or could not be made; else how it ended. */
static int try_some(rehearsed *act, void *context, size_t count, char *const *paths,
                    unsigned seconds, _Atomic size_t *at)
{
    int status = 0;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        expendable_offer(EXPENDABLE_WORKER);
    if (pid == 0)
        act_all(act, context, count, paths, seconds, at);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

void rehearse(rehearsed *act, void *context, size_t count, char *const *paths, unsigned seconds,
              int *ended)
{
    _Atomic size_t *at =
        mmap(NULL, sizeof *at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    size_t where = 0; /* it was killed last */
    int end = 0, killed = 0;
    memset(ended, 0, count * sizeof *ended);
    if (at == MAP_FAILED)
        return;
    do {
        end = try_some(act, context, count, paths, seconds, at);
        killed = end != SIGKILL ? 0 : *at == where ? killed + 1 : 1;
        where = *at;
        if (end != 0 && *at < count && killed % KILLED_MOST == 0)
            ended[(*at)++] = end;
    } while (end != 0 && *at < count);
    munmap((void *)at, sizeof *at);
}
