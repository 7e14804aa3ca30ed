/* SPDX-License-Identifier: MIT */
/* The wrappers of what waits for children: that a signal ended one is noted. The exit status of a
   shell, 128 and a number, does not say it: other programs end with such a status by themselves. */
#include "preload/entry.h"
#include "preload/intercept.h"
#include "preload/real.h"
#include "preload/wrapper.h"

#include <sys/wait.h>

static void note_end(pid_t pid, int status)
{
    if (intercept_noting && pid >= 0 && WIFSIGNALED(status))
        entry_death(pid, WTERMSIG(status));
}

/* As the library has it, with a status of our own where the program wants none. */
#define WAITS(symbol, parameters, arguments)                                                       \
    pid_t wrap_##symbol parameters                                                                 \
    {                                                                                              \
        int own = 0;                                                                               \
        status = status != NULL ? status : &own;                                                   \
        pid_t found = REAL(symbol) arguments;                                                      \
        if (found > 0)                                                                             \
            note_end(found, *status);                                                              \
        return found;                                                                              \
    }

WAITS(wait, (int *status), (status))
WAITS(__wait, (int *status), (status))
WAITS(waitpid, (pid_t pid, int *status, int options), (pid, status, options))
WAITS(__waitpid, (pid_t pid, int *status, int options), (pid, status, options))
WAITS(wait3, (int *status, int options, struct rusage *usage), (status, options, usage))
WAITS(wait4, (pid_t pid, int *status, int options, struct rusage *usage),
      (pid, status, options, usage))

int wrap_waitid(idtype_t kind, id_t id, siginfo_t *info, int options)
{
    siginfo_t own = {.si_pid = 0};
    siginfo_t *told = info != NULL ? info : &own;
    int result = REAL(waitid)(kind, id, told, options);
    if (intercept_noting && result == 0)
        entry_waited(told, options);
    return result;
}

/* The number of the child is the library's own. */
int wrap_pclose(FILE *stream)
{
    int status = REAL(pclose)(stream);
    if (status != -1)
        note_end(0, status);
    return status;
}
