/* SPDX-License-Identifier: MIT */
#include "base/starved.h"

#include "base/oneprocessor.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

Test(starved, who_shares_a_processor_waits_for_it, .timeout = 60)
{
    int fd = starved_open(0);
    if (fd < 0)
        cr_skip_test("this kernel tells nothing of it");
    oneprocessor_share();
    pid_t greedy = fork();
    while (greedy == 0)
        continue;
    struct starved now = {0, 0};
    while (now.waited_us < 20000 || now.ran_us < 20000)
        now = starved_read(fd);
    kill(greedy, SIGKILL);
    waitpid(greedy, NULL, 0);
    close(fd);
}

static _Atomic bool over;

static void *work(void *own)
{
    while (!over)
        continue;
    *(struct starved *)own = starved_own();
    return NULL;
}

Test(starved, threads_that_began_later_are_told_beside_the_first, .timeout = 60)
{
    enum { ROOM = 8 };
    struct starved all[ROOM] = {{0, 0}};
    struct starved own = {0, 0};
    pthread_t thread;
    size_t before = starved_threads(getpid(), 0, all, ROOM);
    oneprocessor_share();
    cr_assert_eq(pthread_create(&thread, NULL, work, &own), 0);
    cr_assert_eq(starved_threads(getpid(), 0, all, ROOM), before + 1);
    while (all[before].waited_us < 20000 || all[before].ran_us < 20000)
        starved_threads(getpid(), 0, all, ROOM);
    cr_assert_eq(starved_threads(getpid(), starved_tick() + 100, all, ROOM), 0, "none began since");
    over = true;
    pthread_join(thread, NULL);
    cr_assert_geq(own.waited_us, all[before].waited_us);
}

Test(starved, of_nobody_nothing_is_known)
{
    struct starved none = starved_read(-1);
    cr_assert(none.ran_us == 0 && none.waited_us == 0);
    pid_t gone = fork();
    if (gone == 0)
        _exit(0);
    waitpid(gone, NULL, 0);
    cr_assert_eq(starved_open(gone), -1);
}
