/* SPDX-License-Identifier: MIT */
#include "actor/counts.h"

#include "case/constant.h"

#include <string.h>

/* Numbers of signals are the machine's: they are told by their names, in the table's order. */
static const struct constant *signals_first(void)
{
    return constant_first(GROUP_SIGNAL);
}

static bool is_signal(const struct constant *one)
{
    return one->group == GROUP_SIGNAL;
}

void counts_put(struct frame_out *frame, const struct shared *shared, int index)
{
    frame_number(frame, atomic_load(&shared->signals[index][0]));
    for (const struct constant *one = signals_first(); is_signal(one); one++)
        frame_number(frame, atomic_load(&shared->signals[index][one->value]));
    for (int i = 0; i < FAULT_MAX; i++) {
        frame_number(frame, atomic_load(&shared->plan.fault[i].chances));
        frame_number(frame, atomic_load(&shared->plan.fault[i].fired));
    }
}

void counts_take(struct opened *opened, struct counts *before, struct shared *shared, int index)
{
    struct counts now = {0};
    now.signals[0] = (uint32_t)opened_number(opened);
    for (const struct constant *one = signals_first(); is_signal(one); one++)
        now.signals[one->value] = (uint32_t)opened_number(opened);
    for (int i = 0; i < FAULT_MAX; i++) {
        now.chances[i] = opened_number(opened);
        now.fired[i] = opened_number(opened);
    }
    if (!opened->good)
        return;
    for (int i = 0; i < SIGNAL_MAX; i++)
        atomic_fetch_add(&shared->signals[index][i], now.signals[i] - before->signals[i]);
    for (int i = 0; i < FAULT_MAX; i++) {
        atomic_fetch_add(&shared->plan.fault[i].chances, now.chances[i] - before->chances[i]);
        atomic_fetch_add(&shared->plan.fault[i].fired, now.fired[i] - before->fired[i]);
    }
    *before = now;
}

void counts_armed(struct counts *before)
{
    memset(before->chances, 0, sizeof before->chances);
    memset(before->fired, 0, sizeof before->fired);
}
