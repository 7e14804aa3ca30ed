/* SPDX-License-Identifier: MIT */
#include "stack/ticked.h"

#include "stack/virtual_clock.h"

#include <criterion/criterion.h>
#include <sched.h>

static _Atomic uint32_t ticks = 5;
static _Atomic uint32_t done, due;
static _Atomic uint64_t told_us;
static _Atomic uint64_t next_us;
static _Atomic int calls;

static uint64_t tick(uint64_t now_us)
{
    atomic_store(&told_us, now_us);
    atomic_fetch_add(&calls, 1);
    return atomic_load(&next_us);
}

static void go_on(uint32_t count)
{
    virtual_clock_tick(&ticks, count);
    while (atomic_load(&done) != atomic_load(&ticks))
        sched_yield();
}

static void begin(void)
{
    const struct stack_world world = {.ticks = &ticks, .done = &done, .due = &due};
    atomic_store(&due, 77);
    ticked_note(&world);
    cr_assert_eq(atomic_load(&due), (uint32_t)TICKED_UNTOLD);
    cr_assert_eq(atomic_load(&done), 5);
    cr_assert(ticked_begin(tick));
}

Test(ticked, the_stack_is_told_the_time_since_it_began, .timeout = 20)
{
    begin();
    go_on(1);
    cr_expect_eq(atomic_load(&told_us), VIRTUAL_TICK_US);
    go_on(300);
    cr_expect_eq(atomic_load(&told_us), UINT64_C(301) * VIRTUAL_TICK_US);
    cr_expect_eq(atomic_load(&calls), 2);
}

Test(ticked, it_says_when_the_next_thing_is_due, .timeout = 20)
{
    begin();
    atomic_store(&next_us, 250000);
    go_on(1);
    cr_expect_eq(atomic_load(&due), 5 + 25);
    atomic_store(&next_us, 250001);
    go_on(1);
    cr_expect_eq(atomic_load(&due), 5 + 26, "no sooner than it is due");
    atomic_store(&next_us, UINT64_MAX);
    go_on(1);
    cr_expect_eq(atomic_load(&due), TICKED_NEVER);
}

Test(ticked, what_is_left_until_then)
{
    cr_expect_eq(ticked_left(30, 5), 25);
    cr_expect_eq(ticked_left(30, 30), 1);
    cr_expect_eq(ticked_left(7, 30), 1);
    cr_expect_eq(ticked_left(TICKED_UNTOLD, 0), 1);
    cr_expect_gt(ticked_left(TICKED_NEVER, 30), 1U << 31);
}
