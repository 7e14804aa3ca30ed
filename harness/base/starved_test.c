/* SPDX-License-Identifier: MIT */
#include "base/starved.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Both processes on one processor. */
static void share(void)
{
    cpu_set_t one;
    cpu_set_t allowed;
    int cpu = 0;
    sched_getaffinity(0, sizeof allowed, &allowed);
    while (!CPU_ISSET(cpu, &allowed))
        cpu++;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
}

Test(starved, who_shares_a_processor_waits_for_it, .timeout = 60)
{
    int fd = starved_open(0);
    if (fd < 0)
        cr_skip_test("this kernel tells nothing of it");
    share();
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
