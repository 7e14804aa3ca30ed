/* SPDX-License-Identifier: MIT */
#include "actor/idle.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* What an actor's stack says, from outside of its process. */
struct scene {
    struct idle idle;
    _Atomic int says; /* NEVER: nothing */
};

enum { NEVER = -1 };

static struct scene *scene;

static int busy(void)
{
    while (atomic_load(&scene->says) == NEVER)
        sched_yield();
    return atomic_load(&scene->says);
}

/* A process with such a stack, whose first thread never sleeps. */
static pid_t actor(void)
{
    static const struct stack stack = {.busy = busy};
    scene = mmap(NULL, sizeof *scene, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    idle_clear(&scene->idle);
    pid_t pid = fork();
    if (pid == 0) {
        if (!idle_begin(&scene->idle, &stack))
            abort();
        for (;;)
            sched_yield();
    }
    return pid;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
}

Test(idle, the_stack_says_whether_something_moves, .timeout = 60)
{
    pid_t pid = actor();
    while (!idle_ask(&scene->idle))
        continue;
    atomic_store(&scene->says, 1);
    cr_assert_not(idle_ask(&scene->idle));
    cr_assert_not(idle_ask(&scene->idle));
    atomic_store(&scene->says, 0);
    while (!idle_ask(&scene->idle))
        continue;
    end(pid);
}

Test(idle, one_that_does_not_answer_is_not_idle_and_not_asked_again, .timeout = 60)
{
    pid_t pid = actor();
    atomic_store(&scene->says, NEVER);
    cr_assert_not(idle_ask(&scene->idle));
    cr_assert_not(idle_ask(&scene->idle));
    cr_assert_eq(atomic_load(&scene->idle.asked), 1);
    atomic_store(&scene->says, 0);
    while (!idle_ask(&scene->idle))
        continue;
    end(pid);
    cr_assert_not(idle_ask(&scene->idle), "there is nobody");
}
