/* SPDX-License-Identifier: MIT */
/*
 * One processor: for tests of what happens where several want the same one.
 */
#ifndef SOCKPROOF_BASE_ONEPROCESSOR_H
#define SOCKPROOF_BASE_ONEPROCESSOR_H

#include <criterion/criterion.h>
#include <sched.h>

/* The calling thread, and all that it starts from now on, have the first processor that it may run
   on, and no other. */
static inline void oneprocessor_share(void)
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

#endif
