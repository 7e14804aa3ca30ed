/* SPDX-License-Identifier: MIT */
#include "actor/idle.h"

#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MOMENT_US = 20000 };

/* What the thread needs; a process has one. */
static struct {
    struct idle *idle;
    int (*busy)(void);
} watched;

static void sleep_on(_Atomic uint32_t *word, uint32_t seen, const struct timespec *most)
{
    syscall(SYS_futex, word, FUTEX_WAIT, seen, most, NULL, 0);
}

static void wake(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void *answer(void *unused)
{
    struct idle *idle = watched.idle;
    (void)unused;
    for (uint32_t seen = 0;;) {
        while (atomic_load(&idle->asked) == seen)
            sleep_on(&idle->asked, seen, NULL);
        seen = atomic_load(&idle->asked);
        atomic_store(&idle->busy, watched.busy());
        atomic_store(&idle->answered, seen);
        wake(&idle->answered);
    }
    return NULL;
}

void idle_clear(struct idle *idle)
{
    atomic_store(&idle->asked, 0);
    atomic_store(&idle->answered, 0);
    atomic_store(&idle->busy, 1);
}

bool idle_begin(struct idle *idle, const struct stack *stack)
{
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    watched.idle = idle;
    watched.busy = stack->busy;
    sigfillset(&all); /* a case's signals are for the threads of its calls */
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int error = pthread_create(&thread, NULL, answer, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0)
        pthread_detach(thread);
    errno = error;
    return error == 0;
}

bool idle_ask(struct idle *idle)
{
    const struct timespec most = {.tv_nsec = MOMENT_US * 1000L};
    uint64_t end = clock_now_us() + MOMENT_US;
    if (atomic_load(&idle->answered) == atomic_load(&idle->asked)) {
        atomic_fetch_add(&idle->asked, 1);
        wake(&idle->asked);
    }
    uint32_t mine = atomic_load(&idle->asked);
    uint32_t seen = 0;
    while ((seen = atomic_load(&idle->answered)) != mine && clock_now_us() < end)
        sleep_on(&idle->answered, seen, &most);
    return seen == mine && atomic_load(&idle->busy) == 0;
}
