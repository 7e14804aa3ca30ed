/* SPDX-License-Identifier: MIT */
#include "base/interview.h"

#include "base/clock.h"
#include "base/demise.h"
#include "base/lastwords.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOK_MS = 50 };

static _Noreturn void serve(const struct interview *interview, void *answer, int words)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0); /* with all that it starts */
    lastwords_to(words);
    interview->ask(interview->context, answer);
    _exit(0);
}

/* Waits for the process, or ends it; and what it has started. One that stands still is not waited
   for: nobody else would stop it. */
static void await(pid_t pid, int limit_ms, struct asked *asked)
{
    uint64_t end = clock_now_us() + (uint64_t)limit_ms * 1000;
    do {
        asked->in_time = demise_within(pid, LOOK_MS);
        asked->halted = asked->in_time ? 0 : demise_halted(pid);
    } while (!asked->in_time && asked->halted == 0 && clock_now_us() < end);
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL); /* where it has not come to a group of its own */
    while (waitpid(pid, &asked->status, 0) < 0 && errno == EINTR)
        continue;
}

/* With shared memory and the ends of a pipe for last words. */
static void ask_there(const struct interview *interview, void *shared, const int ends[2],
                      struct asked *asked)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        serve(interview, shared, ends[1]);
    if (pid < 0)
        asked->error = errno;
    else
        await(pid, interview->limit_ms, asked);
    lastwords_take(ends[0], asked->said, sizeof asked->said);
}

struct asked interview_hold(const struct interview *interview, void *answer)
{
    int ends[2] = {-1, -1};
    struct asked asked = {0};
    void *shared =
        mmap(NULL, interview->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    memset(answer, 0, interview->size);
    if (shared == MAP_FAILED || !lastwords_pipe(ends))
        asked.error = errno;
    else {
        ask_there(interview, shared, ends, &asked);
        memcpy(answer, shared, interview->size);
        close(ends[0]);
        close(ends[1]);
    }
    if (shared != MAP_FAILED)
        munmap(shared, interview->size);
    return asked;
}
